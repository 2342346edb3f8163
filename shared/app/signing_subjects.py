"""What can be signed: how each kind of subject is loaded, which step a meaning stands for, and what the signature covers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.app.call import Call
from shared.domain.changes import approvals, changes
from shared.domain.kernel import text
from shared.domain.kernel.errors import Invalid, NotFound
from shared.domain.kernel.workflow import Gate, Workflow
from shared.domain.people import erasures
from shared.domain.records.kinds import KINDS
from shared.domain.signing import trail_reviews
from shared.domain.trainings import assignments
from shared.queries.assignments import load_assignment, signable_assignment
from shared.queries.dossiers import load_dossier, signable_record
from shared.queries.erasures import load_erasure
from shared.queries.organisations import load_member
from shared.queries.proposals import load_proposal_of_request

if TYPE_CHECKING:
    from shared.domain.signing.signatures import Signable


def _approval_request(call: Call, subject_id: UUID, meaning: str) -> Signable:
    proposal = load_proposal_of_request(call.tx, subject_id)
    request = approvals.request_of(proposal)
    step = approvals.verdict(proposal, call.member) if meaning == "approved" else _step("approval_request", changes.WORKFLOW, meaning)
    changes.WORKFLOW.take(step, proposal, call.member)
    approvals.open_request(proposal)
    return approvals.signable(request)


def _record(kind: str) -> Callable[[Call, UUID, str], Signable]:
    def load(call: Call, subject_id: UUID, meaning: str) -> Signable:
        found, of = load_dossier(call.tx, subject_id, kind), KINDS[kind]
        step = _step(kind, of.workflow, meaning)
        of.workflow.take(step, of.subject(found, step), call.member)
        return signable_record(call.tx, found, step)

    return load


def _assignment(call: Call, subject_id: UUID, meaning: str) -> Signable:
    found = load_assignment(call.tx, subject_id)
    signed = meaning == assignments.SIGNED
    step = assignments.step_of_learner(found) if signed else _step("assignment", assignments.WORKFLOW, meaning)
    assignments.WORKFLOW.take(step, found, call.member)
    return signable_assignment(found)


def _audit_trail(call: Call, subject_id: UUID, meaning: str) -> Signable:
    if subject_id != call.organisation.id:
        raise NotFound("Sign the audit trail of this organisation: its id is the subject's id.")
    trail_reviews.WORKFLOW.take(_step(trail_reviews.KIND, trail_reviews.WORKFLOW, meaning), trail_reviews.Trail(), call.member)
    return trail_reviews.signable(call.organisation.id)


def _person(call: Call, subject_id: UUID, meaning: str) -> Signable:
    member = load_member(call.tx, subject_id)
    erasures.WORKFLOW.take(_step(erasures.KIND, erasures.WORKFLOW, meaning), member, call.member)
    erasures.refuse_erasure(call.organisation, load_erasure(call.tx, subject_id))
    return erasures.signable(member)


def _step(kind: str, workflow: Workflow[Any], meaning: str) -> str:
    signed = {step.meaning: step.name for step in workflow if step.gate is Gate.SIGNED}
    if meaning not in signed:
        raise Invalid("meaning", f"A signature under the subject {kind} can mean: {', '.join(sorted(filter(None, signed)))}.")
    return signed[meaning]


SUBJECTS = {
    "approval_request": _approval_request,
    "assignment": _assignment,
    trail_reviews.KIND: _audit_trail,
    erasures.KIND: _person,
    **{kind: _record(kind) for kind in KINDS},
}


def signable(call: Call, kind: str, subject_id: UUID, meaning: str) -> Signable:
    """What the caller is about to sign; raises a refusal unless they may take the step that `meaning` stands for."""
    return SUBJECTS[text.word("subject_kind", kind, SUBJECTS)](call, subject_id, meaning)
