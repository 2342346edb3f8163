// Who walks through the application, and what they find there: through the product's own doors, as anybody would.
import { type APIRequestContext, expect, type Page } from "@playwright/test";

/** The password of the demo people, and of who is invited here. */
export const PASSWORD = "Demo-qfacts-1";
export const ADMIN = "admin@demo.qfacts.example";
export const OWNER = "owner@demo.qfacts.example";
const MAIL_PATIENCE = 20_000; // milliseconds

/** Signs in by the form, and stays until Home is there. */
export async function signIn(page: Page, email: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Home", level: 1 })).toBeVisible();
}

/** Somebody who calls the functions beside the browser. */
export class Caller {
  private readonly request: APIRequestContext;
  private readonly headers: Record<string, string>;

  private constructor(request: APIRequestContext, headers: Record<string, string>) {
    this.request = request;
    this.headers = headers;
  }

  static async as(request: APIRequestContext, email: string): Promise<Caller> {
    const { identity } = await (await request.get("/config.json")).json();
    const address = `${identity.emulator}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=any`;
    const answer = await request.post(address, { data: { email, password: PASSWORD, returnSecureToken: true } });
    const headers = { Authorization: `Bearer ${(await answer.json()).idToken}` };
    const me = await (await request.get("/api/get_me", { headers })).json();
    return new Caller(request, { ...headers, "X-Organisation": me.memberships[0].organisation.id });
  }

  async read(name: string) {
    const answer = await this.request.get(`/api/${name}`, { headers: this.headers });
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
