import { useState } from "react";
import { Button } from "../../shared/ui/button";
import { Form, text } from "../../shared/ui/form";
import { Page } from "../../shared/ui/page";
import { instant } from "../../shared/words/dates";
import { EventFields } from "./event_fields";
import "./events.css";
import type { Event } from "./queries";
import { Reported } from "./reported";
import { useReport } from "./steps";
import { say } from "./words";

const SAID = [
  "description",
  "place",
  "product",
  "quantity",
  "observed_by",
  "customer",
  "supplier",
  "begins_on",
  "ends_on",
] as const;
const MORE_SAID = ["containment", "correction", "late_reason"] as const;
const SEVERAL = ["batches", "serials", "udis"] as const;

/** Four things to say, and what happened is reported; its number is then what one needs. */
export function Screen() {
  const report = useReport();
  const [made, setMade] = useState<Event>();
  const send = async (data: FormData) => {
    const done = await report.take({
      title: text(data, "title") ?? "",
      type: text(data, "type") ?? "",
      content: content(data),
    });
    if (done?.event) setMade(done.event);
    return done;
  };
  if (made) return <Reported event={made} onChanged={setMade} />;
  return (
    <Page title={say("report")} narrow>
      <Form onSend={send} refusal={report.refusal} draft="report_event" className="panel">
        <EventFields />
        <div className="actions">
          <Button kind="main" type="submit" busy={report.isTaking}>
            {say("reportIt")}
          </Button>
        </div>
      </Form>
    </Page>
  );
}

/** What was typed, under the names of the event's content; what was noticed at once was noticed when it occurred. */
function content(data: FormData): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  for (const name of [...SAID, ...MORE_SAID]) {
    const said = text(data, name);
    if (said) found[name] = said;
  }
  for (const name of SEVERAL) {
    const said = text(data, name)
      ?.split(/[\n,;]+/)
      .map((each) => each.trim())
      .filter(Boolean);
    if (said) found[name] = said;
  }
  const occurred = text(data, "occurred_at");
  const detected = text(data, "detected_at") ?? occurred;
  if (occurred) found.occurred_at = instant(occurred);
  if (detected) found.detected_at = instant(detected);
  return found;
}
