// Who is signed in, by the identity service. The library comes without its popup part, so that the policy needs no frame.
import { initializeApp } from "@firebase/app";
import {
  type Auth,
  applyActionCode,
  browserSessionPersistence,
  confirmPasswordReset,
  connectAuthEmulator,
  createUserWithEmailAndPassword,
  EmailAuthProvider,
  indexedDBLocalPersistence,
  initializeAuth,
  signOut as leave,
  reauthenticateWithCredential,
  setPersistence,
  signInWithEmailAndPassword,
} from "@firebase/auth";
import { useSyncExternalStore } from "react";
import { configuration } from "./configuration";

/** `expired`: signed in once, and the server no longer takes the token. */
export interface Session {
  state: "in" | "out" | "expired";
  email: string;
  /** Whether the address is known to be the person's own. */
  proven: boolean;
}

let auth: Auth | undefined;
let session: Session = { state: "out", email: "", proven: false };
const listeners = new Set<() => void>();

function settle(state: Session["state"]): void {
  const email = auth?.currentUser?.email ?? (state === "expired" ? session.email : "");
  const proven = auth?.currentUser?.emailVerified ?? false;
  if (state === session.state && email === session.email && proven === session.proven) return;
  session = { state, email, proven };
  for (const tell of listeners) tell();
}

function identity(): Auth {
  if (!auth) throw new Error("start() comes first");
  return auth;
}

/** Takes up the former visit, if there was one. */
export async function start(): Promise<void> {
  const { identity: its } = await configuration();
  const app = initializeApp({ apiKey: its.key, projectId: its.project });
  auth = initializeAuth(app, { persistence: [indexedDBLocalPersistence, browserSessionPersistence] });
  if (its.emulator) connectAuthEmulator(auth, its.emulator, { disableWarnings: true });
  await auth.authStateReady();
  settle(auth.currentUser ? "in" : "out");
  auth.onAuthStateChanged((user) => settle(user ? "in" : session.state === "expired" ? "expired" : "out"));
}

export function useSession(): Session {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => session,
  );
}

/** The token of the session, anew where `fresh`; undefined where nobody is signed in. */
export async function token(fresh = false): Promise<string | undefined> {
  try {
    return await auth?.currentUser?.getIdToken(fresh);
  } catch (error) {
    if (codeOf(error) !== "auth/network-request-failed") return undefined;
    throw error;
  }
}

export function expire(): void {
  if (session.state === "in") settle("expired");
}

export async function signIn(email: string, password: string, shared: boolean): Promise<void> {
  await setPersistence(identity(), shared ? browserSessionPersistence : indexedDBLocalPersistence);
  await signInWithEmailAndPassword(identity(), email, password);
  settle("in");
}

export async function signUp(email: string, password: string): Promise<void> {
  await createUserWithEmailAndPassword(identity(), email, password);
  settle("in");
}

export async function signOut(): Promise<void> {
  await leave(identity());
  settle("out");
}

/** The password proves the person anew: the session's next token carries the time of this sign-in. */
export async function signInAnew(password: string): Promise<void> {
  const { currentUser } = identity();
  const email = currentUser?.email ?? session.email;
  if (currentUser) await reauthenticateWithCredential(currentUser, EmailAuthProvider.credential(email, password));
  else await signInWithEmailAndPassword(identity(), email, password);
  settle("in");
}

const SECOND = 1000; // milliseconds

/**
 * The password proves who signs: the token of a sign-in in a later second than the session's own, because a sign-in is told by its second and
 * signs once.
 */
export async function signInToSign(password: string): Promise<string> {
  const { currentUser } = identity();
  if (!currentUser?.email) throw new Error("somebody is signed in");
  const secondOf = async () => Number((await currentUser.getIdTokenResult()).claims.auth_time);
  const former = await secondOf();
  const credential = EmailAuthProvider.credential(currentUser.email, password);
  await reauthenticateWithCredential(currentUser, credential);
  while ((await secondOf()) <= former) {
    await new Promise((resume) => setTimeout(resume, SECOND - (Date.now() % SECOND)));
    await reauthenticateWithCredential(currentUser, credential);
  }
  return currentUser.getIdToken();
}

/** By the code of a mail, which works once. */
export function chooseAnotherPassword(code: string, password: string): Promise<void> {
  return confirmPasswordReset(identity(), code, password);
}

/** By the code of a mail, which works once. */
export async function proveAddress(code: string): Promise<void> {
  await applyActionCode(identity(), code);
  await lookAgain();
}

/** Whether the address was proven since: the session and its next tokens say so. */
export async function lookAgain(): Promise<void> {
  const { currentUser } = identity();
  try {
    await currentUser?.reload();
    if (currentUser?.emailVerified) await currentUser.getIdToken(true);
  } catch {
    return; // the session stays as it was known
  }
  settle(session.state);
}

export function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

const WRONG = new Set([
  "auth/invalid-credential",
  "auth/invalid-email",
  "auth/user-not-found",
  "auth/wrong-password", // the emulator's word
]);

/** Whether address and password don't go together; which of them is wrong isn't said. */
export function isWrong(error: unknown): boolean {
  return WRONG.has(codeOf(error));
}
