import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMay } from "../../shared/identity/me";
import { Choice } from "../../shared/ui/choice";
import { Field } from "../../shared/ui/field";
import { Listed } from "../../shared/ui/listed";
import { Empty, Page } from "../../shared/ui/page";
import { Status } from "../../shared/ui/status";
import { type Column, Table } from "../../shared/ui/table";
import { day } from "../../shared/words/dates";
import { roleWord, statusWord } from "../../shared/words/vocabulary";
import { type Member, members } from "./queries";
import { say } from "./words";

const STATUSES = ["active", "deactivated"] as const;

/** Who belongs to the organisation, as what and until when. */
export function Screen() {
  const may = useMay();
  const navigate = useNavigate();
  const { q, status: asked }: { q?: string; status?: string } = useSearch({ strict: false });
  const status = STATUSES.find((each) => each === asked);
  const filter = { ...(q ? { q } : {}), ...(status ? { status } : {}) };
  const list = useInfiniteQuery(members(filter));
  const narrow = (more: { q?: string; status?: string }) =>
    navigate({ to: "/members", search: { ...filter, ...more }, replace: true });
  const invites = may("invite_member");
  return (
    <Page
      title={say("members")}
      action={
        invites ? (
          <Link to="/invitations" className="button main">
            {say("invitations")}
          </Link>
        ) : null
      }
    >
      <search className="filters">
        <div className="search">
          <Field
            key={q}
            name="q"
            type="search"
            label={say("searchMember")}
            defaultValue={q}
            onBlur={(event) => narrow({ q: event.currentTarget.value })}
            onKeyDown={(event) => (event.key === "Enter" ? narrow({ q: event.currentTarget.value }) : null)}
          />
        </div>
        <Choice
          name="status"
          label={say("status")}
          empty={say("any")}
          value={status ?? ""}
          onChange={(event) => narrow({ status: event.currentTarget.value })}
          options={STATUSES.map((value) => ({ value, label: statusWord(value) }))}
        />
      </search>
      <Listed of={list} empty={<Empty>{say(q || status ? "noMemberFound" : "noMember")}</Empty>}>
        {(rows) => <Table caption={say("members")} columns={columns()} rows={rows} id={(row) => row.id} />}
      </Listed>
    </Page>
  );
}

function columns(): Column<Member>[] {
  return [
    { name: "name", head: say("name"), sort: "title", cell: (row) => row.name },
    { name: "status", head: say("status"), cell: (row) => <Status of={row.status} /> },
    {
      name: "role",
      head: say("role"),
      cell: (row) => (row.admin ? `${roleWord(row.role)} · ${say("admin")}` : roleWord(row.role)),
    },
    { name: "until", head: say("roleUntil"), cell: (row) => (row.role_until ? day(row.role_until) : null) },
    { name: "teams", head: say("teams"), cell: (row) => row.teams.map((each) => each.name).join(", ") },
    {
      name: "policy",
      head: say("policy"),
      cell: (row) => (row.policy_accepted_at ? day(row.policy_accepted_at) : say("policyOpen")),
    },
    { name: "email", head: say("address"), sort: "long", cell: (row) => row.email },
    {
      name: "mail",
      head: say("mailProblem"),
      sort: "long",
      cell: (row) => row.mail_problem?.reason.replaceAll("_", " "),
    },
  ];
}
