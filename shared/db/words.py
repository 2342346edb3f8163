"""The kinds, statuses and roles as SQL, rendered here for every statement, constraint and index.

A new status or kind is declared in its own table of steps only (shared.domain); the constants below are derived from those tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shared.domain.capa import actions, capa_plans, extensions
from shared.domain.changes import changes, comments, proposals
from shared.domain.documents import documents
from shared.domain.events import events
from shared.domain.kernel.workflow import STANDING, SYSTEM, Gate, Phase, Step
from shared.domain.people.invitations import InvitationStatus
from shared.domain.people.people import QA as QA_ROLE
from shared.domain.people.people import MemberStatus
from shared.domain.records.dossiers import NOT_CONTRIBUTOR
from shared.domain.records.kinds import KINDS
from shared.domain.trainings import assignments, trainings
from shared.domain.waiting.waits import goes_on


def quoted(word: str) -> str:
    """A word as an SQL literal."""
    return "'" + word.replace("'", "''") + "'"


def listed(words: Iterable[str]) -> str:
    """Words as the right side of `in`; for no words, a list that matches nothing."""
    return f"({', '.join(map(quoted, words)) or 'null'})"


def word_pairs(found: Iterable[tuple[str, str]]) -> str:
    """Pairs of words as the right side of `(kind, status) in`."""
    return f"({', '.join(f'({quoted(one)}, {quoted(other)})' for one, other in found) or '(null, null)'})"


def decides(step: Step[Any]) -> bool:
    """Whether a step decides something about a record: it is signed, or it leads to another status."""
    return step.gate is Gate.SIGNED or any(step.target_from(status) != status for status in step.sources)


# Kinds.
DOCUMENT, TRAINING, CHANGE = quoted(documents.KIND.name), quoted(trainings.KIND.name), quoted(changes.WORKFLOW.kind)
EVENT, CAPA_PLAN = quoted(events.KIND.name), quoted(capa_plans.KIND.name)
ACTION, EXTENSION = quoted(actions.WORKFLOW.kind), quoted(extensions.WORKFLOW.kind)
ASSIGNMENT = quoted(assignments.WORKFLOW.kind)
EVERY_KIND = listed(KINDS)
DRAFTED = listed(kind.name for kind in KINDS.values() if kind.drafted)
WORKED_ON = listed(kind.name for kind in KINDS.values() if not kind.drafted)
LEARNT = listed((documents.KIND.name, trainings.KIND.name))  # what people are trained in
# Drafted kinds with a step closed to the version's authors, whose changes' authors are therefore loaded.
AUTHORED = listed(
    kind.name for kind in KINDS.values() if kind.drafted and any(NOT_CONTRIBUTOR in step.who.relations for step in kind.workflow)
)

# Statuses of records and their versions.
EVERY_STATUS_OF_RECORDS = word_pairs((kind.name, status) for kind in KINDS.values() for status in kind.workflow.statuses)
WAITING = listed(dict.fromkeys(status for kind in KINDS.values() for status in kind.workflow.within(Phase.WAITING)))
READABLE_STATUS = listed(
    dict.fromkeys(status for kind in KINDS.values() for status in kind.workflow.statuses if kind.is_read_by_all(status))
)
READABLE = word_pairs((kind.name, status) for kind in KINDS.values() for status in kind.workflow.statuses if kind.is_read_by_all(status))
DRAFT = word_pairs((kind.name, status) for kind in KINDS.values() for status in kind.workflow.within(Phase.DRAFT))
ENDED = word_pairs((kind.name, status) for kind in KINDS.values() for status in kind.workflow.within(Phase.ENDED))
DONE = word_pairs((kind.name, status) for kind in KINDS.values() if not kind.drafted for status in kind.workflow.within(Phase.DONE))
WORKED = [kind for kind in KINDS.values() if not kind.drafted]
# How long things take is told by kind and by the step that ends their work, such as `event_to_close`.
STEPS = [(kind.name, step.name, kind.workflow.phases.get(step.target)) for kind in WORKED for step in kind.workflow.by_change()]
CYCLE = " ".join(f"when {quoted(kind)} then {quoted(f'{kind}_to_{step}')}" for kind, step, phase in STEPS if phase is Phase.DONE)
RECALLED = quoted(documents.Status.RECALLED)
HELD = word_pairs((kind.name, status) for kind in KINDS.values() for status in kind.workflow.within(Phase.HELD))
HELD_STATUS = listed(dict.fromkeys(status for kind in KINDS.values() for status in kind.workflow.within(Phase.HELD)))
# A version that somebody learns: approved or standing, and of a training the active one.
LIVING = listed(
    dict.fromkeys(status for kind in (documents.KIND, trainings.KIND) for status in kind.workflow.within(Phase.WAITING, *STANDING))
)
CANCELLED_EVENT = quoted(events.Status.CANCELLED)
DRAFT_PLAN = quoted(capa_plans.Status.DRAFT)
TRAINING_IN_FORCE = listed(trainings.WORKFLOW.within(*STANDING))

# What takes a step of a record, by the name under which the trail tells of it: its function, or the system's step.
DECIDING = listed(
    sorted(
        {step.name if step.who is SYSTEM else step.function for kind in KINDS.values() for step in kind.workflow if decides(step)}
        | {"approve_request"}
    )
)

# Statuses of everything else.
UNDECIDED, UNFINISHED = listed(sorted(proposals.UNDECIDED)), listed(sorted(proposals.UNFINISHED))
APPROVED_CHANGE = quoted(proposals.Status.APPROVED)
DRAFT_CHANGE = quoted(proposals.Status.DRAFT)
APPLIED, DISCARDED = quoted(proposals.Status.APPLIED), quoted(proposals.Status.DISCARDED)
OPEN_REQUEST, APPROVED_REQUEST = quoted(proposals.RequestStatus.OPEN), quoted(proposals.RequestStatus.APPROVED)
OPEN_COMMENT = listed(comments.WORKFLOW.within(Phase.OPEN))
REQUESTED = listed(extensions.WORKFLOW.within(Phase.OPEN))
OPEN_ACTION, CANCELLED_ACTION = quoted(actions.Status.OPEN), quoted(actions.Status.CANCELLED)
OVER_ACTION = listed(actions.WORKFLOW.within(Phase.DONE, Phase.ENDED))
ASSIGNED, COMPLETED = quoted(assignments.Status.ASSIGNED), quoted(assignments.Status.COMPLETED)
OPEN_ASSIGNMENT = listed(assignments.WORKFLOW.within(Phase.OPEN))
LEARNT_ONCE = listed(assignments.WORKFLOW.within(Phase.DONE))
NEEDLESS = listed(assignments.WORKFLOW.within(Phase.ENDED))  # ended without training
READS = listed((*assignments.OPEN, assignments.Status.COMPLETED))
WITHDRAWN_ASSIGNMENT = quoted(assignments.Status.WITHDRAWN)

# From which status to which a record goes on waiting for the same, as the three words in a row.
GOING_ON = listed(
    f"{kind.name} {former} {present}"
    for kind in KINDS.values()
    for former in kind.workflow.statuses
    for present in kind.workflow.statuses
    if goes_on(kind.name, former, present)
)

# People.
ACTIVE = quoted(MemberStatus.ACTIVE)
OPEN_INVITATION = quoted(InvitationStatus.OPEN)
QA = listed(sorted(QA_ROLE.groups))
LEARNERS = listed(sorted(assignments.LEARNERS.groups))

# The constraints, by table and name; `infra.migrate` updates the database to match.
CONSTRAINTS: Mapping[tuple[str, str], str] = {
    ("records", "records_status_check"): f"check ((kind, status) in {EVERY_STATUS_OF_RECORDS})",
    ("records", "records_kind_check"): f"check (kind in {EVERY_KIND})",
    ("change_items", "change_items_kind_check"): f"check (kind in {EVERY_KIND})",
    # At most one version of a record in force and one waiting; deferred, because one statement ends the former and begins the next.
    ("versions", "versions_in_force"): "exclude using btree (organisation_id with =, record_id with =)"
    f" where (ended_at is null and status not in {WAITING}) deferrable initially deferred",
    ("versions", "versions_waiting"): "exclude using btree (organisation_id with =, record_id with =)"
    f" where (ended_at is null and status in {WAITING}) deferrable initially deferred",
    ("changes", "changes_status_check"): f"check (status in {listed(changes.WORKFLOW.statuses)})",
    ("approval_requests", "approval_requests_status_check"): f"check (status in {listed(proposals.RequestStatus)})",
    ("approval_requests", "approval_requests_check"): f"check ((status = {OPEN_REQUEST}) = (closed_at is null))",
    ("extensions", "extensions_status_check"): f"check (status in {listed(extensions.WORKFLOW.statuses)})",
    (
        "extensions",
        "extensions_check2",
    ): f"check ((status in {REQUESTED}) = (decided_at is null) and (decided_at is null) = (decided_by is null))",
    ("comments", "comments_status_check"): f"check (status in {listed(comments.WORKFLOW.statuses)})",
    ("comments", "comments_check1"): f"check ((status not in {OPEN_COMMENT}) = (resolved_at is not null)"
    " and (resolved_at is null) = (resolved_by is null))",
    ("actions", "actions_status_check"): f"check (status in {listed(actions.WORKFLOW.statuses)})",
    ("actions", "actions_check1"): f"check ((status in {OVER_ACTION}) = (closed_at is not null))",
    ("assignments", "assignments_status_check"): f"check (status in {listed(assignments.WORKFLOW.statuses)})",
    ("assignments", "assignments_check1"): f"check ((status in {OPEN_ASSIGNMENT}) = (closed_at is null))",
    ("assignments", "assignments_check2"): f"check ((status = {COMPLETED}) = (completed_at is not null))",
    ("members", "members_status_check"): f"check (status in {listed(MemberStatus)})",
    ("invitations", "invitations_status_check"): f"check (status in {listed(InvitationStatus)})",
}
# The functions by which triggers read the tables of steps; each is one expression over its arguments.
FUNCTIONS: Mapping[str, str] = {
    "goes_on_waiting(kind text, former text, present text)": f"kind || ' ' || former || ' ' || present in {GOING_ON}",
    "is_drafted(kind text)": f"kind in {DRAFTED}",
    "is_draft(kind text, status text)": f"(kind, status) in {DRAFT}",
    "is_ended(kind text, status text)": f"(kind, status) in {ENDED}",
    "is_undecided(status text)": f"status in {UNDECIDED}",
    "is_applied(status text)": f"status in {listed(sorted(proposals.DECIDED))}",
    "is_cancelled_action(status text)": f"status = {CANCELLED_ACTION}",
    "is_active_member(status text)": f"status = {ACTIVE}",
    "is_completed_assignment(status text)": f"status = {COMPLETED}",
}
