// Letters as keys: they work outside fields and dialogues alone, tell what they do, and can be turned off on this device (WCAG 2.1.4).
import { useEffect, useRef, useSyncExternalStore } from "react";

/** What a key does, in words, for the list of keys. */
interface Key {
  word: string;
  act: () => void;
}
/** By what is pressed: a letter, or two one after the other: `g h`. */
export type Keys = Record<string, Key>;

const OFF = "letters-off";
const PATIENCE = 1500; // milliseconds between two letters that belong together
const FIELDS = "input, textarea, select, [contenteditable], dialog, [popover]";

const inUse: { current: Keys }[] = [];
const listeners = new Set<() => void>();
let before = { letter: "", at: 0 };

function press(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !areLettersOn()) return;
  if (event.target instanceof Element && event.target.closest(FIELDS)) return;
  if (document.querySelector("dialog[open]")) return;
  const isSecond = before.letter !== "" && Date.now() - before.at < PATIENCE;
  const said = isSecond ? `${before.letter} ${event.key}` : event.key;
  before = { letter: "", at: 0 };
  const act = inUse.findLast((each) => said in each.current)?.current[said]?.act;
  if (act) {
    event.preventDefault(); // the letter isn't typed into what the key opens
    act();
  } else if (inUse.some((each) => Object.keys(each.current).some((key) => key.startsWith(`${said} `)))) {
    before = { letter: said, at: Date.now() };
  }
}

/** These keys work while the screen is shown; of two screens' same keys, the later one's. */
export function useKeys(keys: Keys): void {
  const held = useRef(keys);
  held.current = keys;
  useEffect(() => {
    if (inUse.push(held) === 1) document.addEventListener("keydown", press);
    return () => {
      inUse.splice(inUse.indexOf(held), 1);
      if (inUse.length === 0) document.removeEventListener("keydown", press);
    };
  }, []);
}

/** The keys that work now, each with its word, in the order in which the screens name them. */
export function keysInUse(): [key: string, word: string][] {
  const found = Object.assign({}, ...inUse.map((each) => each.current)) as Keys;
  return Object.entries(found).map(([key, { word }]) => [key, word]);
}

function areLettersOn(): boolean {
  return localStorage.getItem(OFF) === null;
}

export function turnLetters(on: boolean): void {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "");
  for (const tell of listeners) tell();
}

export function useLetters(): boolean {
  return useSyncExternalStore((tell) => {
    listeners.add(tell);
    return () => listeners.delete(tell);
  }, areLettersOn);
}
