import { useState } from "react";
import type { Area } from "../../shared/api/names";
import { SignStep } from "../../shared/signing/sign_step";
import { Button } from "../../shared/ui/button";
import { Menu } from "../../shared/ui/menu";
import { useOffers } from "../../shared/ui/offered";
import type { OpenStep } from "../../shared/ui/step";
import { stepWord } from "../../shared/words/vocabulary";
import type { Reading } from "./queries";
import { say } from "./words";

const REFRESHES: readonly Area[] = ["documents", "changes", "trainings"];

/** What QA signs on a document itself, beside the changes to it: suspending the version in force, recalling the one that waits. */
export function SignedSteps({ document }: { document: Reading }) {
  const [taken, setTaken] = useState<OpenStep>();
  const steps = document.open_steps.filter((each) => each.gate === "signed" && each.closed_by !== "role");
  const open = steps.filter((each) => each.open);
  useOffers(open.map((step) => ({ word: stepWord(step.step), act: () => setTaken(step) })));
  if (steps.length === 0) return null;
  return (
    <>
      <Menu kind="plain" label={say("moreSteps")}>
        {steps.map((step) => (
          <Button key={step.step} kind="quiet" why={step.why_not} onClick={() => setTaken(step)}>
            {stepWord(step.step)}
          </Button>
        ))}
      </Menu>
      {taken ? (
        <SignStep
          record={document}
          step={taken}
          follows={
            taken.step === "suspend" ? say("followsSuspend") : taken.step === "recall" ? say("followsRecall") : null
          }
          refreshes={REFRESHES}
          onClose={() => setTaken(undefined)}
        />
      ) : null}
    </>
  );
}
