// The one way to the functions: the token, the organisation, the etag and the key of the intention, and what went wrong.
import { organisationId } from "../identity/membership";
import { expire, token } from "../identity/session";
import { noAnswer, Refusal, refusalOf } from "./problem";

const API = "/api/";
const TRIES = 3; // more, after the first, of a step that was answered 503 or not at all
const LONGEST_WAIT = 20; // seconds

interface Request {
  method: "GET" | "POST";
  query?: Record<string, unknown>;
  body?: unknown;
  headers?: Record<string, string>;
  /** The token of a sign-in made for this request alone, instead of the session's: it proves who signs. */
  proof?: string | undefined;
  signal?: AbortSignal;
}

export async function call<Answer>(name: string, request: Request): Promise<Answer> {
  const response = await sent(name, request, false);
  const renews = response.status === 401 && !request.proof;
  const again = renews && (await token()) ? await sent(name, request, true) : response;
  if (renews && again.status === 401) expire();
  if (!again.ok) throw await refusalOf(again);
  return again.json();
}

async function sent(name: string, request: Request, fresh: boolean): Promise<Response> {
  if (!navigator.onLine) throw noAnswer("offline");
  const headers: Record<string, string> = { Accept: "application/json", ...request.headers };
  try {
    const [bearer, organisation] = [request.proof ?? (await token(fresh)), organisationId()];
    if (bearer) headers.Authorization = `Bearer ${bearer}`;
    if (organisation) headers["X-Organisation"] = organisation;
    if (request.body !== undefined) headers["Content-Type"] = "application/json";
    return await fetch(address(name, request.query), {
      method: request.method,
      headers,
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal: request.signal ?? null,
      cache: "no-store",
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw noAnswer(navigator.onLine ? "lost" : "offline");
  }
}

function address(name: string, query: Record<string, unknown> = {}): string {
  const said = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== null && each !== "") said.append(key, String(each));
    }
  }
  return `${API}${name}${said.size > 0 ? `?${said}` : ""}`;
}

/**
 * Takes a step; sends it again with the same key where the server was busy or its answer was lost, so that it counts once. What is signed, with
 * the proof of a fresh sign-in, is sent once: nobody signs who doesn't look.
 */
export async function takeStep<Answer>(
  name: string,
  body: unknown,
  key: string,
  etag?: string,
  proof?: string,
): Promise<Answer> {
  const headers: Record<string, string> = { "Idempotency-Key": key };
  if (etag) headers["If-Match"] = etag;
  for (let attempt = proof ? TRIES : 0; ; attempt++) {
    try {
      return await call<Answer>(name, { method: "POST", body, headers, proof });
    } catch (error) {
      if (!(error instanceof Refusal && error.mayPass) || attempt === TRIES) throw error;
      await pause(Math.min(error.retryAfter ?? 2 ** attempt, LONGEST_WAIT));
    }
  }
}

function pause(seconds: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, seconds * 1000));
}
