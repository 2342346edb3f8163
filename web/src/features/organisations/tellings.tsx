import type { Body } from "../../shared/api/names";
import type { Membership } from "../../shared/identity/me";
import { RefusalAlert } from "../../shared/ui/alert";
import { Choice } from "../../shared/ui/choice";
import { Section } from "../../shared/ui/page";
import { waitWord } from "../../shared/words/vocabulary";
import { useTelling } from "./steps";
import { say } from "./words";

type What = Body<"set_telling">["what"];
type Way = Body<"set_telling">["way"];

/** What one may be told of otherwise than at once; the rest is mandatory. */
const CHOOSABLE = [
  "triage",
  "close_event",
  "conclude",
  "plan",
  "implement",
  "verify_plan",
  "check_effectiveness",
  "review",
  "lift",
  "submit",
  "assess",
  "verify_action",
] as const satisfies readonly What[];
const WAYS = ["at_once", "in_digest", "not"] as const satisfies readonly Way[];

/** How one is told in this organisation of what begins to wait: a choice is kept as it is made. */
export function Tellings({ membership }: { membership: Membership }) {
  const telling = useTelling();
  const wayOf = (what: What): Way =>
    membership.not_told.includes(what) ? "not" : membership.in_digest.includes(what) ? "in_digest" : "at_once";
  return (
    <Section title={say("tellings")}>
      <p className="soft">{say("tellingsHint", { organisation: membership.organisation.name })}</p>
      <RefusalAlert refusal={telling.refusal} />
      <div className="tellings">
        {CHOOSABLE.map((what) => (
          <Choice
            key={what}
            name={what}
            label={waitWord(what)}
            empty={null}
            value={wayOf(what)}
            disabled={telling.isTaking}
            onChange={(event) => telling.take({ what, way: event.currentTarget.value as Way })}
            options={WAYS.map((value) => ({ value, label: say(`way_${value}`) }))}
          />
        ))}
      </div>
    </Section>
  );
}
