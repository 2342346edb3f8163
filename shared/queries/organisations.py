"""People, members, teams and invitations, in the database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from shared.db import words
from shared.db.rows import read
from shared.db.sql import sql
from shared.domain.kernel.errors import Invalid, NotFound
from shared.domain.kernel.sentences import Sentence
from shared.domain.people.invitations import Invitation
from shared.domain.people.organisations import Organisation
from shared.domain.people.people import Member, Person
from shared.queries.names import person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shared.db.transaction import Transaction

ENTER = sql("enter")
ENTER_COUNTED = sql("enter_counted", enter=ENTER)
OPEN_WORK = f"select exists ({sql('owned_work')}) as has_work"
APPROVED = (
    "(select v.content -> 'actions' from versions v"
    " where v.organisation_id = r.organisation_id and v.record_id = r.id and v.version = r.latest_version)"
)
FOLLOW_UPS = sql("hand_over_follow_ups", planned=sql("handed_rows", rows="c.follow_ups", approved="jsonb '[]'"))
DRAFT_PLANS = sql("hand_over_draft_plans", planned=sql("handed_rows", rows="r.content -> 'actions'", approved=APPROVED))
ITEMS = sql("hand_over_items", planned=sql("handed_rows", rows="i.content -> 'actions'", approved=APPROVED))
AUTHOR = sql("hand_over_authorship")


def enter_organisation(
    tx: Transaction, uid: str, fact: Mapping[str, str | None] | None = None
) -> tuple[Person, Member, Organisation] | None:
    """The person with this identity as active member of the transaction's organisation, now the transaction's actor.

    `fact` (function, outcome, refusal) is counted with it.
    """
    row = tx.row(ENTER_COUNTED, uid=uid, **fact) if fact else tx.row(ENTER, uid=uid)
    return (read(Person, row.person), read(Member, row.member), read(Organisation, row.organisation)) if row else None


def load_member(tx: Transaction, person_id: UUID) -> Member:
    """A member of the organisation, deactivated or not; raises NotFound."""
    found = load_members(tx, [person_id])
    if person_id not in found:
        raise NotFound(Sentence("no_such_member", "There is no such member."))
    return found[person_id]


def load_named_member(tx: Transaction, person_id: UUID) -> tuple[Member, str]:
    """A member of the organisation with their name; raises NotFound."""
    row = tx.row(f"select to_jsonb(x) as member, {person('x.person_id')} as person from members x where x.person_id = :id", id=person_id)
    if row is None:
        raise NotFound(Sentence("no_such_member", "There is no such member."))
    return read(Member, row.member), row.person["name"]


def load_members(tx: Transaction, person_ids: Sequence[UUID]) -> Mapping[UUID, Member]:
    """Several members by person; those that aren't there are left out."""
    rows = tx.rows(
        "select to_jsonb(m) as member from members m where m.person_id = any(cast(:ids as uuid[]))", ids=list(map(str, person_ids))
    )
    return {member.person_id: member for member in (read(Member, row.member) for row in rows)}


def refuse_strangers(tx: Transaction, organisation: Organisation, setting: str) -> None:
    """Raise Invalid where the approval policy names somebody who was never a member."""
    rules = organisation.setting(setting)
    rows = [row for row in rules.values() if isinstance(row, dict)] if isinstance(rules, dict) else []
    named = [UUID(one) for row in rows for one in row.get("approver_ids") or ()]
    named += [UUID(one[who]) for row in rows for one in row.get("delegates") or () for who in ("approver_id", "delegate_id")]
    found = load_members(tx, named) if named else {}
    if missing := [one for one in named if one not in found]:
        raise Invalid(setting, Sentence("no_member_named", "There is no member {person} in this organisation.", person=missing[0]))


def hold_admins(tx: Transaction) -> int:
    """How many active admins there are, none of whom can stop being one until this transaction ends."""
    rows = tx.rows(
        f"select m.person_id from members m where m.admin and m.status = {words.ACTIVE}"
        " and (m.role_until is null or m.role_until >= :today)"
        " order by m.person_id for update",
        today=tx.today,
    )
    return len(rows)


def load_present_organisation(tx: Transaction) -> Organisation:
    """The organisation as it is after what this transaction wrote."""
    found = load_organisation(tx, tx.organisation.id)
    assert found is not None  # noqa: S101 - it is the transaction's own
    return found


def admins_and_qa(tx: Transaction) -> tuple[UUID, ...]:
    """Everybody who is told of granted QA roles and locked signings."""
    rows = tx.rows(f"select m.person_id from members m where m.status = {words.ACTIVE} and (m.admin or m.role in {words.QA}) order by 1")
    return tuple(row.person_id for row in rows)


def admins(tx: Transaction) -> tuple[UUID, ...]:
    """The organisation's active admins."""
    return tuple(
        row.person_id for row in tx.rows(f"select m.person_id from members m where m.status = {words.ACTIVE} and m.admin order by 1")
    )


def name_of_member(tx: Transaction, person_id: UUID) -> str:
    """How a member is named to others."""
    row = tx.row(f"select {person('cast(:id as uuid)')} as who", id=person_id)
    return str(row.who["name"]) if row and row.who else ""


def has_open_work(tx: Transaction, person_id: UUID) -> bool:
    """Whether a member owns anything that somebody must go on with."""
    row = tx.row(OPEN_WORK, person=person_id, planned=planned_for(person_id))
    return bool(row and row.has_work)


def hand_over_work(tx: Transaction, leaving: UUID, successor: UUID) -> None:
    """Move a member's open and planned work to the successor, who becomes an author of the open changes too.

    What is in approval is altered as well: it isn't what was submitted any more, so that its request lapses.
    """
    both = {"leaving": leaving, "successor": successor}
    tx.rows(AUTHOR, **both)
    for table, status in (
        ("changes", f"status in {words.UNFINISHED}"),
        ("records", "closed_at is null"),
        ("actions", "closed_at is null"),
    ):
        tx.rows(
            f"update {table} set owner_id = :successor, revision = revision + 1, updated_at = now()"
            f" where owner_id = :leaving and {status} returning 1 as written",
            **both,
        )
    tx.rows(
        "update present_items i set owner_id = :successor, revision = i.revision + 1 from changes c where c.id = i.change_id"
        f" and c.status in {words.UNFINISHED} and i.owner_id = :leaving returning 1 as written",
        **both,
    )
    for planned in (FOLLOW_UPS, DRAFT_PLANS, ITEMS):
        tx.rows(planned, planned=planned_for(leaving), **both)


def load_invitation(tx: Transaction, invitation_id: UUID) -> Invitation:
    """One invitation; raises NotFound."""
    row = tx.row("select to_jsonb(i) as invitation from invitations i where i.id = :id", id=invitation_id)
    if row is None:
        raise NotFound(Sentence("no_such_invitation", "There is no such invitation."))
    return read(Invitation, row.invitation)


def open_invitations(tx: Transaction, email: str) -> list[Invitation]:
    """The open invitations of an address, which a new one replaces."""
    rows = tx.rows(
        f"select to_jsonb(i) as invitation from invitations i where i.status = {words.OPEN_INVITATION} and lower(i.email) = lower(:email)",
        email=email,
    )
    return [read(Invitation, row.invitation) for row in rows]


def mail_again(tx: Transaction, email: str) -> None:
    """Mail an address that had bounced: who invites says that it is good after all. A complaint of spam stays."""
    from shared.domain.mail.delivery_events import LIFTED_BY_INVITING

    tx.rows(
        "update mail_suppressions set lifted_at = now() where address_sha256 = address_digest(:email) and lifted_at is null"
        " and reason = any(:reasons) returning 1 as lifted",
        email=email,
        reasons=list(LIFTED_BY_INVITING),
    )


def load_invitation_by_secret(tx: Transaction, secret_sha256: str, *, hold: bool = True) -> Invitation | None:
    """The invitation that a token's secret belongs to, locked until this transaction ends unless it is only looked at."""
    found = f"select to_jsonb(i) as invitation from invitations i where i.secret_sha256 = :secret{' for update' if hold else ''}"
    row = tx.row(found, secret=secret_sha256)
    return read(Invitation, row.invitation) if row else None


def load_organisation(tx: Transaction, organisation_id: UUID) -> Organisation | None:
    """The organisation's own row."""
    row = tx.row("select to_jsonb(o) as organisation from organisations o where o.id = :id", id=organisation_id)
    return read(Organisation, row.organisation) if row else None


def hold_printed_names(tx: Transaction, person_id: UUID) -> list[str]:
    """The printed names that another member may not resemble: those of active members and of everybody who signed.

    Until this transaction ends, nobody else's printed name is fixed.
    """
    tx.rows("select pg_advisory_xact_lock(hashtextextended('printed names ' || current_setting('app.organisation_id'), 0))")
    rows = tx.rows(
        "select array_remove(m.printed_name || m.former_names, null) as names from members m"
        " where m.person_id <> :person and (m.printed_name is not null or m.former_names <> '{}')"
        f" and (m.status = {words.ACTIVE} or exists (select from signatures s"
        " where s.organisation_id = m.organisation_id and s.person_id = m.person_id))",
        person=person_id,
    )
    return [name for row in rows for name in row.names]


def is_held(tx: Transaction) -> bool:
    """Whether a legal hold keeps everything of the organisation; until this transaction ends, none is set or lifted."""
    row = tx.row(
        "select coalesce((o.settings ->> 'legal_hold')::boolean, false) as held from organisations o"
        " where o.id = current_setting('app.organisation_id')::uuid for share"
    )
    return bool(row.held)


def planned_for(person_id: UUID) -> str:
    """What the rows of a plan hold where one of them is for this person."""
    return json.dumps([{"owner_id": str(person_id)}])
