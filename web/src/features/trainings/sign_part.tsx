import { useState } from "react";
import type { StepName } from "../../shared/api/names";
import { Signing } from "../../shared/signing/signing";
import { Alert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Section } from "../../shared/ui/page";
import type { OpenStep } from "../../shared/ui/step";
import { meaningWord } from "../../shared/words/vocabulary";
import type { Assignment } from "./queries";
import { say } from "./words";

const OF_ANOTHER_METHOD = ["learnt_alone", "sign_attendance"]; // the other of the learner's two signatures is the one to take

/** The learner's signature: with a trainer it says that one attended, else it completes the training. */
function stepOfLearner({ open_steps }: Assignment): OpenStep | undefined {
  const steps = open_steps.filter((each) => each.function === "complete_training");
  return steps.find((each) => each.open) ?? steps.find((each) => !OF_ANOTHER_METHOD.includes(each.code ?? ""));
}

export function SignPart({ assignment }: { assignment: Assignment }) {
  const [isOpen, setOpen] = useState(false);
  const { training, trainer, learner_signed_at, completed_at } = assignment;
  const step = stepOfLearner(assignment);
  const close = () => setOpen(false);
  if (completed_at) return null;
  const name = trainer?.name ?? "";
  return (
    <Section title={say("signPart")}>
      {learner_signed_at ? <Alert tone="good">{say("signed", { name })}</Alert> : null}
      {step && !learner_signed_at ? (
        <div className="actions">
          <Button kind="main" why={step.why_not} onClick={() => setOpen(true)}>
            {say("signIt", { meaning: meaningWord(step.meaning ?? "") })}
          </Button>
        </div>
      ) : null}
      {isOpen && step ? (
        <Signing
          title={training.title}
          subjects={[
            {
              subject_kind: step.subject_kind ?? "",
              subject_id: assignment.id,
              meaning: step.meaning ?? "",
              title: `${training.number}, ${training.title}`,
              function: step.function as StepName,
              body: { assignment_id: assignment.id },
              etag: assignment.etag,
            },
          ]}
          follows={trainer ? say("followsTrainer", { name }) : say("follows", { number: training.number })}
          refreshes={["trainings", "documents"]}
          onClose={close}
          onSigned={close}
        />
      ) : null}
    </Section>
  );
}
