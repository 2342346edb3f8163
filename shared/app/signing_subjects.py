"""What can be signed: how each kind of subject is loaded, which step a meaning stands for, and what the signature covers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.app.call import Call
from shared.domain.changes import applying, approvals, changes, rounds
from shared.domain.kernel import text
from shared.domain.kernel.errors import Invalid, NotFound
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import dataclass
from shared.domain.kernel.workflow import Gate, Step, Workflow, words
from shared.domain.people import erasures
from shared.domain.records.kinds import KINDS
from shared.domain.signing import trail_reviews
from shared.domain.signing.signatures import Act, Signable
from shared.domain.trainings import assignments
from shared.queries.assignments import load_assignment, signable_assignment
from shared.queries.dossiers import load_dossier, signable_record
from shared.queries.erasures import load_erasure
from shared.queries.organisations import load_member, name_of_member
from shared.queries.proposals import load_proposal, load_proposal_of_request

if TYPE_CHECKING:
    from shared.domain.kernel.content import Content


@dataclass(frozen=True)
class ToSign:
    """One act that is about to be signed, and what it means in words: in the reader's own, while the signature covers the act itself."""

    act: Act
    in_words: Sentence
    compared: Sequence[Mapping[str, Any]]  # what could be compared of the files that the act is about


@dataclass(frozen=True)
class Wish:
    """What a person wants to sign, as the request says it."""

    subject_kind: str
    subject_id: UUID
    meaning: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """A subject as it was loaded: the step on it, what its signature covers, and what it is in words."""

    step: Step[Any]
    signable: Signable
    words: Sentence
    compared: Sequence[Mapping[str, Any]] = ()
    on_behalf_of: UUID | None = None


Loader = Callable[[Call, UUID, str, "Content"], Found]


def _approval_request(call: Call, subject_id: UUID, meaning: str, told: Content) -> Found:  # noqa: ARG001 - a loader's shape
    proposal = load_proposal_of_request(call.tx, subject_id)
    request = approvals.request_of(proposal)
    name = approvals.verdict(proposal, call.member) if meaning == "approved" else _step("approval_request", changes.WORKFLOW, meaning)
    step = changes.WORKFLOW.permit(name, proposal, call.member)
    approvals.open_request(proposal)
    change = {"number": proposal.change.number, "round": request.round, "title": request.title}
    named = Sentence("round_to_sign", "{number} in round {round}: {title}", **change)
    absent = request.on_behalf_of(proposal, call.member) if step.meaning == "approved" else None
    if absent:
        named = Sentence("signed_for_somebody", "{what}, on behalf of {person}", what=named, person=name_of_member(call.tx, absent))
    return Found(step, approvals.signable(request), named, rounds.stated(proposal), absent)


def _change(call: Call, subject_id: UUID, meaning: str, told: Content) -> Found:
    proposal = load_proposal(call.tx, subject_id)
    step = changes.WORKFLOW.permit(_step(changes.KIND, changes.WORKFLOW, meaning), proposal, call.member)
    signable = applying.signable(proposal, step.name, _checked(step, told))
    about = {"number": proposal.change.number, "title": proposal.change.title}
    return Found(step, signable, Sentence("change_to_sign", "{number}: {title}", **about))


def _record(kind: str) -> Loader:
    def load(call: Call, subject_id: UUID, meaning: str, told: Content) -> Found:
        found, of = load_dossier(call.tx, subject_id, kind), KINDS[kind]
        name = _step(kind, of.workflow, meaning)
        step = of.workflow.permit(name, of.subject(found, name), call.member)
        signable = signable_record(call.tx, found, name, _checked(step, told))
        about = {"number": found.record.number, "version": signable.version, "title": found.record.title}
        return Found(step, signable, Sentence("version_to_sign", "{number} version {version}: {title}", **about))

    return load


def _assignment(call: Call, subject_id: UUID, meaning: str, told: Content) -> Found:  # noqa: ARG001 - a loader's shape
    found = load_assignment(call.tx, subject_id)
    signed = meaning == assignments.SIGNED
    name = assignments.step_of_learner(found) if signed else _step("assignment", assignments.WORKFLOW, meaning)
    step = assignments.WORKFLOW.permit(name, found, call.member)
    learnt = Sentence("version_to_learn", "{number} version {version}", number=found.number, version=found.assignment.version)
    return Found(step, signable_assignment(found), learnt)


def _audit_trail(call: Call, subject_id: UUID, meaning: str, told: Content) -> Found:
    if subject_id != call.organisation.id:
        raise NotFound(Sentence("sign_own_trail", "Sign the audit trail of this organisation: its id is the subject's id."))
    name = _step(trail_reviews.KIND, trail_reviews.WORKFLOW, meaning)
    step = trail_reviews.WORKFLOW.permit(name, trail_reviews.Trail(), call.member)
    trail = Sentence("trail_to_sign", "the audit trail of {organisation}", organisation=call.organisation.name)
    return Found(step, trail_reviews.signable(call.organisation.id, _checked(step, told)), trail)


def _person(call: Call, subject_id: UUID, meaning: str, told: Content) -> Found:
    member = load_member(call.tx, subject_id)
    step = erasures.WORKFLOW.permit(_step(erasures.KIND, erasures.WORKFLOW, meaning), member, call.member)
    erasures.refuse_erasure(call.organisation, load_erasure(call.tx, subject_id))
    whose = member.printed_name or Term("a former member")
    contact = Sentence("contact_data_to_sign", "the contact data of {person}", person=whose)
    return Found(step, erasures.signable(member, _checked(step, told)), contact)


def _step(kind: str, workflow: Workflow[Any], meaning: str) -> str:
    signed = {step.meaning: step.name for step in workflow if step.gate is Gate.SIGNED and workflow.subject_kind(step) == kind}
    if meaning not in signed:
        raise Invalid(
            "meaning",
            Sentence(
                "unknown_meaning",
                "A signature under the subject {kind} can mean: {meanings}.",
                kind=kind,
                meanings=tuple(sorted(filter(None, signed))),
            ),
        )
    return signed[meaning]


def _checked(step: Step[Any], told: Content) -> dict[str, object]:
    return step.told.check("arguments", told)


SUBJECTS: Mapping[str, Loader] = {
    "approval_request": _approval_request,
    changes.KIND: _change,
    "assignment": _assignment,
    trail_reviews.KIND: _audit_trail,
    erasures.KIND: _person,
    **{kind: _record(kind) for kind in KINDS},
}


def to_sign(call: Call, wish: Wish) -> ToSign:
    """What the caller is about to sign; raises a refusal unless they may take that step with these arguments."""
    meaning = words(wish.meaning)
    load = SUBJECTS[text.word("subject_kind", wish.subject_kind, SUBJECTS)]
    found = load(call, wish.subject_id, meaning, wish.arguments)
    act = Act(meaning, found.signable, _checked(found.step, wish.arguments), found.on_behalf_of)
    return ToSign(act, _in_words(found.step, found.words, act.arguments), found.compared)


def _in_words(step: Step[Any], subject: Sentence, arguments: Mapping[str, object]) -> Sentence:
    act = {"step": Term(step.name), "subject": subject, "meaning": Term(str(step.meaning))}
    if not arguments:
        return Sentence("act_to_sign", "{step:first} {subject}. The signature means «{meaning}».", **act)
    told = tuple(Sentence("told_to_step", "{name}: {value}", name=Term(name), value=_said(value)) for name, value in arguments.items())
    return Sentence("act_told_to_sign", "{step:first} {subject} ({told:;}). The signature means «{meaning}».", **act, told=told)


def _said(value: object) -> object:
    if value is None:
        return Sentence("taken_back", "taken back")
    if isinstance(value, Mapping):
        given = ((name, item) for name, item in value.items() if item is not None)
        parts = tuple(Sentence("part_told_to_step", "{name} {value}", name=Term(str(name)), value=str(item)) for name, item in given)
        return Sentence("parts_told_to_step", "{parts:,}", parts=parts)
    return str(value)
