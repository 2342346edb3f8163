"""Changes: proposed, edited, submitted and decided like a pull request; applied to all their records or to none.

`WORKFLOW` is the table of steps, the functions below are its rules; the dataclasses are in `proposals`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from shared.domain.changes import planned_owners, proposals, rounds
from shared.domain.changes.items import voided
from shared.domain.changes.proposals import PHASES, Author, Change, Item, Proposal, Status
from shared.domain.kernel import canonical, days, ids, text
from shared.domain.kernel.arguments import REASON, Arguments
from shared.domain.kernel.content import Day, Text
from shared.domain.kernel.outcomes import Notice
from shared.domain.kernel.sentences import Sentence, together
from shared.domain.kernel.values import OMITTED, or_kept, replace
from shared.domain.kernel.workflow import SYSTEM, Actor, Gate, Relation, Step, Workflow
from shared.domain.people.people import ACTION_OWNERS, QA, Member
from shared.domain.records.dossiers import Dossier
from shared.domain.records.kinds import KINDS
from shared.domain.records.records import Record

S = Status
KIND = "change"


AUTHOR = Relation[Proposal](
    "author",
    lambda proposal, by: by.person_id in proposal.authors,
    Sentence("authors_only", "Only the authors of this change may do that."),
)
NOT_AUTHOR = Relation[Proposal](
    "not_author",
    lambda proposal, by: by.person_id not in proposal.barred,
    Sentence("own_change", "You wrote, edited or submitted part of this, so somebody else must decide about it."),
)
NOT_SIGNED = Relation[Proposal](
    "not_signed",
    lambda proposal, by: all(by.person_id != signature.person_id for signature in proposal.signatures),
    Sentence("signed_round_already", "You have signed this round already."),
)


def stale_items(proposal: Proposal) -> list[Sentence]:
    """One sentence for each record that changed after its item was based on it."""
    sentences = []
    for item in proposal.items:
        found = proposal.dossiers[item.record_id]
        of = KINDS[found.record.kind]
        if found.record.latest_version != item.base_version:
            newest = found.record.latest_version
            sentences.append(
                Sentence(
                    "base_moved",
                    "{number} is at version {newest} now; this change was based on version {base}.",
                    number=found.record.number,
                    newest=newest,
                    base=item.base_version,
                )
            )
        elif why_not := of.why_not(of, found, item.step):
            sentences.append(why_not)
    return sentences


def unmet(proposal: Proposal) -> list[Sentence]:
    """One sentence for each condition of an item's step that its content, links, dates or owners don't meet."""
    sentences = []
    for item in proposal.items:
        found = _foreseen(proposal.dossiers[item.record_id], proposal)
        of = KINDS[found.record.kind]
        sentences += of.unmet(found, item.step, of.laid_over(found.record, item.content, found.spent), proposal.today)
    return sentences + planned_owners.disowned(proposal)


def _foreseen(found: Dossier, proposal: Proposal) -> Dossier:
    """The record with those linked to it as this change leaves them: one change may conclude an investigation and close its event."""
    steps = {item.record_id: KINDS[item.kind].workflow[item.step] for item in proposal.items}
    return replace(
        found,
        related=tuple(replace(one, status=steps[one.id].target_from(one.status)) if one.id in steps else one for one in found.related),
    )


def _nothing_stale(proposal: Proposal, _: Actor) -> Sentence | None:
    found = stale_items(proposal)
    return Sentence("items_moved", "{moved} Edit these items to base them on what is there now.", moved=tuple(found)) if found else None


def _nothing_unmet(proposal: Proposal, _: Actor) -> Sentence | None:
    return together(unmet(proposal))


def _nothing_busy(proposal: Proposal, _: Actor) -> Sentence | None:
    busy = [
        Sentence(
            "record_in_approval_already",
            "{number} is in approval already, in {change}.",
            number=proposal.record(record_id).number,
            change=number,
        )
        for record_id, number in proposal.busy.items()
    ]
    return together(busy)


def _has_items(proposal: Proposal, _: Actor) -> Sentence | None:
    return None if proposal.items else Sentence("no_items_yet", "This change has no items yet; add at least one.")


def _nothing_to_resolve(proposal: Proposal, _: Actor) -> Sentence | None:
    left = proposal.open_comments
    if left == 1:
        return Sentence("comment_open", "1 comment is open; resolve every comment first.")
    return Sentence("comments_open", "{count} comments are open; resolve every comment first.", count=left) if left else None


def _somebody_eligible(proposal: Proposal, _: Actor) -> Sentence | None:
    return proposal.approvers.why_not(proposal.barred)


def _is_last(proposal: Proposal, by: Actor) -> bool:
    return proposal.request is not None and proposal.request.complete_with(proposal, by)


def _not_the_last(proposal: Proposal, by: Actor) -> Sentence | None:
    return Sentence("last_signature", "This signature is the last one; it approves.") if _is_last(proposal, by) else None


def _the_last(proposal: Proposal, by: Actor) -> Sentence | None:
    return None if _is_last(proposal, by) else Sentence("more_signatures_needed", "More signatures are needed.")


def _may_sign_here(proposal: Proposal, by: Actor) -> Sentence | None:
    return proposal.request.why_not_by(proposal, by) if proposal.request else None


def _has_follow_ups(proposal: Proposal, _: Actor) -> Sentence | None:
    return None if proposal.change.follow_ups else Sentence("nothing_to_close", "This change has no follow-ups; there is nothing to close.")


def _follow_ups_over(proposal: Proposal, _: Actor) -> Sentence | None:
    left = proposal.open_actions
    return Sentence("follow_ups_open", "{actions} must be done and verified first.", actions=left) if left else None


AUTHORS = ACTION_OWNERS & AUTHOR
DECIDERS = QA & NOT_AUTHOR & NOT_SIGNED
CLOSERS = QA & NOT_AUTHOR
CLOSABLE = (_has_follow_ups, _follow_ups_over)
ANOTHER_DAY = Arguments("effective_on", "reason", effective_on=Day(), reason=Text(text.REASON))
RESULT = Arguments("result", result=Text(text.REASON))
SUBMISSION = (_has_items, _nothing_stale, _nothing_unmet, _nothing_busy, _nothing_to_resolve, _somebody_eligible)
WORKFLOW = Workflow[Proposal](
    KIND,
    "change",
    PHASES,
    #    step         from              to              who        gate         function          signature   needs
    Step("edit", (S.DRAFT,), S.DRAFT, AUTHORS, Gate.DIRECT, "edit_change"),
    Step("submit", (S.DRAFT,), S.IN_APPROVAL, AUTHORS, Gate.DIRECT, "submit_change", None, SUBMISSION),
    Step("sign", (S.IN_APPROVAL,), S.IN_APPROVAL, DECIDERS, Gate.SIGNED, "approve_request", "approved", (_may_sign_here, _not_the_last)),
    Step("approve", (S.IN_APPROVAL,), S.APPROVED, DECIDERS, Gate.SIGNED, "approve_request", "approved", (_may_sign_here, _the_last)),
    Step("reject", (S.IN_APPROVAL,), S.DRAFT, DECIDERS, Gate.SIGNED, "reject_request", "rejected", (_may_sign_here,), told=REASON),
    Step("apply", (S.APPROVED,), S.APPLIED, SYSTEM, Gate.DIRECT, "take_documents_into_effect"),
    Step("move_date", (S.APPROVED,), S.APPROVED, QA, Gate.SIGNED, "move_effective_date", "rescheduled", told=ANOTHER_DAY, signed_as=KIND),
    Step("recall", (S.APPROVED,), S.RECALLED, QA, Gate.SIGNED, "recall_change", "recalled", told=REASON, signed_as=KIND),
    Step("close", (S.APPLIED,), S.CLOSED, CLOSERS, Gate.SIGNED, "close_change", "closed", CLOSABLE, told=RESULT, signed_as=KIND),
    Step("withdraw", (S.IN_APPROVAL,), S.DRAFT, AUTHORS, Gate.DIRECT, "withdraw_change"),
    Step("lapse", (S.IN_APPROVAL,), S.DRAFT, SYSTEM, Gate.DIRECT, "expire_approval_requests"),
    Step("discard", (S.DRAFT,), S.DISCARDED, AUTHORS, Gate.DIRECT, "discard_change"),
    signed_as="approval_request",
)


def propose(
    organisation_id: UUID,
    *,
    number: str,
    title: str,
    reason: str,
    impact: str | None,
    risk: str | None,
    effective_on: date | None,
    today: date,
    by: Member,
    at: datetime,
) -> tuple[Change, Author]:
    """A new draft and its first author."""
    change = Change(
        organisation_id=organisation_id,
        id=ids.new(at),
        number=number,
        title=text.check("title", title, text.TITLE, lines=False),
        reason=text.check("reason", reason, text.REASON),
        impact=_prose("impact", impact),
        risk=_prose("risk", risk),
        effective_on=days.not_past(effective_on, today),
        status=S.DRAFT,
        round=0,
        owner_id=by.person_id,
        created_at=at,
        updated_at=at,
    )
    return change, Author(organisation_id, change.id, by.person_id, at)


def with_details(
    change: Change,
    *,
    reason: str = OMITTED,
    impact: str | None = OMITTED,
    risk: str | None = OMITTED,
    effective_on: date | None = OMITTED,
    follow_ups: tuple[Mapping[str, object], ...] = OMITTED,
    today: date,
    at: datetime,
) -> Change:
    """The change with these fields updated; what is left out stays, None takes it back."""
    return replace(
        change,
        reason=text.check("reason", or_kept(reason, change.reason), text.REASON),
        impact=_prose("impact", or_kept(impact, change.impact)),
        risk=_prose("risk", or_kept(risk, change.risk)),
        effective_on=change.effective_on if effective_on is OMITTED else days.not_past(effective_on, today),
        follow_ups=or_kept(follow_ups, change.follow_ups),
        updated_at=at,
    )


def submit(proposal: Proposal, *, by: Member, at: datetime) -> tuple[Change, tuple[Item, ...], proposals.Round]:
    """Put the change in approval, lock its items and freeze the round that will be signed."""
    WORKFLOW.permit("submit", proposal, by)
    days.not_past(proposal.change.effective_on, proposal.today)
    change = replace(proposal.change, status=S.IN_APPROVAL, round=proposal.change.round + 1, updated_at=at)
    frozen = rounds.freeze(replace(proposal, change=change))
    return (
        change,
        tuple(replace(item, in_approval=True) for item in proposal.items),
        proposals.Round(
            organisation_id=change.organisation_id,
            change_id=change.id,
            round=change.round,
            frozen=frozen,
            content_sha256=canonical.sha256(frozen),
            submitted_by=by.person_id,
            created_at=at,
        ),
    )


def unlock(proposal: Proposal, step: str, *, by: Actor, at: datetime) -> tuple[object, ...]:
    """Take `step` out of approval: the change gets the step's target status and its items are unlocked."""
    target = WORKFLOW.permit(step, proposal, by).target
    change = replace(proposal.change, status=target, updated_at=at)
    return (change, *(replace(item, in_approval=False) for item in proposal.items))


def decide(proposal: Proposal, *, by: Actor, at: datetime) -> Change:
    """The change approved: for its day, which is the approval's own where the planned one passed meanwhile."""
    change, planned = proposal.change, proposal.change.effective_on
    target = WORKFLOW.permit("approve", proposal, by).target
    day = None if planned is None else max(planned, proposal.today)
    return replace(change, status=target, effective_on=day, updated_at=at)


def discard(
    proposal: Proposal, elsewhere: Collection[UUID] = frozenset(), *, by: Member, at: datetime
) -> tuple[Change, tuple[Record, ...]]:
    """Discard the change and void the records that exist only in it; those drafted in another change (`elsewhere`) stay."""
    WORKFLOW.permit("discard", proposal, by)
    lonely = voided(proposal.items, proposal.dossiers, elsewhere, at)
    return replace(proposal.change, status=S.DISCARDED, updated_at=at), lonely


def tell(template: str, change: Change, people: Sequence[UUID] | frozenset[UUID], **facts: str) -> Notice:
    """A notice to people about a change."""
    return Notice(template, tuple(sorted(people)), {"number": change.number, "title": change.title, **facts})


def _prose(field_name: str, given: str | None) -> str | None:
    return None if given is None else text.check(field_name, given, text.REASON)
