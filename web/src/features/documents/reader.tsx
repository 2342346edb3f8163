import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useMay } from "../../shared/identity/me";
import { Loaded } from "../../shared/ui/loaded";
import { Page } from "../../shared/ui/page";
import { RecordTabs } from "../../shared/ui/record_tabs";
import { Status } from "../../shared/ui/status";
import { Tabs } from "../../shared/ui/tabs";
import { statusWord, typeWord } from "../../shared/words/vocabulary";
import { Aside } from "./aside";
import { Band } from "./band";
import { Body } from "./body";
import { ProposeChange } from "./propose_change";
import { type Reading, reading, toLearn } from "./queries";
import "./reader.css";
import { SignedSteps } from "./signed_steps";
import { say } from "./words";

export function Screen() {
  const { id = "" } = useParams({ strict: false });
  const { version }: { version?: string } = useSearch({ strict: false });
  const shown = useQuery(reading(id));
  const past = useQuery({ ...reading(id, Number(version)), enabled: Boolean(version) && isPast(shown.data, version) });
  return (
    <Loaded page of={isPast(shown.data, version) ? past : shown} lines={12}>
      {(document) => <Document now={shown.data ?? document} document={document} version={version} />}
    </Loaded>
  );
}

/** Whether a version is asked for that is neither the one shown first nor the one that waits. */
function isPast(now: Reading | undefined, version: string | undefined): boolean {
  return Boolean(now && version && Number(version) !== now.version && Number(version) !== now.waiting?.version);
}

function Document({ now, document, version }: { now: Reading; document: Reading; version: string | undefined }) {
  const may = useMay();
  const waiting = now.waiting && Number(version) === now.waiting.version ? now.waiting : null;
  const shown = waiting ? { ...now, ...waiting, status: "approved" as const } : document;
  return (
    <Page
      title={document.title}
      above={[
        document.number,
        document.type ? typeWord(document.type) : null,
        shown.version > 0 ? say("versionShort", shown) : null, // a draft has none
      ]
        .filter(Boolean)
        .join(" · ")}
      beside={<Status of={shown.status} />}
      action={<Main document={now} />}
    >
      {may("get_record_history") ? <RecordTabs folder="/documents" id={now.id} current="" /> : null}
      {now.waiting ? <Versions now={now} shown={shown.version} /> : null}
      <Band now={now} shown={shown} />
      <div className="reader">
        <Body document={shown} />
        <Aside document={shown} />
      </div>
    </Page>
  );
}

function Versions({ now, shown }: { now: Reading; shown: number }) {
  const named = (status: string, version: number) => `${statusWord(status)} · ${say("versionShort", { version })}`;
  const tabs = [
    { name: String(now.version), label: named(now.status, now.version) },
    ...(now.waiting ? [{ name: String(now.waiting.version), label: named("approved", now.waiting.version) }] : []),
  ];
  return <Tabs label={say("versions")} tabs={tabs} current={String(shown)} parameter="version" />;
}

/** Who is yet to learn it signs that they did; who may propose proposes. */
function Main({ document }: { document: Reading }) {
  const may = useMay();
  const own = useQuery({ ...toLearn(), enabled: may("complete_training") });
  const assigned = own.data?.items.find((each) => each.document_id === document.id);
  const learns = assigned ? (
    <Link to={`/assignments/${assigned.id}` as string} className={may("propose_change") ? "button" : "button main"}>
      {say("readAndUnderstood")}
    </Link>
  ) : null;
  return (
    <div className="actions">
      {learns}
      {may("propose_change") ? <ProposeChange document={document} /> : null}
      <SignedSteps document={document} />
    </div>
  );
}
