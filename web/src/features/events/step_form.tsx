import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { SignStep } from "../../shared/signing/sign_step";
import { Button } from "../../shared/ui/button";
import { Dialog } from "../../shared/ui/dialog";
import { TextField } from "../../shared/ui/field";
import { Form, text } from "../../shared/ui/form";
import { pathOf } from "../../shared/ui/paths";
import type { OpenStep } from "../../shared/ui/step";
import { CorrectType } from "./correct_type";
import type { Event } from "./queries";
import { useProposeClosing } from "./steps";
import { Triage } from "./triage";
import { say } from "./words";

interface Props {
  event: Event;
  step: OpenStep;
  onClose: () => void;
}

const FORMS: Record<string, (props: Props) => ReactNode> = {
  triage_event: Triage,
  reclassify_event: Triage,
  correct_event_type: CorrectType,
  propose_change: Closing,
  cancel_event: Signed,
  reopen_event: Signed,
};

/** Whether this page has the form that the step needs. */
export const hasForm = (step: OpenStep) => step.function in FORMS;

const CORRECTIONS = ["reclassify_event", "correct_event_type"];

/** The steps with a form here, those that lead on before those that correct. */
export function taken(steps: readonly OpenStep[]) {
  const here = steps.filter(hasForm);
  const corrects = (step: OpenStep) => CORRECTIONS.includes(step.function);
  return [...here.filter((step) => !corrects(step)), ...here.filter(corrects)];
}

export function StepForm(props: Props) {
  const Found = FORMS[props.step.function];
  return Found ? <Found {...props} /> : null;
}

/** What needs a reason and a signature, and nothing more. */
function Signed({ event, step, onClose }: Props) {
  return <SignStep record={event} step={step} refreshes={["events"]} onClose={onClose} />;
}

/** Closing is proposed by a change, where one lands. */
function Closing({ event, step, onClose }: Props) {
  const propose = useProposeClosing();
  const navigate = useNavigate();
  const send = async (data: FormData) => {
    const items = [{ record_id: event.id, step: step.step }];
    const made = await propose.take({ reason: text(data, "reason") ?? "", items });
    if (made) await navigate({ to: pathOf({ kind: "change", id: made.change.id }) as string });
    return made;
  };
  return (
    <Dialog
      title={say(step.step === "permit" ? "proposePermission" : "proposeClosing", { number: event.number })}
      onClose={onClose}
    >
      <p>{say("proposeHint")}</p>
      <Form onSend={send} refusal={propose.refusal} draft={`propose_change ${event.id}`}>
        <TextField name="reason" label={say("reason")} required />
        <div className="actions">
          <Button kind="main" type="submit" busy={propose.isTaking}>
            {say("propose")}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {say("notNow")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
