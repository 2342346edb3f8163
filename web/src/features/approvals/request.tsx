import { Link } from "@tanstack/react-router";
import type { RefObject } from "react";
import { Comments } from "../../shared/change/comments";
import { Assessment, Facts } from "../../shared/change/facts";
import { Items } from "../../shared/change/items";
import { SinceLastRound } from "../../shared/change/since";
import { Signatures } from "../../shared/signing/signatures";
import { Button } from "../../shared/ui/button";
import { Section } from "../../shared/ui/page";
import { pathOf } from "../../shared/ui/paths";
import { Status } from "../../shared/ui/status";
import { fromToday, moment } from "../../shared/words/dates";
import { stepWord } from "../../shared/words/vocabulary";
import { type Meaning, stepMeaning } from "./deciding";
import type { Request } from "./queries";
import { say } from "./words";

interface Props {
  request: Request;
  heading: RefObject<HTMLHeadingElement | null>;
  onTake: (meaning: Meaning) => void;
}

/** All that one decides about: why, what it touches, what differs, what was said, and what is new since the last round. */
export function RequestShown({ request, heading, onTake }: Props) {
  const { change } = request;
  const [approve, reject] = [stepMeaning(request, "approved"), stepMeaning(request, "rejected")];
  const submitted = change.rounds.find((each) => each.round === request.round);
  const isOpen = request.status === "open";
  return (
    <div className="request">
      <header>
        <p className="above">
          <Link to={pathOf(change)}>{request.number}</Link> · {say("round", { round: request.round })}
        </p>
        <h2 ref={heading} tabIndex={-1}>
          {request.title} <Status of={request.status} />
        </h2>
        <p className="soft">
          {submitted
            ? say("submittedBy", { name: submitted.submitted_by.name, at: moment(submitted.created_at) })
            : null}
          {isOpen
            ? ` · ${say("expires", { when: fromToday(request.expires_at) })} · ${say("needed", { count: request.required })}`
            : null}
        </p>
        {isOpen ? (
          <div className="actions">
            {approve ? (
              <Button kind="main" why={approve.why_not} onClick={() => onTake("approved")}>
                {stepWord(approve.step)}
              </Button>
            ) : null}
            {reject ? (
              <Button kind="danger" why={reject.why_not} onClick={() => onTake("rejected")}>
                {stepWord(reject.step)}
              </Button>
            ) : null}
          </div>
        ) : null}
      </header>
      <SinceLastRound change={change} />
      <Facts change={change} />
      <Items change={change} />
      <Assessment change={change.id} />
      <Section title={say("comments")}>
        <Comments change={change} />
      </Section>
      <Section title={say("signatures")}>
        <Signatures of={request.signatures} />
      </Section>
    </div>
  );
}
