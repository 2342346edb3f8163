import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { Loaded } from "../../shared/ui/loaded";
import { Empty, Page, Section } from "../../shared/ui/page";
import { pathOf } from "../../shared/ui/paths";
import { RecordTabs } from "../../shared/ui/record_tabs";
import { Status } from "../../shared/ui/status";
import { Table } from "../../shared/ui/table";
import { Tabs } from "../../shared/ui/tabs";
import { day } from "../../shared/words/dates";
import { kindWord } from "../../shared/words/vocabulary";
import { linkWord } from "./naming";
import { type History, trail } from "./queries";
import "./records.css";
import { say } from "./words";

type Trail = NonNullable<History["trail"]>;
type Thing = Trail["changes"][number];

const COLUMNS = ["event", "investigation", "capa_plan", "change", "document", "training"];

/** What led to a record and what came of it, from the event to the person trained. */
export function Screen() {
  const { id = "" } = useParams({ strict: false });
  const { view }: { view?: string } = useSearch({ strict: false });
  return (
    <Loaded page of={useQuery(trail(id))} lines={8}>
      {({ record, trail: found }) => (
        <Page title={record.title} above={record.number} beside={<Status of={record.status} />}>
          <RecordTabs folder={pathOf(record).replace(`/${record.id}`, "")} id={record.id} current="/links" />
          {found && found.records.length + found.changes.length > 1 ? (
            <Shown trail={found} id={record.id} view={view === "list" ? "list" : "columns"} />
          ) : (
            <Empty>{say("noLinks")}</Empty>
          )}
        </Page>
      )}
    </Loaded>
  );
}

function Shown({ trail: found, id, view }: { trail: Trail; id: string; view: "list" | "columns" }) {
  const things: Thing[] = [...found.records, ...found.changes];
  const tabs = [
    { name: "columns", label: say("asColumns") },
    { name: "list", label: say("asList") },
  ];
  return (
    <>
      <Tabs label={say("view")} tabs={tabs} current={view} parameter="view" />
      {view === "columns" ? (
        <Columns trail={found} things={things} id={id} />
      ) : (
        <List trail={found} things={things} id={id} />
      )}
      {found.people.length > 0 ? <People people={found.people} /> : null}
    </>
  );
}

interface Props {
  trail: Trail;
  things: Thing[];
  id: string;
}

/** What leads from a thing, in words: `investigated in INV-2026-0001`. */
function said(thing: Thing, { trail: found, things }: Props): string[] {
  return found.links
    .filter((link) => link.from === thing.id)
    .map((link) => {
      const number = things.find((each) => each.id === link.to)?.number;
      return number ? say("linkOf", { type: linkWord(link.type), number }) : "";
    })
    .filter(Boolean);
}

function Columns(props: Props) {
  const kinds = COLUMNS.filter((kind) => props.things.some((each) => each.kind === kind));
  return (
    <div className="trail">
      {kinds.map((kind) => (
        <section key={kind}>
          <h2>{kindWord(kind)}</h2>
          <ul>
            {props.things
              .filter((each) => each.kind === kind)
              .map((thing) => (
                <li key={thing.id}>
                  <Card thing={thing} {...props} />
                </li>
              ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Card({ thing, ...props }: Props & { thing: Thing }) {
  return (
    <Link to={pathOf(thing) as string} className="card" aria-current={thing.id === props.id ? "true" : undefined}>
      <span className="number soft">{thing.number}</span>
      <b>{thing.title}</b>
      <Status of={thing.status} />
      {thing.id === props.id ? <small>{say("thisOne")}</small> : null}
      {said(thing, props).map((line) => (
        <small key={line} className="soft">
          → {line}
        </small>
      ))}
    </Link>
  );
}

function List(props: Props) {
  const rows = [...props.things].sort((a, b) => COLUMNS.indexOf(a.kind) - COLUMNS.indexOf(b.kind));
  return (
    <div className="tabled">
      <Table
        caption={say("links")}
        rows={rows}
        id={(row) => row.id}
        columns={[
          { name: "number", head: say("number"), sort: "number", cell: (row) => row.number },
          {
            name: "title",
            head: say("name"),
            sort: "title",
            cell: (row) => <Link to={pathOf(row) as string}>{row.title}</Link>,
          },
          { name: "kind", head: say("kind"), cell: (row) => kindWord(row.kind) },
          { name: "status", head: say("status"), cell: (row) => <Status of={row.status} /> },
          { name: "leads", head: say("links"), cell: (row) => said(row, props).join("; ") },
        ]}
      />
    </div>
  );
}

function People({ people }: { people: Trail["people"] }) {
  return (
    <Section title={say("people")}>
      <ul className="signatures">
        {people.map((each) => (
          <li key={each.assignment_id}>
            <Link to={pathOf({ kind: "assignment", id: each.assignment_id }) as string}>{each.person.name}</Link>{" "}
            <Status of={each.status} />
            <small className="soft">
              {say("trainedIn", { training: each.training, version: each.version })}
              {each.completed_at ? ` · ${say("completed", { day: day(each.completed_at) })}` : null}
            </small>
          </li>
        ))}
      </ul>
    </Section>
  );
}
