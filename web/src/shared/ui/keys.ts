// Letters as keys of a screen: they work outside fields and dialogues alone.
import { useEffect, useRef } from "react";

export function useKeys(keys: Record<string, () => void>): void {
  const acts = useRef(keys);
  acts.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.target instanceof Element && event.target.closest("input, textarea, select, dialog, [popover]")) return;
      if (document.querySelector("dialog[open]")) return;
      const act = acts.current[event.key];
      if (!act) return;
      event.preventDefault(); // the letter isn't typed into what the key opens
      act();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
