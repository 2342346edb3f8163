import { Download } from "../../shared/ui/download";
import { Section } from "../../shared/ui/page";
import { day, moment } from "../../shared/words/dates";
import { severityWord } from "../../shared/words/vocabulary";
import type { Event } from "./queries";
import { say } from "./words";

type Fact = [name: string, value: string | null | undefined];

function Facts({ of }: { of: readonly Fact[] }) {
  return (
    <dl>
      {of.map(([name, value]) =>
        value ? (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

const at = (iso: string | null | undefined) => (iso ? moment(iso) : null);
const listed = (one: string | null | undefined, several: readonly string[] | null | undefined) =>
  [...new Set([...(one ? [one] : []), ...(several ?? [])])].join(", ");

/** What was reported. */
export function Told({ event: { content, owner, team, due_on, files } }: { event: Event }) {
  const facts: Fact[] = [
    [say("description"), content.description],
    [say("when"), at(content.occurred_at)],
    [say("noticed"), at(content.detected_at)],
    [say("late"), content.late_reason],
    [say("where"), content.place],
    [say("observedBy"), content.observed_by],
    [say("product"), content.product],
    [say("batches"), listed(content.batch, content.batches)],
    [say("serials"), listed(content.serial, content.serials)],
    [say("udis"), listed(content.udi, content.udis)],
    [say("quantity"), content.quantity],
    [say("customer"), content.customer],
    [say("supplier"), content.supplier],
    [say("beginsOn"), content.begins_on ? day(content.begins_on) : null],
    [say("endsOn"), content.ends_on ? day(content.ends_on) : null],
    [say("correction"), content.correction],
    [say("owner"), owner?.name],
    [say("team"), team?.name],
    [say("dueOn"), due_on ? day(due_on) : null],
  ];
  return (
    <Section title={say("whatHappened")}>
      <Facts of={facts} />
      {files.length > 0 ? (
        <div className="actions">
          {files.map((file) => (
            <Download key={file.id} file={file}>
              {file.filename}
            </Download>
          ))}
        </div>
      ) : null}
    </Section>
  );
}

/** How it was judged, and what came of it. */
export function Judged({ event: { content, risk_number, triaged } }: { event: Event }) {
  const { risk, reportable } = content;
  const scores = risk ? [risk.severity, risk.occurrence, risk.detection].join(" × ") : "";
  const facts: Fact[] = [
    [say("severity"), content.severity ? severityWord(content.severity) : null],
    [say("classification"), content.classification],
    [say("riskNumber"), risk_number ? `${risk_number} (${scores})` : null],
    [say("containment"), content.containment],
    [say("disposition"), content.disposition],
    [say("reportable"), reportable?.decision ? say(reportable.decision) : null],
    [say("onMarket"), content.on_market ? say(content.on_market) : null],
    [say("rule"), reportable?.rule ? say(`rule_${reportable.rule}`) : null],
    [say("awareOn"), reportable?.aware_on ? day(reportable.aware_on) : null],
    [say("reportableWhy"), reportable?.reason],
    [say("deadline"), reportable?.deadline ? day(reportable.deadline) : null],
    [say("reportedOn"), reportable?.reported_on ? day(reportable.reported_on) : null],
    [say("reference"), reportable?.reference],
    [say("cause"), content.cause],
    [say("noCause"), content.no_cause_reason],
    [say("noCapa"), content.no_capa_reason],
  ];
  if (!facts.some(([, value]) => value)) return null;
  return (
    <Section
      title={say("judged")}
      beside={
        triaged?.person ? (
          <small className="soft">
            {triaged.person.name} · {moment(triaged.at)}
          </small>
        ) : null
      }
    >
      <Facts of={facts} />
    </Section>
  );
}
