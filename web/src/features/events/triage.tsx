import { useRef, useState } from "react";
import { Signing } from "../../shared/signing/signing";
import { Button } from "../../shared/ui/button";
import { Choice, Choices } from "../../shared/ui/choice";
import { Dialog } from "../../shared/ui/dialog";
import { Field, TextField } from "../../shared/ui/field";
import { Form } from "../../shared/ui/form";
import type { OpenStep } from "../../shared/ui/step";
import { severityWord, stepWord } from "../../shared/words/vocabulary";
import { Authority } from "./authority";
import { type Judged, judged } from "./judged";
import { type Event, SEVERITIES } from "./queries";
import { say } from "./words";

const SCORES = ["severity", "occurrence", "detection"] as const;

/** QA's assessment, signed: the first one, or one anew. What is typed stays beneath the signing dialogue until it is signed. */
export function Triage({ event, step, onClose }: { event: Event; step: OpenStep; onClose: () => void }) {
  const [given, setGiven] = useState<Judged>();
  const settle = useRef<(done: boolean) => void>(undefined);
  const { content } = event;
  const anew = step.function !== "triage_event";
  const send = (data: FormData) => {
    setGiven(judged(data));
    return new Promise<boolean>((resolve) => {
      settle.current = resolve;
    });
  };
  const end = (done: boolean) => {
    settle.current?.(done);
    setGiven(undefined);
    if (done) onClose();
  };
  return (
    <>
      <Dialog title={say(anew ? "judgeAnew" : "triageOf", { number: event.number })} onClose={onClose}>
        <Form onSend={send} draft={`${step.function} ${event.id}`} now={judgement(event)}>
          <Choices
            name="severity"
            legend={say("severity")}
            required
            defaultValue={content.severity ?? undefined}
            options={SEVERITIES.map((value) => ({ value, label: severityWord(value) }))}
          />
          <TextField
            name="containment"
            label={say("containment")}
            hint={say("containmentHint")}
            rows={3}
            required
            defaultValue={content.containment ?? ""}
          />
          <TextField
            name="disposition"
            label={say("disposition")}
            rows={2}
            optional
            defaultValue={content.disposition ?? ""}
          />
          <Field
            name="classification"
            label={say("classification")}
            optional
            defaultValue={content.classification ?? ""}
          />
          <fieldset className="choices">
            <legend>{say("risk")}</legend>
            <p className="hint">{say("riskHint")}</p>
            <div className="numbers">
              {SCORES.map((name) => (
                <Field
                  key={name}
                  name={`risk.${name}`}
                  type="number"
                  min={1}
                  max={10}
                  label={say(`risk_${name}`)}
                  defaultValue={content.risk?.[name] ?? ""}
                />
              ))}
            </div>
          </fieldset>
          <Choice
            name="on_market"
            label={say("onMarket")}
            empty={say("notDecided")}
            defaultValue={content.on_market ?? ""}
            options={[
              { value: "yes", label: say("yes") },
              { value: "no", label: say("no") },
            ]}
          />
          <Authority given={content.reportable ?? {}} />
          {anew ? null : <Field name="due_on" type="date" label={say("dueOn")} hint={say("dueHint")} optional />}
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
      {given ? (
        <Signing
          title={stepWord(step.step)}
          reason={step.needs_reason ? "needed" : undefined}
          subjects={[
            {
              subject_kind: step.subject_kind ?? "",
              subject_id: event.id,
              meaning: step.meaning ?? "",
              title: `${event.number}, ${event.title}`,
              function: anew ? "reclassify_event" : "triage_event",
              body: { id: event.id },
              arguments: { ...given },
              etag: event.etag,
            },
          ]}
          refreshes={["events"]}
          onClose={() => end(false)}
          onSigned={() => end(true)}
        />
      ) : null}
    </>
  );
}

/** What the form asks for, as the event has it now. */
function judgement({ content, due_on }: Event) {
  const { severity, containment, disposition, classification, risk } = content;
  return {
    severity,
    containment,
    disposition,
    classification,
    due_on,
    ...Object.fromEntries(SCORES.map((name) => [`risk.${name}`, risk?.[name]])),
  };
}
