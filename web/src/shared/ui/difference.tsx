import { diffLines, diffWordsWithSpace } from "diff";
import { Fragment, useId, useMemo } from "react";
import { say } from "./words";

interface Props {
  before: string;
  after: string;
  label: string;
}

interface Line {
  sort: "same" | "gone" | "come" | "folded";
  text: string;
  /** The line on the other side, for the words within it. */
  pair?: string;
}

const AROUND = 2; // unchanged lines kept beside a change

/** What was beside what is: words are marked by underline and strike-through, never by colour alone; unchanged stretches are folded. */
export function Difference({ before, after, label }: Props) {
  const id = useId();
  const lines = useMemo(() => folded(paired(before, after)), [before, after]);
  if (before === after) return <p className="soft">{say("nothingChanged")}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what may be wider than the screen must be scrolled by keyboard too
    <section className="difference" aria-label={label} tabIndex={0}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other name than its place
        <p key={`${id}${index}`} className={line.sort}>
          {line.sort === "folded" ? line.text : <Words line={line} />}
        </p>
      ))}
    </section>
  );
}

function Words({ line }: { line: Line }) {
  if (line.sort === "same") return line.text || "\u00a0";
  const Mark = line.sort === "gone" ? "del" : "ins";
  const other = line.sort === "gone" ? "added" : "removed";
  if (line.pair === undefined) return <Mark>{line.text}</Mark>;
  const [from, to] = line.sort === "gone" ? [line.text, line.pair] : [line.pair, line.text];
  return diffWordsWithSpace(from, to).map((part, index) => {
    const key = `${index}${part.value}`;
    if (part[other]) return null;
    return part.added || part.removed ? (
      <Mark key={key}>{part.value}</Mark>
    ) : (
      <Fragment key={key}>{part.value}</Fragment>
    );
  });
}

function paired(before: string, after: string): Line[] {
  const found: Line[] = [];
  const parts = diffLines(ended(before), ended(after));
  const linesOf = (value: string) => value.replace(/\n$/, "").split("\n");
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at];
    const next = parts[at + 1];
    if (!part) break;
    if (part.removed && next?.added) {
      const [gone, come] = [linesOf(part.value), linesOf(next.value)];
      found.push(...gone.map((text, index): Line => line("gone", text, come[index])));
      found.push(...come.map((text, index): Line => line("come", text, gone[index])));
      at++;
      continue;
    }
    const sort = part.removed ? "gone" : part.added ? "come" : "same";
    found.push(...linesOf(part.value).map((text): Line => line(sort, text)));
  }
  return found;
}

/** The last line is like the others, so that it is the same line where more follow it. */
function ended(value: string): string {
  return value === "" || value.endsWith("\n") ? value : `${value}\n`;
}

function line(sort: Line["sort"], text: string, pair?: string): Line {
  return pair === undefined ? { sort, text } : { sort, text, pair };
}

function folded(lines: Line[]): Line[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some((each) => each.sort !== "same"),
  );
  const found: Line[] = [];
  for (let at = 0; at < lines.length; at++) {
    const each = lines[at];
    if (!each) break;
    if (near[at]) {
      found.push(each);
      continue;
    }
    const next = near.indexOf(true, at);
    const end = next === -1 ? lines.length : next;
    found.push({ sort: "folded", text: say("unchanged", { count: end - at }) });
    at = end - 1;
  }
  return found;
}
