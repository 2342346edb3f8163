import { createContext, type FormEvent, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import type { Refusal } from "../api/problem";
import { dropDraft, keepDraft, readDraft, type Typed } from "../draft/draft";
import { useMe } from "../identity/me";
import { Alert, RefusalAlert } from "./alert";
import { useConflicts, type Values } from "./conflicts";
import { say } from "./words";

const KEPT_AFTER = 1000; // milliseconds after the last key

interface Told {
  errors: Map<string, string>;
  typed: Typed;
}

const Filled = createContext<Told>({ errors: new Map(), typed: {} });

/** What the form knows of a field: the sentence of what is wrong with it, and what was typed before. */
export function useFilled(name: string): { wrong: string | undefined; typed: string | undefined } {
  const { errors, typed } = useContext(Filled);
  return { wrong: errors.get(name), typed: typed[name]?.[0] };
}

interface Props {
  /** Sends the form; true once it is done, and then its draft goes. */
  onSend: (data: FormData) => Promise<unknown>;
  refusal?: Refusal | null;
  /** The name under which what is typed is kept on this device. */
  draft?: string;
  /** What the record says now, by the names of the fields: where it moves while one writes, theirs and mine are shown. */
  now?: Values;
  children: ReactNode;
  className?: string;
}

/** A form of uncontrolled fields: bad ones are listed above it, each a link, and said at the field too; the input stays. */
export function Form({ onSend, refusal = null, draft, now, children, className = "" }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const summary = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState<Typed | undefined>(draft ? undefined : {});
  const { data: me } = useMe();
  const timer = useRef(0);
  const person = me?.id;
  const conflicts = useConflicts(form, now);

  useEffect(() => {
    if (draft && person) readDraft(person, draft).then((found) => setTyped(found ?? {}));
    return () => window.clearTimeout(timer.current);
  }, [draft, person]);
  useEffect(() => {
    if (refusal || conflicts.isOpen) summary.current?.focus();
  }, [refusal, conflicts.isOpen]);

  const keep = () => {
    window.clearTimeout(timer.current);
    if (!draft || !person) return;
    timer.current = window.setTimeout(
      () => form.current && keepDraft(person, draft, contents(form.current)),
      KEPT_AFTER,
    );
  };
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (conflicts.isOpen) return summary.current?.focus();
    const done = await onSend(new FormData(event.currentTarget));
    if (done === undefined || done === false || !draft || !person) return;
    window.clearTimeout(timer.current);
    await dropDraft(person, draft);
  };
  if (!typed) return null;
  const bad = refusal?.fields ?? [];
  return (
    <Filled value={{ errors: new Map(bad.map((each) => [each.field, each.detail])), typed }}>
      <form ref={form} noValidate={false} className={`form ${className}`} onSubmit={send} onInput={keep}>
        <div ref={summary} tabIndex={-1} className="summary">
          {bad.length > 0 ? (
            <BadFields refusal={refusal} />
          ) : conflicts.isOpen && refusal?.status === 412 ? null : (
            <RefusalAlert refusal={refusal} />
          )}
          {conflicts.shown}
        </div>
        {Object.keys(typed).length > 0 ? <Alert tone="info">{say("draftFound")}</Alert> : null}
        {children}
      </form>
    </Filled>
  );
}

function BadFields({ refusal }: { refusal: Refusal | null }) {
  const bad = refusal?.fields ?? [];
  const focus = (field: string) => document.querySelector<HTMLElement>(`[name="${CSS.escape(field)}"]`)?.focus();
  return (
    <Alert tone="danger" title={say("correct", { count: bad.length })}>
      <ul>
        {bad.map(({ field, detail }) => (
          <li key={field} lang={refusal?.problem.language}>
            <button type="button" className="link" onClick={() => focus(field)}>
              {detail}
            </button>
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function contents(form: HTMLFormElement): Typed {
  const found: Typed = {};
  for (const [name, value] of new FormData(form)) {
    const secret = form.querySelector(`[name="${CSS.escape(name)}"][type="password"]`);
    if (typeof value === "string" && value !== "" && !secret) found[name] = [...(found[name] ?? []), value];
  }
  return found;
}

/** What a field of the form says; undefined where it is empty. */
export function text(data: FormData, name: string): string | undefined {
  const value = data.get(name);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** A password as it was typed. */
export function secret(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === "string" ? value : "";
}
