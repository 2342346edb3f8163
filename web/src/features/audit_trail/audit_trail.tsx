import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMay } from "../../shared/identity/me";
import { Button } from "../../shared/ui/button";
import { Choice } from "../../shared/ui/choice";
import { Field } from "../../shared/ui/field";
import { Listed } from "../../shared/ui/listed";
import { Empty, Page } from "../../shared/ui/page";
import { pathOf } from "../../shared/ui/paths";
import { type Column, Table } from "../../shared/ui/table";
import { moment } from "../../shared/words/dates";
import { Altered } from "./altered";
import { Chain } from "./chain";
import { type Entry, members, trail } from "./queries";
import { say } from "./words";

/** Filters stand in the address, so that a record's page can lead to its story. */
interface Filter {
  record?: string;
  person?: string;
  from?: string;
  to?: string;
}

export function Screen() {
  const may = useMay();
  const { record, person, from, to }: Filter = useSearch({ strict: false });
  const list = useInfiniteQuery(
    trail({
      ...(record ? { record_id: record } : {}),
      ...(person ? { person_id: person } : {}),
      ...(from ? { from } : {}),
      ...(to ? { to } : {}),
    }),
  );
  const names = Object.assign({}, ...(list.data?.pages.map((page) => page.names) ?? [])) as Record<string, string>;
  const filter = { ...(record ? { record } : {}), ...(person ? { person } : {}), ...(from ? { from } : {}) };
  return (
    <Page title={say("title")} above={record ? (names[record] ?? say("oneRecord")) : undefined}>
      {may("verify_audit_trail") ? <Chain /> : null}
      <Filters filter={{ ...filter, ...(to ? { to } : {}) }} />
      <Listed of={list} empty={<Nothing />}>
        {(rows) => <Table caption={say("title")} columns={columns(names)} rows={rows} id={(row) => String(row.id)} />}
      </Listed>
    </Page>
  );
}

function Filters({ filter }: { filter: Filter }) {
  const navigate = useNavigate();
  const people = useQuery(members()).data?.items ?? [];
  const narrow = (more: Filter) => navigate({ to: "/audit_trail", search: { ...filter, ...more }, replace: true });
  return (
    <search className="filters">
      <Choice
        name="person"
        label={say("person")}
        empty={say("anybody")}
        value={filter.person ?? ""}
        onChange={(event) => narrow({ person: event.currentTarget.value })}
        options={people.map((each) => ({ value: each.person_id, label: each.name }))}
      />
      <Field
        name="from"
        type="date"
        label={say("from")}
        value={filter.from ?? ""}
        onChange={(event) => narrow({ from: event.currentTarget.value })}
      />
      <Field
        name="to"
        type="date"
        label={say("to")}
        value={filter.to ?? ""}
        onChange={(event) => narrow({ to: event.currentTarget.value })}
      />
      {filter.record ? <Button onClick={() => narrow({ record: "" })}>{say("allRecords")}</Button> : null}
    </search>
  );
}

function Nothing() {
  const navigate = useNavigate();
  return (
    <Empty action={<Button onClick={() => navigate({ to: "/audit_trail", search: {} })}>{say("clear")}</Button>}>
      {say("nothingFound")}
    </Empty>
  );
}

/** A function, because the words come with the screen, after its code. */
function columns(names: Record<string, string>): Column<Entry>[] {
  return [
    { name: "at", head: say("when"), sort: "number", cell: (row) => moment(row.at) },
    { name: "who", head: say("who"), cell: (row) => row.person?.name ?? say("system") },
    { name: "step", head: say("what"), sort: "title", cell: (row) => <Altered entry={row} names={names} /> },
    { name: "record", head: say("record"), cell: (row) => <Subject entry={row} names={names} /> },
    { name: "why", head: say("why"), cell: (row) => (row.reason === row.step ? null : row.reason) },
  ];
}

/** What the entry is about: the change by its page, the record by its own where the entry says its kind, else by its story. */
function Subject({ entry, names }: { entry: Entry; names: Record<string, string> }) {
  const { change, record_id } = entry;
  if (change)
    return (
      <Link to={pathOf({ kind: "change", id: change.id }) as string} className="number">
        {change.number}
      </Link>
    );
  if (!record_id) return null;
  const kind = (entry.new ?? entry.old)?.kind;
  const name = names[record_id] ?? say("story");
  if (entry.table_name === "records" && typeof kind === "string")
    return <Link to={pathOf({ kind, id: record_id }) as string}>{name}</Link>;
  return (
    <Link to="/audit_trail" search={{ record: record_id }}>
      {name}
    </Link>
  );
}
