import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useMay } from "../../shared/identity/me";
import { Linked } from "../../shared/ui/linked";
import { Loaded } from "../../shared/ui/loaded";
import { Page, Section } from "../../shared/ui/page";
import { RecordTabs } from "../../shared/ui/record_tabs";
import { SignatureList } from "../../shared/ui/signatures";
import { Status } from "../../shared/ui/status";
import { type OpenStep, Steps } from "../../shared/ui/step";
import { moment } from "../../shared/words/dates";
import { severityWord, stepWord, typeWord } from "../../shared/words/vocabulary";
import "./events.css";
import { Judged, Told } from "./facts";
import { Notes } from "./notes";
import { type Event, event } from "./queries";
import { hasForm, StepForm, taken } from "./step_form";
import { say } from "./words";

export function Screen() {
  const { id = "" } = useParams({ strict: false });
  const shown = useQuery(event(id));
  return (
    <Loaded page of={shown} lines={10}>
      {(found) => <Shown key={found.id} event={found} />}
    </Loaded>
  );
}

function Shown({ event }: { event: Event }) {
  const may = useMay();
  const [step, setStep] = useState<OpenStep>();
  const type = event.type ? typeWord(event.type) : "";
  const severity = event.content.severity ? ` · ${severityWord(event.content.severity)}` : "";
  return (
    <Page
      title={event.title}
      above={`${event.number} · ${type}${severity}`}
      beside={<Status of={event.status} />}
      action={<Steps steps={taken(event.open_steps)} onTake={setStep} />}
    >
      {may("get_record_history") ? <RecordTabs folder="/events" id={event.id} current="" /> : null}
      <div className="event">
        <div>
          <Told event={event} />
          <Judged event={event} />
          <Notes event={event} />
          <OtherSteps steps={event.open_steps.filter((each) => !hasForm(each))} />
        </div>
        <aside>
          <Section title={say("timeline")}>
            <Timeline event={event} />
          </Section>
          <Section title={say("signatures")}>
            <SignatureList signatures={event.signatures} />
          </Section>
          <Section title={say("links")}>
            {event.links.length > 0 ? <Linked links={event.links} /> : <p className="soft">{say("noLinks")}</p>}
          </Section>
        </aside>
      </div>
      {step ? <StepForm event={event} step={step} onClose={() => setStep(undefined)} /> : null}
    </Page>
  );
}

function Timeline({ event }: { event: Event }) {
  return (
    <ol className="lines">
      {event.taken_steps.map((each) => (
        <li key={`${each.step}${each.at}`}>
          {each.in_words}
          <small className="soft">
            {each.person ? `${each.person.name} · ` : null}
            {moment(each.at)}
          </small>
          {each.reason ? <q>{each.reason}</q> : null}
        </li>
      ))}
    </ol>
  );
}

/** Steps that no form of this page takes: each with why it is closed, where it is. */
function OtherSteps({ steps }: { steps: readonly OpenStep[] }) {
  const shown = steps.filter((each) => !each.open && each.closed_by !== "role");
  if (shown.length === 0) return null;
  return (
    <Section title={say("closedSteps")}>
      <ul className="lines">
        {shown.map((each) => (
          <li key={each.step}>
            {stepWord(each.step)}
            <small className="soft">{each.why_not}</small>
          </li>
        ))}
      </ul>
    </Section>
  );
}
