import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Choice } from "../../shared/ui/choice";
import { Listed } from "../../shared/ui/listed";
import { Empty, Page } from "../../shared/ui/page";
import { Status } from "../../shared/ui/status";
import { type Column, Table } from "../../shared/ui/table";
import { Tabs } from "../../shared/ui/tabs";
import { day } from "../../shared/words/dates";
import { statusWord } from "../../shared/words/vocabulary";
import { type ChangeBrief, changes } from "./queries";
import { say } from "./words";

const STATUSES = ["draft", "in_approval", "approved", "applied", "closed", "recalled", "discarded"];

export function Screen() {
  const { status, mine }: { status?: string; mine?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const list = useInfiniteQuery(changes({ ...(status ? { status } : {}), ...(mine ? { mine: true } : {}) }));
  const tabs = [
    { name: "", label: say("all") },
    { name: "true", label: say("mineOnly") },
  ];
  const narrow = (value: string) => {
    const search = { ...(mine ? { mine } : {}), ...(value ? { status: value } : {}) };
    navigate({ to: "/changes", search, replace: true });
  };
  return (
    <Page title={say("title")}>
      <Tabs label={say("whose")} tabs={tabs} current={mine ?? ""} parameter="mine" />
      <search className="filters">
        <Choice
          name="status"
          label={say("status")}
          empty={say("any")}
          value={status ?? ""}
          onChange={(event) => narrow(event.currentTarget.value)}
          options={STATUSES.map((value) => ({ value, label: statusWord(value) }))}
        />
      </search>
      <Listed of={list} empty={<Empty>{say("nothing")}</Empty>}>
        {(rows) => <Table caption={say("title")} columns={columns()} rows={rows} id={(row) => row.id} />}
      </Listed>
    </Page>
  );
}

/** A function, because the words come with the screen, after its code. */
function columns(): Column<ChangeBrief>[] {
  return [
    { name: "number", head: say("number"), sort: "number", cell: (row) => row.number },
    {
      name: "title",
      head: say("name"),
      sort: "title",
      cell: (row) => (
        <Link to="/changes/$id" params={{ id: row.id }}>
          {row.title}
        </Link>
      ),
    },
    { name: "status", head: say("status"), cell: (row) => <Status of={row.status} /> },
    { name: "owner", head: say("owner"), cell: (row) => row.owner?.name },
    { name: "from", head: say("effective_on"), cell: (row) => (row.effective_on ? day(row.effective_on) : null) },
    { name: "changed", head: say("changed"), sort: "number", cell: (row) => day(row.updated_at) },
  ];
}
