import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useMay } from "../../shared/identity/me";
import { Loaded } from "../../shared/ui/loaded";
import { Empty, Page, Section } from "../../shared/ui/page";
import { pathOf } from "../../shared/ui/paths";
import { RecordTabs } from "../../shared/ui/record_tabs";
import { SignatureList } from "../../shared/ui/signatures";
import { Status } from "../../shared/ui/status";
import { day, moment } from "../../shared/words/dates";
import { fieldWord, useValueWord } from "./naming";
import { type History, history, type Version } from "./queries";
import "./records.css";
import { say } from "./words";

/** A record's versions: who made each, when and why, and what it altered. */
export function Screen() {
  const { id = "" } = useParams({ strict: false });
  const found = useQuery(history(id));
  return (
    <Loaded page of={found} lines={10}>
      {(answer) => <Versions found={answer} />}
    </Loaded>
  );
}

function Versions({ found }: { found: History }) {
  const may = useMay();
  const { record, versions } = found;
  const folder = pathOf(record).replace(`/${record.id}`, "");
  return (
    <Page title={record.title} above={record.number} beside={<Status of={record.status} />}>
      <RecordTabs folder={folder} id={record.id} current="/history" />
      {may("list_audit_trail") ? (
        <p>
          <Link to="/audit_trail" search={{ record: record.id }}>
            {say("auditTrail")}
          </Link>
        </p>
      ) : null}
      {versions.length === 0 ? <Empty>{say("noVersion")}</Empty> : null}
      {versions.map((version, at) => (
        <OneVersion key={version.version} folder={folder} version={version} former={versions[at + 1]} found={found} />
      ))}
      {found.next_cursor ? <p className="soft">{say("older")}</p> : null}
    </Page>
  );
}

interface Props {
  folder: string;
  version: Version;
  former: Version | undefined;
  found: History;
}

function OneVersion({ folder, version, former, found }: Props) {
  const valueWord = useValueWord();
  const { change } = version;
  const signed = found.signatures.filter((each) => each.change_id === version.change_id);
  return (
    <Section title={say("versionNumber", { version: version.version })} beside={<Status of={version.status} />}>
      <p>
        {typeof change.reason === "string" ? change.reason : null}{" "}
        {typeof change.number === "string" ? (
          <Link to={pathOf({ kind: "change", id: version.change_id }) as string} className="number">
            {change.number}
          </Link>
        ) : null}
      </p>
      <p className="soft">
        {moment(version.created_at)} {say("by", { name: valueWord("owner_id", version.owner_id) })}
        {version.effective_at ? ` · ${say("inForceFrom", { day: day(version.effective_at) })}` : null}
        {version.ended_at ? ` ${say("until", { day: day(version.ended_at) })}` : null}
      </p>
      {former ? (
        <p className="soft">{[...new Set(version.diff.map((each) => fieldWord(each.field)))].join(" · ")}</p>
      ) : null}
      <SignatureList signatures={signed} />
      <div className="actions">
        {folder === "/documents" ? (
          <Link
            className="button"
            to="/documents/$id"
            params={{ id: version.record_id }}
            search={{ version: String(version.version) }}
          >
            {say("read")}
          </Link>
        ) : null}
        {former ? (
          <Link
            className="button"
            to={`${folder}/${version.record_id}/compare?from=${former.version}&to=${version.version}` as string}
          >
            {say("withFormer", { version: former.version })}
          </Link>
        ) : null}
      </div>
    </Section>
  );
}
