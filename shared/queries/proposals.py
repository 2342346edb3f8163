"""Changes and their approval requests, in the database: each loaded in one statement with everything that deciding needs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.db import words
from shared.db.rows import read, read_all
from shared.db.sql import sql
from shared.domain.changes import approvals, planned_owners
from shared.domain.changes.approval_policy import Approvers, policy
from shared.domain.changes.projection import settle
from shared.domain.changes.proposals import UNDECIDED, Change, Item, Proposal, Request, Status
from shared.domain.files.extents import from_json
from shared.domain.files.files import File
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import replace
from shared.domain.people.people import ACTION_OWNERS
from shared.domain.records.records import title_of
from shared.domain.signing.signatures import Signature
from shared.queries.dossiers import DOSSIER, assemble, load_dossiers
from shared.queries.evidence import EXTENT
from shared.queries.names import NAME, person

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from shared.db.transaction import Transaction
    from shared.domain.kernel.outcomes import Outcome

QA = (
    f"(select jsonb_agg(m.person_id) from members m where m.role in {words.QA} and m.status = {words.ACTIVE}"
    " and (m.role_until is null or m.role_until >= :today))"
)
ABLE = (
    f"select m.person_id from members m where m.person_id = any(cast(:ids as uuid[])) and m.status = {words.ACTIVE}"
    " and m.role = any(cast(:roles as text[])) and (m.role_until is null or m.role_until >= :today)"
)
AUTHORS_AND_SIGNERS = (
    "array(select a.person_id from change_authors a where a.change_id = x.change_id"
    " union select s.person_id from signatures s where s.change_id = x.change_id and s.round = x.round"
    " union select w.person_id from present_items i join contributors w on w.organisation_id = i.organisation_id"
    " and w.record_id = i.record_id where i.change_id = x.change_id)"
)
# Where the signatures that are left are those of the approvers whom the author named: these and who signs instead of them today.
NAMED = """(select case when cardinality(n.people) >= x.required - n.given then n.people || array(
    select d.delegate_id from jsonb_to_recordset(:delegates::jsonb) d(kind text, approver_id uuid, delegate_id uuid)
    join present_items i on i.change_id = x.change_id
    join records q on q.organisation_id = i.organisation_id and q.id = i.record_id and q.kind = d.kind
    where d.approver_id = any(n.people)) end
    from (select count(*) as given, array(select a from unnest(x.approver_ids) a
        where a <> all(coalesce(array_agg(coalesce(s.on_behalf_of, s.person_id)), array[]::uuid[]))) as people
        from signatures s where s.change_id = x.change_id and s.round = x.round) n)"""
# Whose signature an open approval request `x` waits for today, by name.
SIGNERS = (
    f"(select jsonb_agg(jsonb_build_object('id', p.id, 'name', {NAME}) order by {NAME}, p.id) from members m"
    f" join people p on p.id = m.person_id where x.status = {words.OPEN_REQUEST} and m.status = {words.ACTIVE} and m.role in {words.QA}"
    f" and (m.role_until is null or m.role_until >= :today::date) and m.person_id <> all({AUTHORS_AND_SIGNERS})"
    f" and ({NAMED} is null or m.person_id = any(cast({NAMED} as uuid[]))))"
)
# What is told of an approval request `x` besides its row.
ASKED_OF = (
    f"jsonb_build_object('submitted_by', {person('x.submitted_by')}, 'waits_for', coalesce({SIGNERS}, '[]'), 'approvers',"
    f" coalesce((select jsonb_agg({person('n.id')} order by n.place) from unnest(x.approver_ids) with ordinality n (id, place)), '[]'))"
)
PROPOSAL = sql("proposal", dossier=DOSSIER, extent=EXTENT, qa=QA)
DRAFTED_ELSEWHERE = sql("drafted_elsewhere")


def load_proposal(tx: Transaction, change_id: UUID) -> Proposal:
    """One change with everything that deciding about it needs; raises NotFound."""
    # By `=`, not by a list of one: for a list of unknown length PostgreSQL would plan anew each time, longer than it runs.
    row = tx.row(f"{PROPOSAL} c.id = :id", id=change_id, today=tx.today)
    if row is None:
        raise NotFound(Sentence("no_such_change", "There is no such change."))
    return _with_unable(tx, [_proposal(tx, row)])[0]


def load_proposals(tx: Transaction, change_ids: Sequence[UUID]) -> list[Proposal]:
    """Several of them; those that aren't there are left out."""
    ids = [str(one) for one in change_ids]
    rows = tx.rows(f"{PROPOSAL} c.id = any(cast(:ids as uuid[])) order by c.id", ids=ids, today=tx.today)
    return _with_unable(tx, [_proposal(tx, row) for row in rows])


def load_proposal_of_request(tx: Transaction, request_id: UUID) -> Proposal:
    """The change that an approval request is about, with that request as its own; raises NotFound."""
    row = tx.row(f"{PROPOSAL} c.id = (select q.change_id from approval_requests q where q.id = :id)", id=request_id, today=tx.today)
    if row is None:
        raise NotFound(Sentence("no_such_request", "There is no such approval request."))
    (proposal,) = _with_unable(tx, [_proposal(tx, row)])
    if proposal.request is not None and proposal.request.id == request_id:
        return proposal
    former = tx.row("select to_jsonb(q) as request from approval_requests q where q.id = :id", id=request_id)
    return replace(proposal, request=read(Request, former.request if former else None), signatures=())


def proposal_after(tx: Transaction, proposal: Proposal, outcome: Outcome) -> Proposal:
    """The proposal after `outcome` was recorded; read again only where it can't be told."""
    settled = settle(proposal, outcome)
    if settled is None:
        return load_proposal(tx, proposal.change.id)
    return replace(settled, approvers=_approvers(tx, settled.change, settled.items, proposal.approvers.qa, settled.request))


def load_open_proposals(tx: Transaction) -> list[Proposal]:
    """Every change that waits for a decision."""
    rows = tx.rows(
        f"select q.change_id from approval_requests q where q.status = {words.OPEN_REQUEST} order by q.expires_at, q.change_id limit 1000"
    )
    return load_proposals(tx, [row.change_id for row in rows]) if rows else []


def load_due_proposals(tx: Transaction, today: date) -> list[Proposal]:
    """The approved changes whose day has come, the earliest first."""
    rows = tx.rows(
        f"select c.id from changes c where c.status = {words.APPROVED_CHANGE} and c.effective_on <= :today"
        " order by c.effective_on, c.id limit 300",
        today=today,
    )
    return load_proposals(tx, [row.id for row in rows]) if rows else []


def drafted_elsewhere(tx: Transaction, change_id: UUID) -> frozenset[UUID]:
    """The records of a change that another change, which isn't decided, is about as well."""
    rows = tx.rows(DRAFTED_ELSEWHERE, id=change_id)
    return frozenset(row.record_id for row in rows)


def title_for_change(tx: Transaction, record_ids: Sequence[UUID]) -> str:
    """What a change is called: the first record that it is about, and how many more."""
    first = next((one.record for one in load_dossiers(tx, record_ids[:1]).values()), None)
    return "Change" if first is None else title_of(first, len(record_ids), tx.organisation.language)


def delegates_today(tx: Transaction, today: date) -> list[dict[str, Any]]:
    """Who may sign instead of whom today, by kind."""
    policy: Any = tx.organisation.setting("approval_policy")  # checked by settings.SETTINGS when it was stored
    rows = [(kind, row) for kind, rules in policy.items() for row in (rules or {}).get("delegates") or ()]
    return [{"kind": kind, **row} for kind, row in rows if row["starts_on"] <= today.isoformat() <= row["ends_on"]]


def about_signers(tx: Transaction) -> dict[str, Any]:
    """What SIGNERS asks for."""
    return {"today": tx.today, "delegates": json.dumps(delegates_today(tx, tx.today))}


def _proposal(tx: Transaction, row: Any) -> Proposal:  # noqa: ANN401 - its columns are the statement's
    found = [assemble(one) for one in row.dossiers or ()]
    request = read(Request, row.request) if row.request else None
    every = read_all(Item, row.items)
    items = tuple(item for item in every if not item.removed)
    change = read(Change, row.change)
    approvers = _approvers(tx, change, items, frozenset(UUID(one) for one in row.qa or ()), request)
    blocking = row.open_comments if tx.organisation.setting("open_comments_block") else 0
    return Proposal(
        change,
        items,
        frozenset(UUID(one) for one in row.authors or ()),
        {one.record.id: one for one in found},
        {file.id: file for file in read_all(File, row.files)},
        {one.record.id: held for one in found if (held := one.in_approval or one.approved_in) not in {None, change.number}},
        approvers,
        tx.today,
        request,
        read_all(Signature, row.signatures),
        blocking,
        tuple(row.open_actions or ()),
        removed=tuple(item for item in every if item.removed),
        extents={UUID(one["id"]): from_json(one["extent"]) for one in row.files or ()},
        compared=None if change.status == Status.DRAFT else {UUID(one): said for one, said in (row.compared or {}).items()},
    )


def _with_unable(tx: Transaction, found: list[Proposal]) -> list[Proposal]:
    """The proposals with who may not own what is planned for them; where nothing is planned, nothing is asked."""
    named = {person for one in found if one.change.status in UNDECIDED for person in planned_owners.owners(one).values()}
    if not named:
        return found
    rows = tx.rows(ABLE, ids=list(map(str, named)), roles=sorted(ACTION_OWNERS.groups), today=tx.today)
    unable = frozenset(named - {row.person_id for row in rows})
    return [replace(one, unable=unable) for one in found]


def _approvers(tx: Transaction, change: Change, items: Sequence[Item], qa: frozenset[UUID], request: Request | None) -> Approvers:
    approvers = policy(tx.organisation, (item.kind for item in items), qa, tx.today)
    return approvals.policy_at_submission(approvers, request) if request is not None and change.status == Status.IN_APPROVAL else approvers
