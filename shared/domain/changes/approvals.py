"""Approvals: the request for a round's signatures, and what each signature does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from shared.domain.changes import changes, follow_ups, planned_owners, rounds
from shared.domain.changes.proposals import Proposal, Request, RequestStatus
from shared.domain.kernel import canonical, ids
from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.outcomes import Following, Outcome, saved
from shared.domain.kernel.sentences import Sentence, Term, together
from shared.domain.kernel.values import replace
from shared.domain.kernel.workflow import Actor
from shared.domain.people.people import SYSTEM_ACTOR, Member
from shared.domain.records.kinds import KINDS
from shared.domain.signing.signatures import Signable

if TYPE_CHECKING:
    from shared.domain.changes.approval_policy import Approvers
    from shared.domain.changes.proposals import Change, Item
    from shared.domain.people.organisations import Organisation
    from shared.domain.signing.signatures import Signature


def submit(proposal: Proposal, organisation: Organisation, approver_ids: Sequence[UUID] = (), *, by: Member, at: datetime) -> Outcome:
    """Submit the change: freeze a round, open an approval request and notify those who may sign."""
    name_approvers(approver_ids, proposal.approvers.qa, proposal.barred)
    proposal = replace(proposal, approvers=proposal.approvers.naming(approver_ids))
    change, items, round_ = changes.submit(proposal, by=by, at=at)
    approvers, days = proposal.approvers, organisation.setting("approval_days")
    request = Request(
        organisation_id=change.organisation_id,
        id=ids.new(at),
        change_id=change.id,
        round=change.round,
        number=change.number,
        title=change.title,
        status=RequestStatus.OPEN,
        required=approvers.required,
        approver_ids=approvers.named,
        submitted_by=by.person_id,
        content_sha256=round_.content_sha256,
        expires_at=at + timedelta(days=days if isinstance(days, int) else 30),
        created_at=at,
        updated_at=at,
    )
    last_day = organisation.today(request.expires_at).isoformat()
    facts = {"approval_request_id": str(request.id), "submitter": by.printed_name or "A colleague", "expires_on": last_day}
    notice = changes.tell("approval_requested", change, approvers.may_sign(proposal.barred), **facts)
    return Outcome(saves=(change, *items, round_, request), notices=(notice,))


def open_request(proposal: Proposal, at: datetime | None = None) -> Request:
    """The open approval request; raises Conflict naming its status if it is closed, or if it expired before `at`."""
    request = proposal.request
    if request is None or request.status != RequestStatus.OPEN:
        state = request.status if request else "not submitted"
        raise Conflict(
            Sentence("request_not_open", "This approval request is {status}; only an open one can be decided.", status=Term(state)),
            status=state,
        )
    if at is not None and request.expires_at <= at:
        raise Conflict(
            Sentence(
                "request_expired_to_authors", "This approval request expired before it was decided; its change goes back to its authors."
            ),
            status="expired",
        )
    return request


def request_of(proposal: Proposal) -> Request:
    """The approval request of a proposal that was loaded through it."""
    assert proposal.request is not None  # noqa: S101 - the store loads both together
    return proposal.request


def signable(request: Request) -> Signable:
    """The frozen round, which an approval or a rejection signs."""
    return Signable(
        kind="approval_request", id=request.id, content_sha256=request.content_sha256, round=request.round, change_id=request.change_id
    )


def verdict(proposal: Proposal, by: Actor) -> str:
    """The step that an approving signature by `by` takes: `approve` if it is the last one needed, else `sign`."""
    request = request_of(proposal)
    return "sign" if request.status == RequestStatus.OPEN and not request.complete_with(proposal, by) else "approve"


def approve(proposal: Proposal, signature: Signature, *, by: Actor, at: datetime) -> Outcome:
    """Add a signature; the last one needed approves the whole change, which happens at once or on its day.

    Raises Conflict naming the records that changed since the submission.
    """
    request = open_request(proposal, at)
    if verdict(proposal, by) == "sign":
        changes.WORKFLOW.permit("sign", proposal, by)
        return Outcome(saves=(signature, replace(request, updated_at=at)))
    change = changes.decide(proposal, by=by, at=at)
    _unaltered(proposal, request)
    stale = changes.stale_items(proposal)
    if stale:
        raise Conflict(
            Sentence("moved_since_submission", "{moved} The author must base the change on what is there now.", moved=tuple(stale)),
            moved=stale,
        )
    unmet = changes.unmet(proposal)
    if (lacking := together(unmet)) is not None:
        raise Conflict(lacking, unmet=unmet)
    waits, cause = change.waits(proposal.today), f"approval of {change.number}"
    begun = [_apply(item, proposal, change, at) for item in proposal.items if not waits or item.step in KINDS[item.kind].waits]
    closed = replace(request, status=RequestStatus.APPROVED, closed_at=at, updated_at=at)
    return Outcome(
        saves=(signature, change, closed, *(row for one in begun for row in one.saves)),
        notices=(changes.tell("change_approved", change, proposal.authors, change_id=str(change.id)),),
        follows=(*(() if waits else (_applied(replace(proposal, change=saved(change)), (), cause, at),)), *_effects(begun, cause)),
    )


def due(proposal: Proposal, *, at: datetime) -> Outcome:
    """Let an approved change happen, all of it together, because its day came; nothing of it where something stands against it."""
    changes.WORKFLOW.permit("apply", proposal, SYSTEM_ACTOR)
    if proposal.change.waits(proposal.today) or hindrances(proposal):
        return Outcome()
    cause = "the planned date came"
    taken = [_apply(item, proposal, proposal.change, at) for item in left(proposal)]
    rows = tuple(row for one in taken for row in one.saves)
    return Outcome(follows=(_applied(proposal, rows, cause, at), *_effects(taken, cause)))


def hindrances(proposal: Proposal) -> list[Sentence]:
    """Why an approved change can't happen on its day, as sentences: its records went other ways meanwhile."""
    rest = replace(proposal, items=tuple(item for item in proposal.items if item.step not in KINDS[item.kind].waits))
    return [*changes.stale_items(rest), *changes.unmet(rest)]


def left(proposal: Proposal) -> list[Item]:
    """The items of an approved change that are left to happen: all but those whose version was recalled before its day."""
    waiting = {record_id: found.waiting for record_id, found in proposal.dossiers.items()}
    ours = {record_id for record_id, version in waiting.items() if version is not None and version.change_id == proposal.change.id}
    return [item for item in proposal.items if item.step not in KINDS[item.kind].waits or item.record_id in ours]


def _effects(taken: Sequence[Outcome], cause: str) -> tuple[Following, ...]:
    effects = tuple(row for outcome in taken for follow in outcome.follows for row in follow.saves)
    return (Following("take_effect", cause, effects),) if effects else ()


def _applied(proposal: Proposal, rows: tuple[object, ...], cause: str, at: datetime) -> Following:
    """The change as applied, with its items unlocked and its follow-ups as actions."""
    actions = follow_ups.follow_up_actions(proposal.change, at=at)
    return Following("apply", cause, (*changes.unlock(proposal, "apply", by=SYSTEM_ACTOR, at=at), *rows, *actions))


def _apply(item: Item, proposal: Proposal, change: Change, at: datetime) -> Outcome:
    kind = KINDS[item.kind]
    return kind.apply(kind, item, proposal.dossiers[item.record_id], change, proposal.today, at)


def reject(proposal: Proposal, signature: Signature, reason: str, *, by: Actor, at: datetime) -> Outcome:
    """Return the change to draft; the signed round and the reason stay on record."""
    request = open_request(proposal, at)
    closed = replace(request, status=RequestStatus.REJECTED, cause=reason, closed_at=at, updated_at=at)
    facts = {"change_id": str(proposal.change.id), "reason": reason, "rejecter": signature.printed_name}
    notice = changes.tell("change_rejected", proposal.change, proposal.authors, **facts)
    return Outcome(saves=(signature, *changes.unlock(proposal, "reject", by=by, at=at), closed), notices=(notice,))


def withdraw(proposal: Proposal, *, by: Actor, at: datetime) -> Outcome:
    """Return the change to draft at its author's wish, before the decision."""
    unlocked = changes.unlock(proposal, "withdraw", by=by, at=at)
    return Outcome(saves=(*unlocked, replace(open_request(proposal), status=RequestStatus.WITHDRAWN, closed_at=at, updated_at=at)))


def lapse(proposal: Proposal, cause: str, *, at: datetime) -> Outcome:
    """Return the change to draft because nobody can decide it any more; its authors get the cause by mail."""
    unlocked = changes.unlock(proposal, "lapse", by=SYSTEM_ACTOR, at=at)
    closed = replace(open_request(proposal), status=RequestStatus.LAPSED, cause=cause, closed_at=at, updated_at=at)
    notice = changes.tell("change_lapsed", proposal.change, proposal.authors, change_id=str(proposal.change.id), cause=cause)
    return Outcome(saves=(*unlocked, closed), notices=(notice,))


def why_lapse(proposal: Proposal, *, at: datetime) -> Sentence | None:
    """Why nobody can decide an open request any more, as a sentence; None if somebody can."""
    request = open_request(proposal)
    if request.expires_at <= at:
        return Sentence("request_expired", "The approval request expired before it was decided.")
    if stale := changes.stale_items(proposal):
        return together(stale)
    if canonical.sha256(rounds.freeze(proposal)) != request.content_sha256:
        return Sentence(
            "content_altered_or_handed_over", "The content isn't what was submitted: it was altered, or work in it was handed over."
        )
    if lost := planned_owners.disowned(proposal):
        return together(lost)
    signed = {signature.on_behalf_of or signature.person_id for signature in proposal.signatures}
    left = replace(
        proposal.approvers,
        required=max(0, request.required - len(proposal.signatures)),
        named=tuple(person for person in request.approver_ids if person not in signed),
        qa=proposal.approvers.qa - {signature.person_id for signature in proposal.signatures},
    )
    return left.why_not(proposal.barred)


def recheck(proposals: Iterable[Proposal], *, at: datetime) -> Outcome:
    """Let those open requests lapse that nobody can decide any more, such as after a role ended."""
    lapsed = [lapse(proposal, cause, at=at) for proposal in proposals if (cause := why_lapse(proposal, at=at))]
    rows = tuple(row for outcome in lapsed for row in outcome.saves)
    notices = tuple(notice for outcome in lapsed for notice in outcome.notices)
    return Outcome(notices=notices, follows=(Following("lapse", "nobody eligible left, expired or moved", rows),) if rows else ())


def name_approvers(approver_ids: Sequence[UUID], qa: frozenset[UUID], authors: frozenset[UUID]) -> None:
    """Raise Invalid if a person named as approver may not sign."""
    for index, person in enumerate(approver_ids):
        if person not in qa:
            raise Invalid(f"approver_ids.{index}", Sentence("no_active_qa", "This person isn't active QA of this organisation."))
        if person in authors:
            raise Invalid(f"approver_ids.{index}", Sentence("wrote_part_of_change", "This person wrote or edited part of the change."))


def _unaltered(proposal: Proposal, request: Request) -> None:
    if canonical.sha256(rounds.freeze(proposal)) != request.content_sha256:
        raise Conflict(Sentence("content_altered", "The content isn't what was submitted; the author must submit it again."))


def policy_at_submission(approvers: Approvers, request: Request) -> Approvers:
    """The approvers with the requirements of the submission; later settings don't affect a round in approval."""
    return replace(approvers, required=request.required, named=request.approver_ids)
