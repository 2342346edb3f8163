import { useState } from "react";
import { Choice } from "../../shared/ui/choice";
import { Field, TextField } from "../../shared/ui/field";
import { type Reportable, RULES } from "./queries";
import { say } from "./words";

/** Whether an authority is told: by which rule and since when, which makes the deadline; then the report itself. */
export function Authority({ given }: { given: Reportable }) {
  const [decision, setDecision] = useState<string>(given.decision ?? "");
  const [rule, setRule] = useState<string>(given.rule ?? "");
  return (
    <>
      <Choice
        name="reportable.decision"
        label={say("reportable")}
        empty={say("notDecided")}
        defaultValue={given.decision ?? ""}
        onChange={(event) => setDecision(event.currentTarget.value)}
        options={[
          { value: "yes", label: say("yes") },
          { value: "no", label: say("no") },
        ]}
      />
      {decision === "yes" ? (
        <>
          <Choice
            name="reportable.rule"
            label={say("rule")}
            empty={say("chooseRule")}
            defaultValue={given.rule ?? ""}
            onChange={(event) => setRule(event.currentTarget.value)}
            options={RULES.map((value) => ({ value, label: say(`rule_${value}`) }))}
          />
          <Field
            name="reportable.aware_on"
            type="date"
            label={say("awareOn")}
            hint={say("awareHint")}
            defaultValue={given.aware_on ?? ""}
          />
          {rule === "other" ? (
            <Field
              name="reportable.deadline"
              type="date"
              label={say("deadline")}
              defaultValue={given.rule === "other" ? (given.deadline ?? "") : ""}
            />
          ) : null}
          <Field
            name="reportable.reported_on"
            type="date"
            label={say("reportedOn")}
            optional
            defaultValue={given.reported_on ?? ""}
          />
          <Field name="reportable.reference" label={say("reference")} optional defaultValue={given.reference ?? ""} />
        </>
      ) : null}
      {decision ? (
        <TextField
          name="reportable.reason"
          label={say("reportableWhy")}
          rows={2}
          optional={decision === "yes"}
          defaultValue={given.reason ?? ""}
        />
      ) : null}
    </>
  );
}
