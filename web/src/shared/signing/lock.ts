// Until when signing is locked, where this visit has seen it happen: the server tells it once, and later only that it is locked.
const LOCKED = "signing-locked-until";

export function rememberLock(until: string): void {
  sessionStorage.setItem(LOCKED, until);
}

export function lockedUntil(): string | undefined {
  const until = sessionStorage.getItem(LOCKED);
  return until && Date.parse(until) > Date.now() ? until : undefined;
}
