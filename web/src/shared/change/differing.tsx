import type { ReactNode } from "react";
import type { Shape } from "../api/names";
import { Difference } from "../ui/difference";
import { fieldWord, inLines, type NameOf } from "./names";
import { say } from "./words";

interface Props {
  difference: Shape<"Difference">;
  nameOf: NameOf;
  record?: string;
  /** The number of the record, which tells this difference from that of another one. */
  about?: string;
  children?: ReactNode;
}

/** One field that differs; a file by the lines of its text, with what of it could be compared. */
export function Differing({ difference, nameOf, record, about, children }: Props) {
  const { field, before, after, lines, compared, left_out: leftOut } = difference;
  const name = fieldWord(field);
  const label = about ? `${about}: ${name}` : name;
  const isFile = compared !== undefined;
  return (
    <article className="differing" tabIndex={-1} data-record={record} data-field={field} aria-label={label}>
      <h3>{name}</h3>
      {isFile ? (
        <p className="soft">
          {compared.before?.filename ?? say("nothing")} → {compared.after?.filename ?? say("nothing")}
        </p>
      ) : null}
      {compared ? <p className={compared.state === "whole" ? "soft" : "partly"}>{compared.in_words}</p> : null}
      {leftOut ? <p className="partly">{leftOut}</p> : null}
      {isFile ? (
        hunks(lines).map((hunk) => (
          <Difference key={hunk.at} label={`${label} ${hunk.at}`} before={hunk.before} after={hunk.after} />
        ))
      ) : (
        <Difference label={label} before={inLines(before, nameOf)} after={inLines(after, nameOf)} />
      )}
      {children}
    </article>
  );
}

interface Hunk {
  at: string;
  before: string;
  after: string;
}

/** A unified diff cut into its stretches, each with its two sides. */
function hunks(lines: readonly string[]): Hunk[] {
  const found: { at: string; before: string[]; after: string[] }[] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (line.startsWith("@@")) found.push({ at: line, before: [], after: [] });
    else if (!last) continue;
    else {
      if (!line.startsWith("+")) last.before.push(line.slice(1));
      if (!line.startsWith("-")) last.after.push(line.slice(1));
    }
  }
  return found.map(({ at, before, after }) => ({ at, before: before.join("\n"), after: after.join("\n") }));
}
