import { type RefObject, useEffect, useRef, useState } from "react";
import { Alert } from "./alert";
import { Sides } from "./sides";
import { say } from "./words";

/** What the record says now, by the names of the form's fields; several where several can be chosen. */
export type Values = Record<string, string | number | readonly string[] | null | undefined>;

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

interface Conflict {
  name: string;
  label: string;
  theirs: readonly string[];
}

/**
 * While one writes, the record moves: what one hasn't touched follows it, and where both wrote, both are shown, field by field. So nobody
 * overwrites what they haven't read, whether the server refused (412) or the page learnt of it before.
 */
export function useConflicts(form: RefObject<HTMLFormElement | null>, now: Values | undefined) {
  const read = useRef(now);
  const [open, setOpen] = useState<readonly Conflict[]>([]);
  const said = JSON.stringify(now);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `said` is `now`, by what it says
  useEffect(() => {
    const [former, shown] = [read.current, form.current];
    read.current = now;
    if (!now || !former || !shown) return;
    const found: Conflict[] = [];
    for (const [name, value] of Object.entries(now)) {
      if (controls(shown, name).length === 0) continue;
      const [theirs, before, mine] = [list(value), list(former[name]), chosen(shown, name)];
      if (same(theirs, before) || same(theirs, mine)) continue;
      if (same(mine, before)) put(shown, name, theirs);
      else found.push({ name, label: labelOf(shown, name), theirs });
    }
    setOpen((others) => [...others.filter((each) => !found.some(({ name }) => name === each.name)), ...found]);
  }, [said]);
  const decide = (conflict: Conflict, keepsMine: boolean) => {
    if (!keepsMine && form.current) put(form.current, conflict.name, conflict.theirs);
    setOpen((former) => former.filter((each) => each !== conflict));
  };
  const shown =
    open.length > 0 ? (
      <Alert tone="warning" title={say("conflict", { count: open.length })}>
        <p>{say("conflictHint")}</p>
        {open.map((each) => (
          <section key={each.name} aria-label={each.label}>
            <b>{each.label}</b>
            <Sides
              theirs={inWords(form.current, each.name, each.theirs)}
              mine={inWords(form.current, each.name, chosen(form.current, each.name))}
              onDecide={(keepsMine) => decide(each, keepsMine)}
            />
          </section>
        ))}
      </Alert>
    ) : null;
  return { shown, isOpen: open.length > 0 };
}

function list(value: Values[string]): string[] {
  if (value === null || value === undefined || value === "") return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}

function controls(form: HTMLFormElement | null, name: string): Control[] {
  return [...(form?.querySelectorAll<Control>(`[name="${CSS.escape(name)}"]`) ?? [])];
}

const isTicked = (control: Control): control is HTMLInputElement => control.matches("[type=radio], [type=checkbox]");

function chosen(form: HTMLFormElement | null, name: string): string[] {
  const taken = controls(form, name).filter((each) => !isTicked(each) || each.checked);
  return taken.map((each) => each.value.trim()).filter(Boolean);
}

function put(form: HTMLFormElement, name: string, values: readonly string[]): void {
  for (const each of controls(form, name)) {
    if (isTicked(each)) each.checked = values.includes(each.value);
    else each.value = values[0] ?? "";
  }
}

/** The name of a field as its label says it; of a choice among rows, its legend. */
function labelOf(form: HTMLFormElement, name: string): string {
  const [first] = controls(form, name);
  const found = first && isTicked(first) ? first.closest("fieldset")?.querySelector("legend") : first?.labels?.[0];
  return found?.textContent ?? name;
}

function inWords(form: HTMLFormElement | null, name: string, values: readonly string[]): string {
  const all = controls(form, name);
  const wordOf = (value: string) => {
    const row = all.find((each) => isTicked(each) && each.value === value);
    if (row) return row.labels?.[0]?.textContent ?? value;
    const [first] = all;
    if (!(first instanceof HTMLSelectElement)) return value;
    return [...first.options].find((each) => each.value === value)?.text ?? value;
  };
  return values.map(wordOf).join(", ");
}
