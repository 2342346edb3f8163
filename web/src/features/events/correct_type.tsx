import { useState } from "react";
import { Signing } from "../../shared/signing/signing";
import { Button } from "../../shared/ui/button";
import { Choice } from "../../shared/ui/choice";
import { Dialog } from "../../shared/ui/dialog";
import { Form, text } from "../../shared/ui/form";
import type { OpenStep } from "../../shared/ui/step";
import { stepWord, typeWord } from "../../shared/words/vocabulary";
import { type Event, TYPES } from "./queries";
import { say } from "./words";

/** QA signs that the event is of another type; its number stays. */
export function CorrectType({ event, step, onClose }: { event: Event; step: OpenStep; onClose: () => void }) {
  const [type, setType] = useState<string>();
  if (type) {
    return (
      <Signing
        title={stepWord(step.step)}
        reason="needed"
        subjects={[
          {
            subject_kind: step.subject_kind ?? "",
            subject_id: event.id,
            meaning: step.meaning ?? "",
            title: `${event.number}, ${event.title}`,
            function: "correct_event_type",
            body: { id: event.id },
            arguments: { type },
            etag: event.etag,
          },
        ]}
        follows={say("typeBecomes", { from: typeWord(event.type ?? ""), to: typeWord(type) })}
        refreshes={["events"]}
        onClose={() => setType(undefined)}
        onSigned={onClose}
      />
    );
  }
  const others = TYPES.filter((each) => each !== event.type);
  return (
    <Dialog title={stepWord(step.step)} onClose={onClose}>
      <Form onSend={async (data) => setType(text(data, "type"))}>
        <Choice
          name="type"
          label={say("type")}
          required
          options={others.map((value) => ({ value, label: typeWord(value) }))}
        />
        <div className="actions">
          <Button kind="main" type="submit">
            {say("goOnToSign")}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {say("notNow")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
