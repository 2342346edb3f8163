"""The table of everything that waits: in which state, for whom, since when, until when, and how they are told (ISO 9001 8.5.1, 9.1).

The work list, the dashboard's tasks, the mail that tells somebody at once, reminders, escalation and the reference are made from it. No
state waits without a row (tests/house/test_waits.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.domain.capa import actions, capa_plans, extensions
from shared.domain.capa.actions import Action
from shared.domain.changes import changes, comments, proposals
from shared.domain.documents import documents
from shared.domain.events import events, investigations
from shared.domain.kernel.values import dataclass
from shared.domain.kernel.workflow import Phase, Step, Workflow
from shared.domain.people import invitations
from shared.domain.people.people import DOCUMENT_REVIEWS, MemberStatus
from shared.domain.records.records import Record
from shared.domain.trainings import assignments, trainings
from shared.domain.trainings.assignments import Assignment

HOLDER, QA, ADMINS = ("owner", "qa", "admins")  # who is told: those for whom it waits, then those to whom it escalates
Escalation = tuple[tuple[str, int], ...]  # to whom, and when it is overdue for more than how many days
USUALLY: Escalation = ((QA, 7), (ADMINS, 14))
TO_ADMINS: Escalation = ((ADMINS, 14),)
TO_QA: Escalation = ((QA, 7),)
NEXT_DAY: Escalation = ((QA, 0), (ADMINS, 0))
TO_NOBODY: Escalation = ()
WEEKLY = 7
ONCE = 1_000_000  # days until a reminder that doesn't repeat would come again


class Holder(StrEnum):
    """For whom something waits: a person that the thing itself names, or any member of a pool."""

    OWNER = "owner"
    LEARNER = "learner"
    TRAINER = "trainer"  # whom the training names, or any QA member where it names nobody who can
    INVITER = "inviter"  # while they are an admin, and else any admin
    QA = "qa"  # any QA member whom no relation of the step bars
    SIGNERS = "signers"  # any QA member whose signature would count
    ADMINS = "admins"


# For any member of this group whom nothing bars; of the others the thing itself names one.
POOLED: Mapping[Holder, str] = {Holder.QA: "qa", Holder.SIGNERS: "qa", Holder.ADMINS: "admin"}
# The group for which it waits where the thing names nobody who can.
OR_ELSE: Mapping[Holder, str] = {Holder.TRAINER: "qa", Holder.INVITER: "admin"}


class Condition(StrEnum):
    """What must hold besides the status; `queries/waiting.py` says each in SQL."""

    ALWAYS = ""
    TO_REPORT = "to_report"  # an authority is to be told, and no reference says that it was
    ACTIONS_LEFT = "actions_left"
    ACTIONS_DONE = "actions_done"
    REVIEW_NEAR = "review_near"
    TO_SIGN = "to_sign"  # the learner hasn't signed
    TO_ASSESS = "to_assess"  # the learner signed, and a trainer assesses
    LAPSE_NEAR = "lapse_near"  # or the mail didn't arrive
    TO_CLOSE = "to_close"  # what followed from a change is done
    DAY_CAME = "day_came"  # the day of an approved change passed, and something stands against it
    UNREACHED = "unreached"  # mail to the person stopped


@dataclass(frozen=True)
class Wait:
    """One row: what is to be done, in which states, for whom it waits, and the step that ends it.

    It is due on the thing's `own` day, or where that has none `days` after it began to wait; None: it is never due. `told` says that it is
    told at once by the mail `work_waiting`; other waits are told by the mail of the step that makes them wait, or begin with the person.
    Whoever must act is reminded so many days before it is due (`reminded`), and from the day after every `again` days. What is overdue
    is `escalated`. `optional` names the mail to those who must act that they may do without;
    of what is `mandatory`, everybody is told in every way.
    """

    what: str
    workflow: Workflow[Any]
    statuses: tuple[str, ...]
    holder: Holder
    step: str
    days: int | None = None
    condition: Condition = Condition.ALWAYS
    told: bool = False
    own: bool = True
    reminded: tuple[int, ...] = (10, 3, 0)
    again: int | None = WEEKLY
    escalated: Escalation = USUALLY
    optional: tuple[str, ...] = ()
    mandatory: bool = False

    @property
    def row(self) -> Step[Any]:
        """The step that ends the wait."""
        return self.workflow[self.step]


WAITS = (
    #    what             of                         in which states                               for whom        step        days  if
    Wait("triage", events.WORKFLOW, (events.Status.REPORTED,), Holder.QA, "triage", 3, told=True),
    Wait(
        "report_to_authority",
        events.WORKFLOW,
        events.WORKED_ON[1:],
        Holder.QA,
        "reclassify",
        None,
        Condition.TO_REPORT,
        told=True,
        escalated=NEXT_DAY,
        mandatory=True,
    ),
    Wait("close_event", events.WORKFLOW, (*events.WORKED_ON[1:], events.Status.PERMITTED), Holder.OWNER, "close", 30, told=True),
    Wait("conclude", investigations.WORKFLOW, (investigations.Status.OPEN,), Holder.OWNER, "conclude", 30, told=True),
    Wait("plan", capa_plans.WORKFLOW, (capa_plans.Status.DRAFT,), Holder.OWNER, "approve_plan", 30, told=True),
    Wait("implement", capa_plans.WORKFLOW, (capa_plans.Status.IMPLEMENTING,), Holder.OWNER, "revise", 90, Condition.ACTIONS_LEFT),
    Wait(
        "verify_plan",
        capa_plans.WORKFLOW,
        (capa_plans.Status.IMPLEMENTING,),
        Holder.QA,
        "verify",
        7,
        Condition.ACTIONS_DONE,
        told=True,
        own=False,
    ),
    Wait("check_effectiveness", capa_plans.WORKFLOW, (capa_plans.Status.EFFECTIVENESS_CHECK,), Holder.OWNER, "close", 90, told=True),
    Wait(
        "review",
        documents.WORKFLOW,
        (documents.Status.EFFECTIVE,),
        Holder.OWNER,
        "confirm_review",
        None,
        Condition.REVIEW_NEAR,
        optional=(DOCUMENT_REVIEWS,),
    ),
    Wait("lift", documents.WORKFLOW, (documents.Status.SUSPENDED,), Holder.OWNER, "lift", 30, told=True),
    Wait("submit", changes.WORKFLOW, (proposals.Status.DRAFT,), Holder.OWNER, "submit", 30),
    Wait(
        "approve",
        changes.WORKFLOW,
        (proposals.Status.IN_APPROVAL,),
        Holder.SIGNERS,
        "approve",
        again=None,
        escalated=TO_NOBODY,
        mandatory=True,
    ),  # it lapses
    Wait("close_change", changes.WORKFLOW, (proposals.Status.APPLIED,), Holder.QA, "close", 30, Condition.TO_CLOSE),
    Wait(
        "hindered_change",
        changes.WORKFLOW,
        (proposals.Status.APPROVED,),
        Holder.QA,
        "move_date",
        1,
        Condition.DAY_CAME,
        reminded=(0,),
        mandatory=True,
    ),
    Wait(
        "learn", assignments.WORKFLOW, (assignments.Status.ASSIGNED,), Holder.LEARNER, "complete", None, Condition.TO_SIGN, mandatory=True
    ),
    Wait("assess", assignments.WORKFLOW, (assignments.Status.ASSIGNED,), Holder.TRAINER, "assess", None, Condition.TO_ASSESS, told=True),
    Wait("reassign", assignments.WORKFLOW, (assignments.Status.LOCKED,), Holder.QA, "reassign", mandatory=True),
    Wait("act", actions.WORKFLOW, (actions.Status.OPEN,), Holder.OWNER, "complete", told=True, mandatory=True),
    Wait("verify_action", actions.WORKFLOW, (actions.Status.DONE,), Holder.QA, "verify", 7, told=True, own=False),
    Wait("decide_extension", extensions.WORKFLOW, (extensions.Status.REQUESTED,), Holder.QA, "grant", escalated=TO_ADMINS, mandatory=True),
    Wait(
        "renew_invitation",
        invitations.WORKFLOW,
        (invitations.InvitationStatus.OPEN,),
        Holder.INVITER,
        "renew",
        condition=Condition.LAPSE_NEAR,
        reminded=(3, 0),
        again=ONCE,
        escalated=TO_NOBODY,  # it lapses
    ),
    Wait(
        "mend_address",
        invitations.MAILBOXES,
        (MemberStatus.ACTIVE,),
        Holder.ADMINS,
        "mend",
        3,
        Condition.UNREACHED,
        own=False,
        reminded=(3, 0),
        escalated=TO_QA,
    ),
)
TOLD = tuple(wait for wait in WAITS if wait.told)
OPTIONAL = tuple(wait.what for wait in WAITS if not wait.mandatory)
BY_NAME: Mapping[str, Wait] = {wait.what: wait for wait in WAITS}
REVIEW_SEEN_DAYS = 30  # before a document's review is due
LAPSE_SEEN_DAYS = 3  # before an invitation lapses
# Phases in which a thing waits for nobody, and why.
NOBODY: Mapping[Phase, str] = {
    Phase.WAITING: "it takes effect on its date by itself",
    Phase.IN_FORCE: "it counts, until a review or a change of it waits, which have rows of their own",
    Phase.PAST: "a newer version took its place",
    Phase.DONE: "its work is done",
    Phase.ENDED: "nothing follows",
}
# Single states that wait for nobody, by kind, and why.
NOBODY_HERE: Mapping[tuple[str, str], str] = {
    (documents.WORKFLOW.kind, documents.Status.DRAFT): "the change that writes it waits for its author",
    (trainings.WORKFLOW.kind, trainings.Status.DRAFT): "the change that writes it waits for its author",
    (
        comments.WORKFLOW.kind,
        comments.Status.OPEN,
    ): "its change can't be submitted before it is resolved, and that change waits for its author",
}


def goes_on(kind: str, former: str, present: str) -> bool:
    """Whether a thing that goes from one status to the other still waits, and for the same."""
    begun, waits = ([wait for wait in WAITS if wait.workflow.kind == kind and status in wait.statuses] for status in (former, present))
    return former != present and bool(waits) and waits == begun


KINDS_OF_ROWS: Mapping[type, str] = {Action: actions.WORKFLOW.kind, Assignment: assignments.WORKFLOW.kind}


def told_of(row: object) -> Iterator[UUID]:
    """The things that may have begun to wait, and are told at once, because a row was saved: itself, and an action's plan."""
    if isinstance(row, Action) and row.record_id is not None:
        yield row.record_id
    if isinstance(row, Record | Action | Assignment):
        kind = row.kind if isinstance(row, Record) else KINDS_OF_ROWS[type(row)]
        if any(wait.workflow.kind == kind and row.status in wait.statuses for wait in TOLD):
            yield row.id


def is_overdue(due_on: date | None, today: date) -> bool:
    """Whether the day that something is due on has passed."""
    return due_on is not None and due_on < today


def is_escalated(wait: Wait, due_on: date | None, today: date) -> bool:
    """Whether something is overdue for so long that others are told of it."""
    after = [days for _, days in wait.escalated]
    return bool(after) and due_on is not None and today - due_on > timedelta(days=min(after))
