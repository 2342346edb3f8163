import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useMay } from "../../shared/identity/me";
import { Alert, RefusalAlert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Choice, Choices } from "../../shared/ui/choice";
import { Field } from "../../shared/ui/field";
import { Form, text } from "../../shared/ui/form";
import { Listed } from "../../shared/ui/listed";
import { Empty, Page, Section } from "../../shared/ui/page";
import { Status } from "../../shared/ui/status";
import { type Column, Table } from "../../shared/ui/table";
import { day } from "../../shared/words/dates";
import { roleWord } from "../../shared/words/vocabulary";
import { type Invitation, invitations } from "./queries";
import { useInvite, useResend, useRevoke } from "./steps";
import { say } from "./words";

const ROLES = ["operator", "action_owner", "qa", "inspector"] as const;

/** Who was invited, and one more. */
export function Screen() {
  const may = useMay();
  const list = useInfiniteQuery(invitations());
  const resend = useResend();
  const revoke = useRevoke();
  const steps = (row: Invitation) =>
    row.status === "open" ? (
      <span className="actions">
        <Button busy={resend.isTaking} onClick={() => resend.take({ invitation_id: row.id }, row.etag)}>
          {say("resend")}
        </Button>
        <Button kind="quiet" busy={revoke.isTaking} onClick={() => revoke.take({ invitation_id: row.id }, row.etag)}>
          {say("revoke")}
        </Button>
      </span>
    ) : null;
  return (
    <Page title={say("invitations")}>
      {may("invite_member") ? <Invite /> : null}
      <RefusalAlert refusal={resend.refusal ?? revoke.refusal} />
      <Listed of={list} empty={<Empty>{say("noInvitation")}</Empty>}>
        {(rows) => <Table caption={say("invitations")} columns={columns(steps)} rows={rows} id={(row) => row.id} />}
      </Listed>
    </Page>
  );
}

function Invite() {
  const invite = useInvite();
  const send = (form: FormData) => {
    const role = ROLES.find((each) => each === text(form, "role"));
    const admin = form.get("admin") === "admin";
    const until = text(form, "role_until");
    return invite.take({
      email: text(form, "email") ?? "",
      role: role ?? null,
      admin,
      team_ids: [],
      role_until: until ?? null,
    });
  };
  return (
    <Section title={say("invite")}>
      <Form onSend={send} refusal={invite.refusal}>
        <Field name="email" type="email" label={say("address")} autoComplete="off" required />
        <Choice
          name="role"
          label={say("role")}
          empty={roleWord(null)}
          options={ROLES.map((value) => ({ value, label: roleWord(value) }))}
        />
        <Field name="role_until" type="date" label={say("roleUntil")} optional />
        <Choices name="admin" legend="" several options={[{ value: "admin", label: say("admin") }]} />
        {invite.done && !invite.isTaking ? (
          <Alert tone="good">{say("invited", { email: invite.done.invitation.email })}</Alert>
        ) : null}
        <div className="actions">
          <Button kind="main" type="submit" busy={invite.isTaking}>
            {say("invite")}
          </Button>
        </div>
      </Form>
    </Section>
  );
}

function columns(steps: (row: Invitation) => ReactNode): Column<Invitation>[] {
  return [
    { name: "email", head: say("address"), sort: "title", cell: (row) => row.email },
    { name: "status", head: say("status"), cell: (row) => <Status of={row.status} /> },
    {
      name: "role",
      head: say("role"),
      cell: (row) => (row.admin ? `${roleWord(row.role)} · ${say("admin")}` : roleWord(row.role)),
    },
    { name: "by", head: say("invitedBy"), cell: (row) => row.invited_by_name },
    { name: "expires", head: say("expires"), cell: (row) => (row.status === "open" ? day(row.expires_at) : null) },
    {
      name: "mail",
      head: say("mailProblem"),
      sort: "long",
      cell: (row) => row.mail_problem?.reason.replaceAll("_", " "),
    },
    { name: "steps", head: say("steps"), cell: steps },
  ];
}
