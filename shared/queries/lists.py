"""The lists: newest first, by key and never by offset, one statement each."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers import people as answers
from shared.answers.audit_trail import Review, review
from shared.answers.changes import ApprovalRequest, ChangeBrief
from shared.answers.invitations import ListedInvitation, listed_invitation
from shared.answers.pages import Page, page
from shared.answers.parts import Named
from shared.answers.records import Brief
from shared.answers.rows import as_answers
from shared.db import words
from shared.db.rows import read
from shared.db.sql import sql
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence
from shared.domain.people.invitations import Invitation
from shared.domain.people.organisations import Team
from shared.domain.people.people import STAFF, Member
from shared.domain.records.kinds import KINDS
from shared.domain.signing import trail_reviews
from shared.queries import orders
from shared.queries.briefs import LISTED
from shared.queries.names import FOLDED, NAME, person, utc_time, utc_times
from shared.queries.names import team as team_of
from shared.queries.proposals import ASKED_OF, NAMED, SIGNERS, about_signers
from shared.queries.search import ORGANISATION
from shared.queries.shown_records import rows_page
from shared.queries.shown_signatures import SIGNATURES, signatures

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

if TYPE_CHECKING:
    from datetime import date, datetime

MEMBER = sql("member", name=NAME, team=team_of("x.team_id"))


def mail_problem(address: str) -> str:
    """SQL for why mail to an address isn't sent any more, as JSON; null where it is."""
    return (
        f"(select jsonb_build_object('reason', s.reason, 'at', {utc_time('s.at')}) from mail_suppressions s"
        f" where s.address_sha256 = address_digest({address}) and s.lifted_at is null order by s.at desc limit 1)"
    )


MINE, AS_OF = sql("mine_to_sign", named=NAMED), sql("as_of")
SEVERAL = "x.status = any(cast(:status as text[]))"
CHANGES = sql(
    "changes",
    owner=person("x.owner_id"),
    signers=SIGNERS,
    created_at=utc_time("x.created_at"),
    updated_at=utc_time("x.updated_at"),
)
REVIEWS = (
    f"select x.id, jsonb_build_object('review', to_jsonb(x), 'signature', {SIGNATURES}) as row from trail_reviews x"
    " join signatures s on s.organisation_id = x.organisation_id and s.id = x.signature_id where true"
)
REQUESTS = sql(
    "approval_requests",
    asked_of=ASKED_OF,
    moments=utc_times("x", "created_at", "expires_at", "closed_at", "updated_at"),
)


def records_page(
    tx: Transaction,
    kind: str,
    by: Member,
    limit: int,
    cursor: str | None,
    *,
    status: Sequence[str] | None = None,
    type: str | None = None,  # noqa: A002 - the API's word
    owner: UUID | None = None,
    team: UUID | None = None,
    updated_since: datetime | None = None,
    q: str | None = None,
    content: Mapping[str, str | None] = types.MappingProxyType({}),
    on: date | None = None,
    further: Mapping[str, tuple[str, object]] = types.MappingProxyType({}),
    row: str = LISTED,
    sort: str = "newest",
) -> tuple[list[Any], str | None, int | None]:
    """Records of one kind as `by` may see them: a reader those in force. `content` filters by fields that hold exactly this.

    A kind's own list gives `further` conditions on a record `x` with their values, by name, and what a `row` is if not a brief. `on` asks
    for what was in force at the end of a day.
    """
    exact = {f"c_{name}": (f"x.content->>'{name}' = :c_{name}", value) for name, value in content.items()}
    beside = {**exact, **further}
    conditions = {
        "status": SEVERAL if len(status or ()) > 1 else "x.status = :status",
        "type": "x.type = :type",
        "owner": "x.owner_id = :owner",
        "team": "x.team_id = :team",
        "updated_since": "x.updated_at >= :updated_since",
        "q": f"x.search @@ (select word_query({ORGANISATION}, :q))",
        **{name: condition for name, (condition, _) in beside.items()},
    }
    narrowed = {"status": _of(status), "type": type, "owner": owner, "team": team, "updated_since": updated_since, "q": q}
    where, given = _where(conditions, {**narrowed, **{name: value for name, (_, value) in beside.items()}})
    if not STAFF.admits(by):
        where += f" and x.status in {words.listed(one for one in KINDS[kind].workflow.statuses if KINDS[kind].is_read_by_all(one))}"
    source = "records"
    if on is not None:
        source, given = AS_OF, {**given, "moment": moment_of(tx, on, by)}
    return rows_page(
        tx, f"select x.id, {row} as row from {source} x where x.kind = '{kind}'{where}", limit, cursor, order=orders.RECORDS[sort], **given
    )


def moment_of(tx: Transaction, on: date, by: Member) -> datetime:
    """The end of a day in the organisation's time zone, or now; raises Invalid for a day that hasn't come, Forbidden for a reader."""
    if not STAFF.admits(by):
        raise STAFF.role_refusal(STAFF.needed_for("Seeing what was in force on a day"))
    if on > tx.today:
        raise Invalid("on", Sentence("day_to_come", "What will be in force isn't certain before that day; give today or a day before."))
    return min(tx.now, tx.organisation.moment(on, end=True))


def briefs_page(tx: Transaction, kind: str, by: Member, limit: int, cursor: str | None, **filters: Any) -> Page[Brief]:  # noqa: ANN401 - those of `records_page`
    """A page of records of one kind."""
    rows, following, total = records_page(tx, kind, by, limit, cursor, **filters)
    return page(as_answers(Brief, rows), following, total)


def changes_page(tx: Transaction, filters: Mapping[str, Any], limit: int, cursor: str | None, *, sort: str = "newest") -> Page[ChangeBrief]:
    """Changes, with the records that each is about."""
    status = filters["status"]
    conditions = {
        "status": SEVERAL if len(status or ()) > 1 else "x.status = :status",
        "owner": "x.owner_id = :owner",
        "record": "exists (select from present_items i where i.change_id = x.id and i.record_id = :record)",
    }
    where, given = _where(conditions, {**filters, "status": _of(status)})
    about = about_signers(tx)
    rows, following, total = rows_page(tx, f"{CHANGES}{where}", limit, cursor, order=orders.CHANGES[sort], **given, **about)
    return page(as_answers(ChangeBrief, rows), following, total)


def requests_page(
    tx: Transaction, state: str | None, signer: Member | None, limit: int, cursor: str | None, *, sort: str = "expiry"
) -> Page[ApprovalRequest]:
    """Approval requests; with `signer` those that this member could sign now."""
    signer_id = signer.person_id if signer else None
    where, given = _where({"state": "x.status = :state", "signer": MINE}, {"state": state, "signer": signer_id})
    if signer is not None:
        given["qa"] = "qa" in signer.groups
    about = about_signers(tx)
    rows, following, total = rows_page(tx, f"{REQUESTS}{where}", limit, cursor, order=orders.REQUESTS[sort], **given, **about)
    return page(as_answers(ApprovalRequest, rows), following, total)


def members_page(
    tx: Transaction, by: Member, status: str | None, q: str | None, limit: int, cursor: str | None, *, sort: str = "newest"
) -> Page[answers.ListedMember]:
    """Members with their names; their addresses, and why mail to them stopped, are for admins. Everybody sees their own address."""
    part, name = FOLDED.format("cast(:q as text)"), FOLDED.format("x.row ->> 'name'")
    named = f"position({part} in {name}) > 0"
    where, given = _where({"status": "x.status = :status", "q": named}, {"status": status, "q": q})
    problem = mail_problem("p.email") if by.admin else "null"
    source = (
        f"select m.person_id as id, m.status, {MEMBER} || jsonb_build_object('problem', {problem}) as row"
        " from members m join people p on p.id = m.person_id"
    )
    select = f"select x.id, x.row from ({source}) x where true{where}"
    rows, following, total = rows_page(tx, select, limit, cursor, order=orders.MEMBERS[sort], **given)
    seen = [row if by.admin or row["member"]["person_id"] == str(by.person_id) else {**row, "email": None} for row in rows]
    return page([{**_member(row), "mail_problem": row["problem"]} for row in seen], following, total)


def show_member(tx: Transaction, person_id: UUID) -> answers.Member:
    """One member, as in the list."""
    row = tx.row(
        f"select {MEMBER} as row from members m join people p on p.id = m.person_id where m.person_id = :id",
        id=person_id,
    )
    assert row is not None  # noqa: S101 - the step just wrote it
    return _member(row.row)


def teams_page(tx: Transaction, limit: int, cursor: str | None, *, closed: bool, sort: str = "newest") -> Page[answers.Team]:
    """Teams with their leads and their people."""
    people = f"(select jsonb_agg({person('y.person_id')} order by y.created_at) from team_members y where y.team_id = x.id)"
    rows, following, total = rows_page(
        tx,
        f"select x.id, jsonb_build_object('team', to_jsonb(x), 'lead', {person('x.lead_id')}, 'members', {people}) as row"
        f" from teams x where x.closed_at is {'not null' if closed else 'null'}",
        limit,
        cursor,
        order=orders.TEAMS[sort],
    )
    return page([answers.team(read(Team, row["team"]), row["lead"], as_answers(Named, row["members"])) for row in rows], following, total)


def invitations_page(
    tx: Transaction, by: Member, status: str | None, limit: int, cursor: str | None, *, sort: str = "newest"
) -> Page[ListedInvitation]:
    """Invitations, and whether mail can't reach the invited; never what opens them."""
    where, given = _where({"status": "x.status = :status"}, {"status": status})
    teams = "select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name) order by t.name) from teams t where t.id = any(x.team_ids)"
    source = (
        f"select x.id, to_jsonb(x) || jsonb_build_object('problem', {mail_problem('x.email')}, 'inviter', {person('x.invited_by')},"
        f" 'accepter', {person('x.accepted_by')}, 'teams', ({teams})) as row from invitations x where true{where}"
    )
    rows, following, total = rows_page(tx, source, limit, cursor, order=orders.INVITATIONS[sort], **given)
    return page([listed_invitation(read(Invitation, row), row, by) for row in rows], following, total)


def trail_reviews_page(tx: Transaction, limit: int, cursor: str | None) -> Page[Review]:
    """Reviews of the audit trail with their signatures, newest first."""
    rows, following, total = rows_page(tx, REVIEWS, limit, cursor)
    reviews = [read(trail_reviews.Review, row["review"]) for row in rows]
    return page(list(map(review, reviews, signatures(row["signature"] for row in rows))), following, total)


def _of(statuses: Sequence[str] | None) -> object:
    """One status as it is, several as a list."""
    return statuses[0] if statuses is not None and len(statuses) == 1 else statuses


def _where(conditions: Mapping[str, str], filters: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    given = {name: value for name, value in filters.items() if value is not None}
    return "".join(f" and {condition}" for name, condition in conditions.items() if name in given), given


def _member(row: Mapping[str, Any]) -> answers.Member:
    return answers.member(read(Member, row["member"]), row)
