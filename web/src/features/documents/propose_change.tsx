import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../../shared/ui/button";
import { Choices } from "../../shared/ui/choice";
import { Dialog } from "../../shared/ui/dialog";
import { TextField } from "../../shared/ui/field";
import { Form, text } from "../../shared/ui/form";
import { useOffers } from "../../shared/ui/offered";
import { pathOf } from "../../shared/ui/paths";
import { stepWord } from "../../shared/words/vocabulary";
import type { Reading } from "./queries";
import { usePropose } from "./steps";
import { say } from "./words";

/** The screen's main action: says what the change is to do and why, and leads to the change. */
export function ProposeChange({ document }: { document: Reading }) {
  const [isOpen, setOpen] = useState(false);
  const steps = document.open_steps.filter((step) => step.gate === "change" && step.function === "propose_change");
  const open = steps.filter((step) => step.open);
  const why = open.length > 0 ? null : steps[0]?.why_not;
  useOffers(open.length > 0 ? [{ word: say("propose"), act: () => setOpen(true) }] : []);
  if (steps.length === 0) return null;
  return (
    <>
      <Button kind="main" why={why} onClick={() => setOpen(true)}>
        {say("propose")}
      </Button>
      {isOpen ? (
        <Proposing document={document} steps={open.map(({ step }) => step)} onClose={() => setOpen(false)} />
      ) : null}
    </>
  );
}

function Proposing({ document, steps, onClose }: { document: Reading; steps: string[]; onClose: () => void }) {
  const propose = usePropose();
  const navigate = useNavigate();
  const send = async (data: FormData) => {
    const step = text(data, "step") ?? steps[0];
    const made = await propose.take({
      reason: text(data, "reason") ?? "",
      items: [{ record_id: document.id, ...(step ? { step } : {}) }],
    });
    if (made) await navigate({ to: pathOf({ kind: "change", id: made.change.id }) as string });
    return made;
  };
  const word = (step: string) => (step === "release" ? say("newVersion") : stepWord(step));
  return (
    <Dialog title={say("proposeOn", { number: document.number })} onClose={onClose}>
      <Form onSend={send} refusal={propose.refusal} draft={`propose_change ${document.id}`}>
        {steps.length > 1 ? (
          <Choices
            name="step"
            legend={say("whatToDo")}
            options={steps.map((step) => ({ value: step, label: word(step) }))}
            defaultValue={steps[0] ?? ""}
            required
          />
        ) : null}
        <TextField name="reason" label={say("reason")} hint={say("reasonHint")} required />
        <div className="actions">
          <Button kind="main" type="submit" busy={propose.isTaking}>
            {say("propose")}
          </Button>
          <Button onClick={onClose}>{say("cancel")}</Button>
        </div>
      </Form>
    </Dialog>
  );
}
