// Saving while one writes: each field when it is left, one after the other, with the etag of what is shown.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Body } from "../../shared/api/names";
import { changeRead } from "../../shared/change/facts";
import type { Change } from "../../shared/change/names";
import { dropDraft, keepDraft, readDraft, type Typed } from "../../shared/draft/draft";
import { useMe } from "../../shared/identity/me";
import { useEdit } from "./steps";

/** One field of a change: how it is read from it as text, and what saving it sends. */
export interface Part {
  name: string;
  /** The form in which it stands, where its refusal is shown. */
  form: string;
  label: string;
  read: (change: Change) => string;
  /** What is read, as a person reads it, where the text isn't that already. */
  inWords?: (value: string) => string;
  body: (value: string) => Omit<Body<"edit_change">, "change_id">;
}

export interface Clash {
  part: Part;
  mine: string;
}

const KEPT_AFTER = 1000; // milliseconds after the last key

export function useEditing(change: Change) {
  const client = useQueryClient();
  const { data: me } = useMe();
  const edit = useEdit();
  const [typed, setTyped] = useState<Typed>();
  const [savedAt, setSavedAt] = useState<string>();
  const [clash, setClash] = useState<Clash>();
  const [form, setForm] = useState("");
  const [resets, setResets] = useState(0);
  const latest = useRef(change);
  const unsaved = useRef<Typed>({});
  const line = useRef<Promise<unknown>>(Promise.resolve());
  const timer = useRef(0);
  const [person, draft] = [me?.id, `change ${change.id}`];
  latest.current = change;

  useEffect(() => {
    if (!person) return;
    readDraft(person, draft).then((found) => {
      unsaved.current = found ?? {};
      setTyped(found ?? {});
    });
    return () => window.clearTimeout(timer.current);
  }, [person, draft]);

  const keep = () => {
    if (!person) return;
    if (Object.keys(unsaved.current).length > 0) keepDraft(person, draft, unsaved.current);
    else dropDraft(person, draft);
  };
  const type = (part: Part, value: string) => {
    unsaved.current = { ...unsaved.current, [part.name]: [value] };
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(keep, KEPT_AFTER);
  };
  const forget = (part: Part) => {
    window.clearTimeout(timer.current);
    const { [part.name]: _, ...rest } = unsaved.current;
    unsaved.current = rest;
    setTyped((former) => Object.fromEntries(Object.entries(former ?? {}).filter(([name]) => name !== part.name)));
    keep();
  };
  const send = async (part: Part, value: string, base: Change): Promise<void> => {
    setForm(part.form);
    const done = await edit.take({ change_id: base.id, ...part.body(value) }, base.etag);
    if (done) {
      latest.current = done.change;
      client.setQueryData(changeRead(base.id).queryKey, (former) => ({ ...former, ...done.change }));
      if (part.read(done.change) !== value) setResets((former) => former + 1); // such as what can't be emptied
      setSavedAt(new Date().toISOString());
      forget(part);
      return;
    }
    const there = await client.fetchQuery({ ...changeRead(base.id), staleTime: 0 }).catch(() => base);
    if (there.etag === base.etag) return; // refused for what it says, or not sent
    latest.current = there;
    if (part.read(there) === part.read(base)) return send(part, value, there); // somebody wrote in another field
    setClash({ part, mine: value });
  };
  const save = (part: Part, value: string): Promise<unknown> => {
    line.current = line.current.then(() => {
      if (value.trim() === part.read(latest.current)) return forget(part);
      return send(part, value.trim(), latest.current);
    });
    return line.current;
  };
  const decide = async (keepsMine: boolean) => {
    if (!clash) return;
    setClash(undefined);
    if (keepsMine) await send(clash.part, clash.mine, latest.current);
    else {
      forget(clash.part);
      setResets((former) => former + 1);
      edit.reset();
    }
  };
  return {
    isReady: typed !== undefined,
    typed: typed ?? {},
    type,
    save,
    savedAt,
    isSaving: edit.isTaking,
    clash,
    decide,
    /** How often a field had to show again what the server has. */
    resets,
    refusalOf: (name: string) => (name === form && !clash ? edit.refusal : null),
  };
}

export type Editing = ReturnType<typeof useEditing>;
