// What was typed and not sent yet: kept on this device by person, organisation and form, until it is sent or the person signs out.
import { createStore, del, entries, get, set, type UseStore } from "idb-keyval";
import { organisationId } from "../identity/membership";

export type Typed = Record<string, string[]>;

let store: UseStore | undefined;

function drafts(): UseStore {
  store ??= createStore("qfacts-drafts", "drafts");
  return store;
}

function key(person: string, form: string): string {
  return `${person}|${organisationId()}|${form}`;
}

/** Where the browser keeps nothing (a private window), a form works without its draft. */
async function ifKept<Found>(act: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await act();
  } catch {
    return undefined;
  }
}

export function readDraft(person: string, form: string): Promise<Typed | undefined> {
  return ifKept(() => get<Typed>(key(person, form), drafts()));
}

export async function keepDraft(person: string, form: string, typed: Typed): Promise<void> {
  await ifKept(() => set(key(person, form), typed, drafts()));
}

export async function dropDraft(person: string, form: string): Promise<void> {
  await ifKept(() => del(key(person, form), drafts()));
}

/** At sign-out nothing of this person stays on the device. */
export async function dropDraftsOf(person: string): Promise<void> {
  const kept = (await ifKept(() => entries<string, Typed>(drafts()))) ?? [];
  for (const [name] of kept) if (name.startsWith(`${person}|`)) await ifKept(() => del(name, drafts()));
}
