// What the journeys find, as tests/journeys/scene.py made it: people, and of each kind the record that is looked at.
import { readFileSync } from "node:fs";
import type { APIRequestContext } from "@playwright/test";
import { expect } from "@playwright/test";

export const ORIGIN = process.env.QFACTS_ORIGIN ?? "http://127.0.0.1:8080";
/** The password of everybody here. */
export const PASSWORD = "Demo-qfacts-1";
const MAIL_PATIENCE = 20_000; // milliseconds

export type Who =
  | "admin"
  | "qa"
  | "second_qa"
  | "third_qa"
  | "owner"
  | "operator"
  | "newcomer"
  | "inspector"
  | "between"
  | "founder"
  | "stranger";

interface Membership {
  organisation: { id: string; name: string };
}

interface Scene {
  company: string;
  other: string;
  people: Record<Who, { email: string; name: string; id: string }>;
  /** Ids by the folder of the pages. */
  shown: Record<string, string>;
  /** Two PDFs in base64, of a first and a second version. */
  bodies: [string, string];
}

export const scene: Scene = JSON.parse(readFileSync(process.env.QFACTS_SCENE ?? "", "utf8"));

/** Somebody who calls the functions beside the browser. */
export class Caller {
  private readonly request: APIRequestContext;
  private readonly headers: Record<string, string>;

  private constructor(request: APIRequestContext, headers: Record<string, string>) {
    this.request = request;
    this.headers = headers;
  }

  /** In their first organisation, or the one of that name. */
  static async as(request: APIRequestContext, who: Who, name?: string): Promise<Caller> {
    const { identity } = await (await request.get("/config.json")).json();
    const address = `${identity.emulator}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=any`;
    const { email } = scene.people[who];
    const answer = await request.post(address, { data: { email, password: PASSWORD, returnSecureToken: true } });
    const headers = { Authorization: `Bearer ${(await answer.json()).idToken}` };
    const me = await (await request.get("/api/get_me", { headers })).json();
    const found = me.memberships.find((each: Membership) => !name || each.organisation.name === name);
    return new Caller(request, { ...headers, "X-Organisation": found.organisation.id });
  }

  async read(name: string, params: Record<string, string> = {}) {
    const answer = await this.request.get(`/api/${name}`, { headers: this.headers, params });
    expect(answer.status(), await answer.text()).toBe(200);
    return answer.json();
  }

  async take(name: string, data: object, etag?: string) {
    const headers = { ...this.headers, ...(etag ? { "If-Match": etag } : {}) };
    const answer = await this.request.post(`/api/${name}`, { headers, data });
    expect(answer.status(), await answer.text()).toBe(200);
    return answer.json();
  }
}

/** A PDF as a person chooses it. */
export function body(version: 1 | 2) {
  const buffer = Buffer.from(scene.bodies[version - 1] ?? "", "base64");
  return { name: `cleaning_${version}.pdf`, mimeType: "application/pdf", buffer };
}

/** A new document whose change waits for somebody's signature, as the owner makes it. */
export async function asked(request: APIRequestContext, approver: Who, title: string) {
  const owner = await Caller.as(request, "owner");
  const made = await owner.take("create_document", { title, type: "sop", content: { summary: "How" } });
  const { change } = made;
  const approver_ids = [scene.people[approver].id];
  const { approval_request: asked } = await owner.take(
    "submit_change",
    { change_id: change.id, approver_ids },
    change.etag,
  );
  return { owner, record: made.record.id as string, change: change.id as string, request: asked.id as string };
}

/** The link to a page in the newest mail to somebody, waited for. */
export async function mailedLink(request: APIRequestContext, email: string, page: string): Promise<string> {
  let found: string | undefined;
  const look = async () => {
    const messages = await (await request.get("/mail/messages", { params: { to: email } })).json();
    found = messages
      .flatMap((message: { links: string[] }) => message.links)
      .find((link: string) => link.includes(page));
    return found;
  };
  await expect
    .poll(look, { timeout: MAIL_PATIENCE, message: `a mail to ${email} that links to ${page}` })
    .toBeDefined();
  return found ?? "";
}
