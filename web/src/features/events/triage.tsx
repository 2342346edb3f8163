import { Button } from "../../shared/ui/button";
import { Choice, Choices } from "../../shared/ui/choice";
import { Dialog } from "../../shared/ui/dialog";
import { Field, TextField } from "../../shared/ui/field";
import { Form, text } from "../../shared/ui/form";
import { severityWord } from "../../shared/words/vocabulary";
import { type Event, SEVERITIES } from "./queries";
import { useTriage } from "./steps";
import { say } from "./words";

const SCORES = ["severity", "occurrence", "detection"] as const;

/** QA's assessment: what is needed first, then what may follow; risk is given whole or not at all. */
export function Triage({ event, onClose }: { event: Event; onClose: () => void }) {
  const triage = useTriage();
  const { content } = event;
  const send = async (data: FormData) => {
    const done = await triage.take(judged(event.id, data), event.etag);
    if (done) onClose();
    return done;
  };
  return (
    <Dialog title={say("triageOf", { number: event.number })} onClose={onClose}>
      <Form onSend={send} refusal={triage.refusal} draft={`triage_event ${event.id}`} now={judgement(event)}>
        <Choices
          name="severity"
          legend={say("severity")}
          required
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
        <Field name="classification" label={say("classification")} optional />
        <fieldset className="choices">
          <legend>{say("risk")}</legend>
          <p className="hint">{say("riskHint")}</p>
          <div className="numbers">
            {SCORES.map((name) => (
              <Field key={name} name={`risk.${name}`} type="number" min={1} max={10} label={say(`risk_${name}`)} />
            ))}
          </div>
        </fieldset>
        <Choice
          name="reportable.decision"
          label={say("reportable")}
          empty={say("notDecided")}
          options={[
            { value: "yes", label: say("yes") },
            { value: "no", label: say("no") },
          ]}
        />
        <TextField name="reportable.reason" label={say("reportableWhy")} rows={2} optional />
        <Field name="reportable.deadline" type="date" label={say("deadline")} optional />
        <Field name="due_on" type="date" label={say("dueOn")} hint={say("dueHint")} optional />
        <div className="actions">
          <Button kind="main" type="submit" busy={triage.isTaking}>
            {say("triageIt")}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {say("notNow")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

/** What the form asks for, as the event has it now. */
function judgement({ content, due_on }: Event) {
  const { severity, containment, disposition, classification, risk, reportable } = content;
  return {
    severity,
    containment,
    disposition,
    classification,
    due_on,
    ...Object.fromEntries(SCORES.map((name) => [`risk.${name}`, risk?.[name]])),
    "reportable.decision": reportable?.decision,
    "reportable.reason": reportable?.reason,
    "reportable.deadline": reportable?.deadline,
  };
}

function judged(id: string, data: FormData) {
  const said = (name: string) => {
    const found = text(data, name);
    return found ? { [name.split(".").at(-1) ?? name]: found } : {};
  };
  const severity = SEVERITIES.find((each) => each === text(data, "severity")) ?? "minor";
  const scores = SCORES.map((name) => [name, Number(text(data, `risk.${name}`) ?? Number.NaN)] as const);
  const given = scores.filter(([, score]) => !Number.isNaN(score));
  const decided = { ...said("reportable.decision"), ...said("reportable.reason"), ...said("reportable.deadline") };
  return {
    id,
    severity,
    containment: text(data, "containment") ?? "",
    ...said("disposition"),
    ...said("classification"),
    ...said("due_on"),
    ...(given.length > 0
      ? { risk: Object.fromEntries(given) as { severity: number; occurrence: number; detection: number } }
      : {}),
    ...(Object.keys(decided).length > 0 ? { reportable: decided } : {}),
  };
}
