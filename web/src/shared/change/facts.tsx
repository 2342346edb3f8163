import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Shape } from "../api/names";
import { read } from "../api/reads";
import { Section } from "../ui/page";
import { pathOf } from "../ui/paths";
import { day } from "../words/dates";
import { type Change, useNames } from "./names";
import { say } from "./words";

export const changeRead = (id: string) => read("changes", "get_change", { id });

/** Why, with which impact and risk, from when, and what is done afterwards. */
export function Facts({ change }: { change: Change }) {
  const nameOf = useNames(change.files);
  const { reason, impact, risk, effective_on: from, follow_ups: followUps } = change;
  return (
    <Section title={say("facts")}>
      <dl className="facts">
        <dt>{say("reason")}</dt>
        <dd>{reason}</dd>
        <dt>{say("impact")}</dt>
        <dd>{impact ?? <span className="soft">{say("notSaid")}</span>}</dd>
        <dt>{say("risk")}</dt>
        <dd>{risk ?? <span className="soft">{say("notSaid")}</span>}</dd>
        <dt>{say("from")}</dt>
        <dd>{from ? day(from) : say("atOnce")}</dd>
        {followUps.length > 0 ? <dt>{say("followUps")}</dt> : null}
        {followUps.map((each) => (
          <dd key={each.description + each.due_on}>
            {each.description} · {nameOf(each.owner_id) ?? each.owner_id} · {day(each.due_on)}
          </dd>
        ))}
      </dl>
    </Section>
  );
}

/** What else the change touches, as the server finds it. */
export function Assessment({ change }: { change: string }) {
  const impact = useQuery(changeRead(change)).data?.impact_assessment;
  if (!impact) return null;
  const { count, untrained } = impact.people;
  return (
    <Section title={say("assessment")}>
      <p>{count === 0 ? say("nobody") : say("people", { count, untrained })}</p>
      <Pointers word={say("records")} of={impact.records} />
      <Pointers word={say("trainings")} of={impact.trainings} />
    </Section>
  );
}

function Pointers({ word, of }: { word: string; of: readonly Shape<"Pointer">[] }) {
  if (of.length === 0) return null;
  return (
    <p>
      {word}:{" "}
      {of.map((each, index) => (
        <span key={each.id}>
          {index > 0 ? ", " : ""}
          <Link to={pathOf(each)}>
            {each.number} {each.title}
          </Link>
        </span>
      ))}
    </p>
  );
}
