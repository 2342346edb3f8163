import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useMay } from "../../shared/identity/me";
import { Button } from "../../shared/ui/button";
import { Choice } from "../../shared/ui/choice";
import { Field } from "../../shared/ui/field";
import { useKeys } from "../../shared/ui/keys";
import { Listed } from "../../shared/ui/listed";
import { Empty, Page } from "../../shared/ui/page";
import { pathOf } from "../../shared/ui/paths";
import { Status } from "../../shared/ui/status";
import { type Column, Table } from "../../shared/ui/table";
import { day } from "../../shared/words/dates";
import { statusWord, typeWord } from "../../shared/words/vocabulary";
import { type Document, documents, TYPES } from "./queries";
import { say } from "./words";

const STATUSES = ["draft", "approved", "effective", "suspended", "superseded", "retired", "recalled", "void"];
const TYPING = 300; // milliseconds after the last key, until the search goes

/** Filters stand in the address, so that a link shows the same list. */
interface Filter {
  q?: string;
  status?: string;
  type?: string;
}

export function Screen() {
  const may = useMay();
  const { q, status, type }: Filter = useSearch({ strict: false });
  const filter = { ...(q ? { q } : {}), ...(status ? { status } : {}), ...(type ? { type } : {}) };
  const list = useInfiniteQuery(documents(filter));
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <Page
      title={say("title")}
      action={
        may("create_document") ? (
          <Link to="/documents/new" className="button main">
            {say("create")}
          </Link>
        ) : null
      }
    >
      <Filters filter={filter} />
      <Listed of={list} empty={<Nothing isFiltered={isFiltered} />}>
        {(rows) => <Table caption={say("title")} columns={columns()} rows={rows} id={(row) => row.id} />}
      </Listed>
    </Page>
  );
}

function Filters({ filter }: { filter: Filter }) {
  const navigate = useNavigate();
  const typing = useRef(0);
  useEffect(() => () => window.clearTimeout(typing.current), []);
  const narrow = (more: Filter) => navigate({ to: "/documents", search: { ...filter, ...more }, replace: true });
  const bar = useRef<HTMLElement>(null);
  useKeys({ "/": { word: say("search"), act: () => bar.current?.querySelector("input")?.focus() } });
  const search = (q: string) => {
    window.clearTimeout(typing.current);
    const look = () => window.location.pathname === "/documents" && narrow({ q }); // unless one is on the way elsewhere
    typing.current = window.setTimeout(look, TYPING);
  };
  return (
    <search ref={bar} className="filters">
      <div className="search">
        <Field
          name="q"
          type="search"
          label={say("search")}
          placeholder={say("searchHint")}
          defaultValue={filter.q}
          onChange={(event) => search(event.currentTarget.value)}
        />
      </div>
      <Choice
        name="status"
        label={say("status")}
        empty={say("any")}
        value={filter.status ?? ""}
        onChange={(event) => narrow({ status: event.currentTarget.value })}
        options={STATUSES.map((value) => ({ value, label: statusWord(value) }))}
      />
      <Choice
        name="type"
        label={say("type")}
        empty={say("any")}
        value={filter.type ?? ""}
        onChange={(event) => narrow({ type: event.currentTarget.value })}
        options={TYPES.map((value) => ({ value, label: typeWord(value) }))}
      />
    </search>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const navigate = useNavigate();
  if (!isFiltered) return <Empty>{say("nothing")}</Empty>;
  return (
    <Empty action={<Button onClick={() => navigate({ to: "/documents", search: {} })}>{say("clear")}</Button>}>
      {say("nothingFound")}
    </Empty>
  );
}

/** A function, because the words come with the screen, after its code. */
function columns(): Column<Document>[] {
  return [
    { name: "number", head: say("number"), sort: "number", cell: (row) => row.number },
    { name: "title", head: say("name"), sort: "title", cell: (row) => <Link to={pathOf(row)}>{row.title}</Link> },
    { name: "type", head: say("type"), cell: (row) => (row.type ? typeWord(row.type) : null) },
    { name: "status", head: say("status"), cell: (row) => <Status of={row.status} /> },
    {
      name: "version",
      head: say("version"),
      sort: "number",
      cell: (row) => (row.version > 0 ? say("versionShort", { version: row.version }) : null),
    },
    { name: "owner", head: say("owner"), cell: (row) => row.owner?.name },
    { name: "changed", head: say("changed"), sort: "number", cell: (row) => day(row.updated_at) },
  ];
}
