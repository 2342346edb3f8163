"""CAPA plans: actions against causes, with owners and due dates, and the check of their effectiveness (ISO 13485 8.5.2, 8.5.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from shared.domain.capa import actions
from shared.domain.capa.plan_conditions import former_rows, rows, unmet
from shared.domain.kernel import text
from shared.domain.kernel.arguments import MAYBE_REASON, REASON
from shared.domain.kernel.content import Choice, Content, Day, Fields, FileId, Identifier, ListOf, Text
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import MISSING, Sentence
from shared.domain.kernel.untyped import as_object
from shared.domain.kernel.values import dataclass
from shared.domain.kernel.workflow import SAME, Actor, Gate, Phase, Relation, Step, Workflow
from shared.domain.people.people import ACTION_OWNERS, QA
from shared.domain.records import links
from shared.domain.records.dossiers import NOT_CONTRIBUTOR, Dossier, not_in_approval
from shared.domain.records.kind import Kind
from shared.domain.records.links import End, Link

if TYPE_CHECKING:
    from shared.domain.capa.actions import Action
    from shared.domain.people.people import Member
    from shared.domain.records.records import Record


class Status(StrEnum):
    """The status of a CAPA plan."""

    DRAFT = "draft"
    IMPLEMENTING = "implementing"
    EFFECTIVENESS_CHECK = "effectiveness_check"
    CLOSED_EFFECTIVE = "closed_effective"
    CANCELLED = "cancelled"


S = Status
NOT_IMPLEMENTED = frozenset({S.DRAFT, S.IMPLEMENTING})  # its actions are still to be planned or done
SOURCES = frozenset({"event", "investigation"})
MOST_ACTIONS = 100
NEEDED = ("kind", "description")  # of a planned action


@dataclass(frozen=True)
class Key(Text):
    """The identifier of an action within its plan: A1, A2 and so on."""

    longest: int = 5

    def check(self, path: str, value: object) -> object:
        """The key."""
        if not isinstance(value, str) or not re.fullmatch(r"A[1-9][0-9]{0,3}", value):
            raise Invalid(path, Sentence("action_key", "This must be a key such as A1; leave it out for a new action."))
        return value

    def schema(self) -> dict[str, object]:
        """A string of that form."""
        return {"type": "string", "pattern": "^A[1-9][0-9]{0,3}$"}


class Row(Fields):
    """One planned action; its owner and due date may follow later, but before the plan is approved."""

    def check(self, path: str, value: object) -> dict[str, object]:
        """The row without its empty fields; raises Invalid if its kind or description is missing."""
        checked = {name: item for name, item in super().check(path, value).items() if item is not None}
        for name in NEEDED:
            if name not in checked:
                raise Invalid(f"{path}.{name}", MISSING)
        return checked

    def schema(self) -> dict[str, object]:
        """An object whose kind and description are required."""
        needed = {name: self.types[name].schema() for name in NEEDED}
        described = super().schema()
        return {**described, "properties": {**as_object(described["properties"]), **needed}, "required": list(NEEDED)}


CONTENT = Fields(
    source=Text(text.REASON),
    goal=Text(text.PROSE),
    actions=ListOf(
        Row(key=Key(), kind=Choice(actions.PLANNED), description=Text(actions.LONGEST), owner_id=Identifier(), due_on=Day()), MOST_ACTIONS
    ),
    no_adverse_effect=Text(text.PROSE),
    effectiveness=Fields(criterion=Text(text.REASON), measure=Text(text.REASON), not_before=Day()),
    effectiveness_result=Text(text.PROSE),
    form_version=Text(text.NAME),
    attachments=ListOf(FileId(), 50),
)
CapaPlanContent = Annotated[dict[str, Any], CONTENT]


def _all_done(found: Dossier, _: Actor) -> Sentence | None:
    waiting = [one.number for one in found.actions if not one.over]
    return (
        Sentence("actions_not_done", "Every action must be verified or cancelled first; {actions} isn't.", actions=tuple(waiting))
        if waiting
        else None
    )


NOT_DOER = Relation[Dossier](
    "not_doer",
    lambda found, by: all(one.completed_by != by.person_id for one in found.actions),
    Sentence("did_action_of_plan", "You did an action of this plan yourself, so somebody else must verify it."),
)
NOT_IN_APPROVAL, ALL_DONE = (not_in_approval,), (not_in_approval, _all_done)
VERIFIERS = QA & NOT_CONTRIBUTOR & NOT_DOER
WORKFLOW = Workflow[Dossier](
    "capa_plan",
    "CAPA plan",
    {
        S.DRAFT: Phase.DRAFT,
        S.IMPLEMENTING: Phase.OPEN,
        S.EFFECTIVENESS_CHECK: Phase.OPEN,
        S.CLOSED_EFFECTIVE: Phase.DONE,
        S.CANCELLED: Phase.ENDED,
    },
    #    step           from                to              who            gate         function          signature   needs
    Step("edit", (S.DRAFT,), SAME, ACTION_OWNERS, Gate.DIRECT, "edit_record", None, NOT_IN_APPROVAL),
    Step("approve_plan", (S.DRAFT,), S.IMPLEMENTING, ACTION_OWNERS, Gate.CHANGE, "propose_change", version=True),
    Step("revise", (S.IMPLEMENTING,), S.IMPLEMENTING, ACTION_OWNERS, Gate.CHANGE, "propose_change", version=True),
    Step(
        "verify",
        (S.IMPLEMENTING,),
        S.EFFECTIVENESS_CHECK,
        VERIFIERS,
        Gate.SIGNED,
        "verify_capa_plan",
        "verified",
        ALL_DONE,
        told=MAYBE_REASON,
    ),
    Step("close", (S.EFFECTIVENESS_CHECK,), S.CLOSED_EFFECTIVE, ACTION_OWNERS, Gate.CHANGE, "propose_change", version=True),
    Step(
        "ineffective",
        (S.EFFECTIVENESS_CHECK,),
        S.DRAFT,
        QA,
        Gate.SIGNED,
        "mark_capa_plan_ineffective",
        "ineffective",
        NOT_IN_APPROVAL,
        told=REASON,
    ),
    Step("cancel", (S.DRAFT, S.IMPLEMENTING), S.CANCELLED, ACTION_OWNERS, Gate.CHANGE, "propose_change"),
)


def sources(plan: Record, given: Sequence[UUID], ends: Mapping[UUID, End], *, by: Member, at: datetime) -> tuple[Link, ...]:
    """The links from a new plan's source events and investigations; raises Invalid naming a source that is neither."""
    found = []
    for index, one in enumerate(given):
        if one not in ends or ends[one].kind not in SOURCES:
            raise Invalid(
                f"source_ids.{index}", Sentence("no_such_source", "There is no such event or investigation in this organisation.")
            )
        here = End(plan.id, plan.kind, plan.number, plan.status)
        found.append(links.link(plan.organisation_id, ends[one], "corrected_by", here, by=by.person_id, at=at))
    if len(set(given)) != len(given):
        raise Invalid("source_ids", Sentence("source_twice", "A source stands in the list twice."))
    return tuple(found)


def keyed(given: Content, spent: frozenset[str]) -> dict[str, object]:
    """The content with a key for each new action: the next number never used in this plan, so that keys are stable."""
    planned = rows(given)
    taken = {str(row["key"]) for row in planned if "key" in row} | spent
    numbers = count(1 + max((int(key[1:]) for key in taken), default=0))
    named = [row if "key" in row else {"key": f"A{next(numbers)}", **row} for row in planned]
    return {**given, "actions": named} if named else dict(given)


def refuse_contradictions(_type: str | None, given: Content, _at: datetime) -> None:
    """Raise Invalid where two actions have the same key."""
    seen: set[object] = set()
    for index, row in enumerate(rows(given)):
        if row.get("key") in seen:
            raise Invalid(
                f"content.actions.{index}.key",
                Sentence("action_twice", "{key} stands in the list twice; leave the key out for a new action.", key=row["key"]),
            )
        seen.add(row.get("key"))


def owners(base: Content, given: Content) -> dict[str, tuple[str, UUID]]:
    """The new owners of actions, by field, each with the action's key; the caller checks that they may own work."""
    had = {(row.get("key"), row.get("owner_id")) for row in rows(base)}
    return {
        f"actions.{index}.owner_id": (str(row.get("key", "")), UUID(str(row["owner_id"])))
        for index, row in enumerate(rows(given))
        if row.get("owner_id") and (row.get("key"), row["owner_id"]) not in had
    }


def effects(shown: Record, found: Dossier, at: datetime) -> tuple[Action, ...]:
    """Approving a plan creates, updates and cancels its actions; cancelling the plan cancels every open one."""
    standing = [action for action in found.actions if action.status == actions.Status.OPEN]
    if shown.status == S.CANCELLED:
        return tuple(actions.cancelled(action, at=at) for action in standing)
    if shown.status != S.IMPLEMENTING:
        return ()
    planned, before, present = {str(row["key"]): row for row in rows(shown.content)}, former_rows(found), found.spent
    fresh = [actions.planned(shown, row, at=at) for key, row in planned.items() if key not in present]
    altered = [
        actions.revised(action, before.get(action.key, {}), planned[action.key], at=at) for action in standing if action.key in planned
    ]
    left_out = [actions.cancelled(action, at=at) for action in standing if action.key not in planned]
    return (*(row for row in altered if row is not None), *left_out, *fresh)


KIND = Kind(
    workflow=WORKFLOW,
    content=CONTENT,
    prefixes={None: "CAPA"},
    keyed=keyed,
    owners=owners,
    refuse_contradictions=refuse_contradictions,
    unmet=unmet,
    effects=effects,
)
