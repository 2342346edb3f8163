import { diffWordsWithSpace } from "diff";
import { Fragment } from "react";
import { Alert } from "../../shared/ui/alert";
import { fieldWord, useValueWord } from "./naming";
import type { Difference } from "./queries";
import { say } from "./words";

/** One field that differs: what was beside what is; a file by the lines of its text, and what of it could be compared. */
export function OneDifference({ of, from, to }: { of: Difference; from: number; to: number }) {
  const valueWord = useValueWord();
  const { compared } = of;
  const [before, after] = compared
    ? [compared.before?.filename ?? say("nothing"), compared.after?.filename ?? say("nothing")]
    : [valueWord(of.field, of.before), valueWord(of.field, of.after)];
  return (
    <section className="panel one-difference" tabIndex={-1} aria-label={fieldWord(of.field)}>
      <h2>{fieldWord(of.field)}</h2>
      <div className="before-after">
        <Side title={say("before", { version: from })} before={before} after={after} keeps="removed" />
        <Side title={say("before", { version: to })} before={before} after={after} keeps="added" />
      </div>
      {compared?.in_words ? (
        <Alert tone={compared.state === "whole" ? "info" : "warning"}>{compared.in_words}</Alert>
      ) : null}
      {of.left_out ? <Alert tone="warning">{of.left_out}</Alert> : null}
      {of.lines.length > 0 ? <Lines lines={of.lines} label={`${before} → ${after}`} /> : null}
    </section>
  );
}

/** One side of the two: of the words that differ, those that this side has, marked. */
function Side(props: { title: string; before: string; after: string; keeps: "removed" | "added" }) {
  const { title, before, after, keeps } = props;
  const Mark = keeps === "removed" ? "del" : "ins";
  const hides = keeps === "removed" ? "added" : "removed";
  return (
    <div>
      <h3 className="soft">{title}</h3>
      <p className="difference-told">
        {diffWordsWithSpace(before, after).map((part, index) => {
          const key = `${index}${part.value}`;
          if (part[hides]) return null;
          return part[keeps] ? <Mark key={key}>{part.value}</Mark> : <Fragment key={key}>{part.value}</Fragment>;
        })}
      </p>
    </div>
  );
}

type Sort = "gone" | "come" | "same" | "folded";
interface Line {
  sort: Sort;
  text: string;
  pair?: string;
}

/** A unified difference as the server made it: unchanged stretches are left out already, and words are marked within paired lines. */
function Lines({ lines, label }: { lines: string[]; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what may be wider than the screen must be scrolled by keyboard too
    <section className="difference unified" tabIndex={0} aria-label={label}>
      {sorted(lines).map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other name than its place
        <p key={`${at}${line.text}`} className={line.sort}>
          {line.sort === "folded" ? "⋯" : <Marked line={line} />}
        </p>
      ))}
    </section>
  );
}

function Marked({ line }: { line: Line }) {
  if (line.sort === "same") return line.text || "\u00a0";
  const Mark = line.sort === "gone" ? "del" : "ins";
  if (line.pair === undefined) return <Mark>{line.text}</Mark>;
  const hides = line.sort === "gone" ? "added" : "removed";
  const [before, after] = line.sort === "gone" ? [line.text, line.pair] : [line.pair, line.text];
  return diffWordsWithSpace(before, after).map((part, index) => {
    const key = `${index}${part.value}`;
    if (part[hides]) return null;
    return part.added || part.removed ? (
      <Mark key={key}>{part.value}</Mark>
    ) : (
      <Fragment key={key}>{part.value}</Fragment>
    );
  });
}

/** What went and what came in its place stand in pairs, so that they lie beside each other where there is room. */
function sorted(lines: string[]): Line[] {
  const found: Line[] = [];
  let gone: string[] = [];
  let come: string[] = [];
  const flush = () => {
    for (let at = 0; at < Math.max(gone.length, come.length); at++) {
      const [before, after] = [gone[at], come[at]];
      if (before !== undefined) found.push(paired("gone", before, after));
      if (after !== undefined) found.push(paired("come", after, before));
    }
    [gone, come] = [[], []];
  };
  for (const line of lines) {
    if (line.startsWith("---") || line.startsWith("+++")) continue;
    const text = line.slice(1).replace(/\n$/, "");
    if (line.startsWith("-")) {
      if (come.length > 0) flush();
      gone.push(text);
    } else if (line.startsWith("+")) come.push(text);
    else {
      flush();
      found.push({ sort: line.startsWith("@@") ? "folded" : "same", text });
    }
  }
  flush();
  return found;
}

function paired(sort: Sort, text: string, pair: string | undefined): Line {
  return pair === undefined ? { sort, text } : { sort, text, pair };
}
