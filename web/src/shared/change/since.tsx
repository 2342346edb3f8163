import { Section } from "../ui/page";
import { Differing } from "./differing";
import { type Change, inLines, useNames } from "./names";
import { say } from "./words";

const PARTS = ["reason", "impact", "risk", "effective_on", "follow_ups"];
const SIDES = ["title", "owner_id", "team_id"];

type Frozen = Record<string, unknown> & { items?: Record<string, unknown>[] };

/** What changed since the last round, so that who decided then reads only what is new. */
export function SinceLastRound({ change }: { change: Change }) {
  const nameOf = useNames(change.files);
  const [former, present] = change.rounds.slice(-2);
  if (!former || !present) return null;
  const [before, after] = [values(former.frozen), values(present.frozen)];
  const fields = [...new Set([...before.keys(), ...after.keys()])];
  const moved = fields.filter((field) => JSON.stringify(before.get(field)) !== JSON.stringify(after.get(field)));
  return (
    <Section title={say("since", { round: former.round })}>
      {former.cause ? <p>{say("causeThen", { cause: former.cause })}</p> : null}
      {moved.length === 0 ? <p className="soft">{say("nothingSince")}</p> : null}
      {moved.map((field) => (
        <Differing
          key={field}
          nameOf={nameOf}
          difference={{
            field,
            before: inLines(before.get(field), nameOf),
            after: inLines(after.get(field), nameOf),
            lines: [],
          }}
        />
      ))}
    </Section>
  );
}

function values(frozen: Frozen): Map<string, unknown> {
  const found = new Map<string, unknown>(PARTS.map((part) => [part, frozen[part]]));
  for (const item of frozen.items ?? []) {
    const content = (item.content ?? {}) as Record<string, unknown>;
    for (const side of SIDES) found.set(`${item.number}.${side}`, item[side]);
    for (const [name, value] of Object.entries(content)) found.set(`${item.number}.${name}`, value);
  }
  return found;
}
