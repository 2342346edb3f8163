// A shared device: who leaves it for five minutes is signed out, also when the page was loaded anew meanwhile.
import { useEffect } from "react";
import { signOut, useSession } from "./session";

const SHARED = "shared-device";
const PATIENCE = 5 * 60_000; // milliseconds
const TOUCHES = ["keydown", "pointerdown", "scroll"] as const;

export function markShared(isShared: boolean): void {
  if (isShared) sessionStorage.setItem(SHARED, String(Date.now()));
  else sessionStorage.removeItem(SHARED);
}

export function useIdleSignOut(): void {
  const { state } = useSession();
  useEffect(() => {
    if (state === "out" || sessionStorage.getItem(SHARED) === null) return;
    const touch = () => sessionStorage.setItem(SHARED, String(Date.now()));
    const look = () => {
      if (Date.now() - Number(sessionStorage.getItem(SHARED)) > PATIENCE) signOut();
    };
    look();
    const looking = window.setInterval(look, 5_000);
    for (const each of TOUCHES) window.addEventListener(each, touch, { passive: true });
    return () => {
      window.clearInterval(looking);
      for (const each of TOUCHES) window.removeEventListener(each, touch);
    };
  }, [state]);
}
