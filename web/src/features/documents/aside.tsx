import { Download } from "../../shared/ui/download";
import { Linked } from "../../shared/ui/linked";
import { Section } from "../../shared/ui/page";
import { SignatureList } from "../../shared/ui/signatures";
import { day } from "../../shared/words/dates";
import type { Reading } from "./queries";
import { say } from "./words";

/** Beside the pages: what it is, who signed it, what it hangs together with. */
export function Aside({ document }: { document: Reading }) {
  const others = document.files.filter((each) => each.field !== "file_id");
  const trainings = document.links.filter((each) => each.record.kind === "training");
  const links = document.links.filter((each) => each.record.kind !== "training");
  return (
    <aside className="beside">
      <Section title={say("about")}>
        {document.content.summary ? <p>{document.content.summary}</p> : null}
        <Facts document={document} />
        {others.map((file) => (
          <div key={file.id} className="actions">
            <Download file={file}>{file.filename}</Download>
          </div>
        ))}
      </Section>
      <Section title={say("signatures")}>
        <SignatureList signatures={document.signatures} />
      </Section>
      {trainings.length > 0 ? (
        <Section title={say("trainings")}>
          <Linked links={trainings} />
        </Section>
      ) : null}
      {links.length > 0 ? (
        <Section title={say("links")}>
          <Linked links={links} />
        </Section>
      ) : null}
    </aside>
  );
}

function Facts({ document }: { document: Reading }) {
  const { content } = document;
  const facts: [string, string | null | undefined][] = [
    [say("owner"), document.owner?.name],
    [say("team"), document.team?.name],
    [say("effectiveOn"), document.effective_on ? day(document.effective_on) : null],
    [say("reviewDue"), document.due_on ? day(document.due_on) : null],
    [say("issuer"), content.issuer],
    [say("edition"), content.edition],
    [say("lastChecked"), content.last_checked ? day(content.last_checked) : null],
    [say("inApproval"), document.in_approval],
  ];
  return (
    <dl className="about">
      {facts.map(([name, value]) =>
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
