import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { Comments } from "../../shared/change/comments";
import { Assessment, changeRead, Facts } from "../../shared/change/facts";
import { Items } from "../../shared/change/items";
import type { Change } from "../../shared/change/names";
import { Signatures } from "../../shared/signing/signatures";
import { Button } from "../../shared/ui/button";
import { Loaded } from "../../shared/ui/loaded";
import { useOffers } from "../../shared/ui/offered";
import { Page, Section } from "../../shared/ui/page";
import { Status } from "../../shared/ui/status";
import type { OpenStep } from "../../shared/ui/step";
import { stepWord } from "../../shared/words/vocabulary";
import "./changes.css";
import { Confirmation } from "./confirmation";
import { Editor } from "./editor";
import { LastRound } from "./last_round";
import { Missing, Submission } from "./submission";
import { say } from "./words";

export function Screen() {
  const { id = "" }: { id?: string } = useParams({ strict: false });
  const change = useQuery({ ...changeRead(id), placeholderData: undefined });
  return (
    <Loaded page of={change} lines={10}>
      {(shown) => <Shown key={shown.id} change={shown} />}
    </Loaded>
  );
}

/** A change: its author's draft is edited here, anybody else reads it. */
function Shown({ change }: { change: Change }) {
  const [step, setStep] = useState<OpenStep>();
  const edits = change.open_steps.some((each) => each.step === "edit" && each.open);
  const submit = change.open_steps.find((each) => each.step === "submit");
  const close = () => setStep(undefined);
  return (
    <Page
      title={change.title}
      above={`${change.number} · ${change.authors.map((each) => each.name).join(", ")}`}
      beside={<Status of={change.status} />}
      action={<Actions change={change} onTake={setStep} />}
    >
      <LastRound change={change} />
      {edits && submit ? <Missing change={change} step={submit} /> : null}
      {edits ? (
        <Editor change={change} />
      ) : (
        <>
          <Facts change={change} />
          <Items change={change} />
        </>
      )}
      <Assessment change={change.id} />
      <div id="comments">
        <Section title={say("comments")}>
          <Comments change={change} />
        </Section>
      </div>
      <Section title={say("signatures")}>
        <Signatures of={change.signatures} />
      </Section>
      {step?.step === "submit" ? <Submission change={change} onClose={close} /> : null}
      {step && step.step !== "submit" ? <Confirmation change={change} step={step} onClose={close} /> : null}
    </Page>
  );
}

/** Who decides goes to the queue; an author submits, withdraws or discards. */
function Actions({ change, onTake }: { change: Change; onTake: (step: OpenStep) => void }) {
  const request = change.approval_request;
  const direct = change.open_steps.filter((each) => each.gate === "direct" && each.step !== "edit");
  const shown = direct.filter((each) => each.open || each.closed_by === "condition");
  useOffers(shown.filter((each) => each.open).map((each) => ({ word: stepWord(each.step), act: () => onTake(each) })));
  if (request && change.open_steps.some((each) => each.gate === "signed" && each.open))
    return (
      <Link className="button main" to="/approvals/{-$id}" params={{ id: request.id }}>
        {say("decide")}
      </Link>
    );
  return (
    <div className="actions">
      {shown.map((each) => (
        <Button
          key={each.step}
          kind={each.step === "submit" ? "main" : "plain"}
          why={each.open ? null : say("seeMissing")}
          onClick={() => onTake(each)}
        >
          {stepWord(each.step)}
        </Button>
      ))}
    </div>
  );
}
