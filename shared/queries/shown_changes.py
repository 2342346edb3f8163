"""Changes as the reads and steps show them, each in one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.answers.signatures import signature as shown_signature
from shared.db.sql import sql
from shared.domain.changes import approvals, rounds
from shared.domain.kernel import canonical
from shared.domain.kernel.ids import ids_in
from shared.domain.kernel.outcomes import saved
from shared.domain.signing.signatures import Signature
from shared.domain.trainings import quizzes
from shared.queries.actions import action_rows, shown_actions
from shared.queries.briefs import show_briefs
from shared.queries.comments import comment_rows, shown_threads
from shared.queries.evidence import with_texts_of_change
from shared.queries.impact import IMPACT
from shared.queries.names import NAME, person, utc_time
from shared.queries.proposals import ASKED_OF, about_signers
from shared.queries.shown_signatures import SIGNATURES, signatures

if TYPE_CHECKING:
    from shared.answers.changes import Change, Decided, Material, Submitted
    from shared.db.transaction import Transaction
    from shared.domain.changes.proposals import Proposal
    from shared.domain.people.people import Member

ASKED = sql("questions_asked")
CHANGE, ASSESSED = (
    sql(
        "change",
        round_at=utc_time("o.created_at"),
        owner=person("c.owner_id"),
        actions=action_rows("a.change_id = c.id"),
        comments=comment_rows("k.change_id = c.id"),
        author=person("a.person_id"),
        submitted_by=person("o.submitted_by"),
        signatures=SIGNATURES,
        asked=ASKED,
        asked_of=ASKED_OF,
        names=sql("export_names", name=NAME, file="cast(null as jsonb)", text="null", ids="k.ids"),
        assessed=assessed,
    )
    for assessed in ("", f", {IMPACT}")
)


def read_change(tx: Transaction, proposal: Proposal, by: Member, *, assess: bool = False, in_step: bool = False) -> Material:
    """What an answer about a change is made of.

    With `assess` also what it has an impact on; `in_step`, as a step answers, the lines of short files alone.
    """
    from shared.answers import change_items, changes

    row = tx.row(ASSESSED if assess else CHANGE, id=proposal.change.id, reader=by.person_id, named=_named(proposal), **about_signers(tx))
    assert row is not None  # noqa: S101 - the proposal was just loaded
    asked = quizzes.asked(row.asked)
    submissions = quizzes.kept_secret(row.rounds or [], asked)
    items = change_items.submitted(proposal, submissions, asked)
    details = {
        **row._asdict(),
        "rounds": submissions,
        "signatures": signatures(row.signatures),
        "actions": shown_actions(row.actions, by),
        "comments": shown_threads(row.comments, proposal.authors, by),
    }
    evidence = rounds.evidence(proposal).naming(row.names or {})
    texts = with_texts_of_change(tx, evidence, change_items.pairs(items, evidence.files), in_step=in_step)
    return changes.Material(proposal, details, items, texts, by, row.impact if assess else None)


def _named(proposal: Proposal) -> list[str]:
    """The ids that an answer about a change says the names of, but for those that a round froze."""
    records = [(one.record.owner_id, one.record.team_id, one.record.content) for one in proposal.dossiers.values()]
    items = [(item.owner_id, item.team_id, item.content) for item in proposal.items]
    uploaders = [file.uploaded_by for file in proposal.files.values()]
    return sorted(ids_in([canonical.plain([records, items, uploaders])]))


def show_change(tx: Transaction, proposal: Proposal, by: Member) -> Change:
    """What a step answers: the change, that was loaded as a proposal."""
    from shared.answers import changes

    return changes.change(read_change(tx, proposal, by, in_step=True))


def show_submitted(tx: Transaction, proposal: Proposal, by: Member) -> Submitted:
    """A change and its newest approval request, after submission."""
    from shared.answers import changes

    found = read_change(tx, proposal, by, in_step=True)
    return {"change": changes.change(found), "approval_request": changes.request(approvals.request_of(proposal), found.details)}


def show_decided(tx: Transaction, proposal: Proposal, signature: Signature, by: Member) -> Decided:
    """What a decision did: the request, the change, the signature and the records as they are now."""
    from shared.answers import changes

    found = read_change(tx, proposal, by, in_step=True)
    return {
        "approval_request": changes.request(approvals.request_of(proposal), found.details),
        "change": changes.change(found),
        "signature": shown_signature(saved(signature), valid=True),
        "records": show_briefs(tx, proposal.dossiers),
    }
