import { useState } from "react";
import { Choice } from "../../shared/ui/choice";
import { Field, TextField } from "../../shared/ui/field";
import { useFilled } from "../../shared/ui/form";
import { instant, localNow } from "../../shared/words/dates";
import { typeWord } from "../../shared/words/vocabulary";
import { PLANNED, TYPES } from "./queries";
import { say } from "./words";

const LATE_AFTER = 86_400_000; // milliseconds from when it was noticed, after which a report says why it comes late

/** The four fields of a report, what is asked further where it comes late, and the rest folded. */
export function EventFields() {
  const started = {
    type: useFilled("type").typed,
    occurred: useFilled("occurred_at").typed,
    detected: useFilled("detected_at").typed,
  };
  const [type, setType] = useState(started.type ?? "");
  const [occurred, setOccurred] = useState(started.occurred ?? localNow());
  const [detected, setDetected] = useState(started.detected ?? "");
  const isPast = (local: string) => local !== "" && Date.now() - Date.parse(instant(local)) > LATE_AFTER;
  const occurredLongAgo = type !== PLANNED && isPast(occurred);
  const isLate = occurredLongAgo && isPast(detected || occurred);
  return (
    <>
      <Choice
        name="type"
        label={say("type")}
        required
        defaultValue={type}
        onChange={(event) => setType(event.currentTarget.value)}
        options={TYPES.map((value) => ({ value, label: typeWord(value) }))}
      />
      <Field name="title" label={say("what")} hint={say("whatHint")} required />
      <Field name="place" label={say("where")} hint={say("whereHint")} />
      <Field
        name="occurred_at"
        type="datetime-local"
        label={say("when")}
        required
        defaultValue={occurred}
        onChange={(event) => setOccurred(event.currentTarget.value)}
      />
      {occurredLongAgo ? (
        <Field
          name="detected_at"
          type="datetime-local"
          label={say("noticed")}
          hint={say("noticedHint")}
          optional
          min={occurred}
          defaultValue={detected}
          onChange={(event) => setDetected(event.currentTarget.value)}
        />
      ) : null}
      {type === PLANNED ? (
        <>
          <Field name="begins_on" type="date" label={say("beginsOn")} hint={say("beginsHint")} required />
          <Field name="ends_on" type="date" label={say("endsOn")} required />
        </>
      ) : null}
      {isLate ? <TextField name="late_reason" label={say("late")} hint={say("lateHint")} rows={2} required /> : null}
      <details>
        <summary>{say("more")}</summary>
        <div className="form">
          <TextField name="description" label={say("description")} hint={say("descriptionHint")} />
          <TextField name="containment" label={say("containment")} hint={say("containmentHint")} rows={2} />
          <TextField name="correction" label={say("correction")} rows={2} />
          <Field name="observed_by" label={say("observedBy")} />
          <Field name="product" label={say("product")} />
          <Field name="batches" label={say("batches")} hint={say("severalHint")} />
          <Field name="serials" label={say("serials")} hint={say("severalHint")} />
          <Field name="udis" label={say("udis")} hint={say("severalHint")} />
          <Field name="quantity" label={say("quantity")} />
          <Field name="customer" label={say("customer")} />
          <Field name="supplier" label={say("supplier")} />
        </div>
      </details>
    </>
  );
}
