import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMay } from "../../shared/identity/me";
import { Button } from "../../shared/ui/button";
import { Choice } from "../../shared/ui/choice";
import { Listed } from "../../shared/ui/listed";
import { Empty, Page } from "../../shared/ui/page";
import { pathOf } from "../../shared/ui/paths";
import { Status } from "../../shared/ui/status";
import { type Column, Table } from "../../shared/ui/table";
import { day } from "../../shared/words/dates";
import { severityWord, statusWord, typeWord } from "../../shared/words/vocabulary";
import { type EventBrief, events, SEVERITIES, STATUSES, TYPES } from "./queries";
import { say } from "./words";

interface Filter {
  status?: string;
  type?: string;
  severity?: string;
}

export function Screen() {
  const may = useMay();
  const { status, type, severity }: Filter = useSearch({ strict: false });
  const filter = { ...(status ? { status } : {}), ...(type ? { type } : {}), ...(severity ? { severity } : {}) };
  const known = SEVERITIES.find((each) => each === severity);
  const list = useInfiniteQuery(
    events({
      ...(status ? { status } : {}),
      ...(type ? { type } : {}),
      ...(known ? { severity: known } : {}),
    }),
  );
  return (
    <Page
      title={say("title")}
      action={
        may("report_event") ? (
          <Link to="/events/new" className="button main">
            {say("report")}
          </Link>
        ) : null
      }
    >
      <Filters filter={filter} />
      <Listed of={list} empty={<Nothing isFiltered={Object.keys(filter).length > 0} />}>
        {(rows) => <Table caption={say("title")} columns={columns()} rows={rows} id={(row) => row.id} />}
      </Listed>
    </Page>
  );
}

function Filters({ filter }: { filter: Filter }) {
  const navigate = useNavigate();
  const choice = (name: keyof Filter, values: readonly string[], word: (value: string) => string) => (
    <Choice
      name={name}
      label={say(name)}
      empty={say("any")}
      value={filter[name] ?? ""}
      onChange={(event) =>
        navigate({ to: "/events", search: { ...filter, [name]: event.currentTarget.value }, replace: true })
      }
      options={values.map((value) => ({ value, label: word(value) }))}
    />
  );
  return (
    <search className="filters">
      {choice("status", STATUSES, statusWord)}
      {choice("type", TYPES, typeWord)}
      {choice("severity", SEVERITIES, severityWord)}
    </search>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const navigate = useNavigate();
  if (!isFiltered) return <Empty>{say("nothing")}</Empty>;
  return (
    <Empty action={<Button onClick={() => navigate({ to: "/events", search: {} })}>{say("clear")}</Button>}>
      {say("nothingFound")}
    </Empty>
  );
}

/** A function, because the words come with the screen, after its code. */
function columns(): Column<EventBrief>[] {
  return [
    { name: "number", head: say("number"), sort: "number", cell: (row) => row.number },
    { name: "title", head: say("what"), sort: "title", cell: (row) => <Link to={pathOf(row)}>{row.title}</Link> },
    { name: "type", head: say("type"), cell: (row) => (row.type ? typeWord(row.type) : null) },
    { name: "severity", head: say("severity"), cell: (row) => (row.severity ? severityWord(row.severity) : null) },
    { name: "status", head: say("status"), cell: (row) => <Status of={row.status} /> },
    {
      name: "due",
      head: say("dueOn"),
      sort: "number",
      cell: (row) =>
        row.due_on ? row.overdue ? <Status of="overdue">{day(row.due_on)}</Status> : day(row.due_on) : null,
    },
  ];
}
