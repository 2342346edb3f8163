import { useState } from "react";
import type { Change } from "../../shared/change/names";
import { Field, TextField } from "../../shared/ui/field";
import type { Editing, Part } from "./editing";

interface Props {
  part: Part;
  change: Change;
  editing: Editing;
  hint?: string;
  sort?: "lines" | "text" | "date" | "number";
}

/** One field that is saved when it is left; what was typed and not saved stands in it again. */
export function PartField({ part, change, editing, hint, sort = "lines" }: Props) {
  const [before] = useState(editing.typed[part.name]?.[0]);
  const value = part.read(change);
  const kept = editing.typed[part.name]?.[0] === before ? before : undefined;
  const given = {
    name: part.name,
    label: part.label,
    hint,
    defaultValue: kept ?? value,
    onInput: (event: { currentTarget: { value: string } }) => editing.type(part, event.currentTarget.value),
    onBlur: (event: { currentTarget: { value: string } }) => editing.save(part, event.currentTarget.value),
  };
  const key = `${editing.resets} ${value}`; // what the server has now stands in it, also after Take theirs
  return sort === "lines" ? <TextField key={key} rows={3} {...given} /> : <Field key={key} type={sort} {...given} />;
}
