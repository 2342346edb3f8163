"""CAPA plans: actions against causes, with owners and due dates, and the check of their effectiveness (ISO 13485 8.5.2, 8.5.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from shared.domain.capa import actions
from shared.domain.kernel import text
from shared.domain.kernel.arguments import MAYBE_REASON, REASON
from shared.domain.kernel.content import Choice, Content, Day, Fields, FileId, Identifier, ListOf, Text
from shared.domain.kernel.errors import Invalid
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
            raise Invalid(path, "This must be a key such as A1; leave it out for a new action.")
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
                raise Invalid(f"{path}.{name}", "This field is needed.")
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


def _all_done(found: Dossier, _: Actor) -> str | None:
    waiting = [one.number for one in found.actions if not one.over]
    return f"Every action must be verified or cancelled first; {', '.join(waiting)} isn't." if waiting else None


NOT_DOER = Relation[Dossier](
    "not_doer",
    lambda found, by: all(one.completed_by != by.person_id for one in found.actions),
    "You did an action of this plan yourself, so somebody else must verify it.",
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


def rows(given: Content) -> list[dict[str, object]]:
    """The planned actions of a plan's content."""
    found = given.get("actions")
    return [dict(row) for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def sources(plan: Record, given: Sequence[UUID], ends: Mapping[UUID, End], *, by: Member, at: datetime) -> tuple[Link, ...]:
    """The links from a new plan's source events and investigations; raises Invalid naming a source that is neither."""
    found = []
    for index, one in enumerate(given):
        if one not in ends or ends[one].kind not in SOURCES:
            raise Invalid(f"source_ids.{index}", "There is no such event or investigation in this organisation.")
        here = End(plan.id, plan.kind, plan.number, plan.status)
        found.append(links.link(plan.organisation_id, ends[one], "corrected_by", here, by=by.person_id, at=at))
    if len(set(given)) != len(given):
        raise Invalid("source_ids", "A source stands in the list twice.")
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
            raise Invalid(f"content.actions.{index}.key", f"{row['key']} stands in the list twice; leave the key out for a new action.")
        seen.add(row.get("key"))


def owners(base: Content, given: Content) -> dict[str, tuple[str, UUID]]:
    """The new owners of actions, by field, each with the action's key; the caller checks that they may own work."""
    had = {(row.get("key"), row.get("owner_id")) for row in rows(base)}
    return {
        f"actions.{index}.owner_id": (str(row.get("key", "")), UUID(str(row["owner_id"])))
        for index, row in enumerate(rows(given))
        if row.get("owner_id") and (row.get("key"), row["owner_id"]) not in had
    }


def unmet(found: Dossier, step: str, given: Content, today: date) -> list[str]:
    """One sentence for each thing that a plan lacks before it is approved, revised or closed (ISO 13485 8.5.2, 8.5.3)."""
    if step == "close":
        return _not_closable(found, given, today)
    if step not in ("approve_plan", "revise"):
        return []
    number, check, planned = found.record.number, as_object(given.get("effectiveness")), rows(given)
    needs = [] if planned else [f"{number} needs at least one action with an owner and a due date."]
    for row in planned:
        lacks = [words for name, words in (("owner_id", "an owner"), ("due_on", "a due date")) if name not in row]
        needs += [f"{number} needs {' and '.join(lacks)} for {row['key']}."] if lacks else []
    if not given.get("goal"):
        needs.append(f"{number} needs a goal.")
    needs += [f"{number} needs the effectiveness check's {words}." for name, words in CHECKED.items() if not check.get(name)]
    if not given.get("no_adverse_effect"):
        needs.append(f"{number} needs the check that its actions do no harm (no_adverse_effect).")
    return [*needs, *_not_revisable(found, planned, today)]


CHECKED = {"criterion": "criterion", "measure": "measure", "not_before": "first day (not_before)"}
RESULT = frozenset({"effectiveness_result", "attachments"})


def _not_closable(found: Dossier, given: Content, today: date) -> list[str]:
    number, base = found.record.number, found.record.content
    needs = []
    if {name: value for name, value in given.items() if name not in RESULT} != {
        name: value for name, value in base.items() if name not in RESULT
    }:
        needs.append(f"To close {number} gives the result of its effectiveness check (effectiveness_result) and nothing else.")
    not_before = as_object(base.get("effectiveness")).get("not_before")
    if isinstance(not_before, str) and today < date.fromisoformat(not_before):
        needs.append(f"{number} can't be closed before {not_before}: the window of its effectiveness check.")
    if not given.get("effectiveness_result"):
        needs.append(f"{number} needs the result of its effectiveness check (effectiveness_result).")
    return needs


def _not_revisable(found: Dossier, planned: list[dict[str, object]], today: date) -> list[str]:
    """One sentence for each planned action that alters a finished one, revives a cancelled one or is due in the past."""
    by_key, base, needs = {str(row["key"]): row for row in planned}, _before(found), []
    for action in found.actions:
        row = by_key.get(action.key)
        if action.status == actions.Status.CANCELLED and row is not None and row != base.get(action.key):
            needs.append(f"{action.number} was cancelled; leave its key out to plan it anew.")
        elif action.status in actions.ACHIEVED and row is None:
            needs.append(f"{action.number} is {action.status}; it stays part of the plan.")
        elif action.status in actions.ACHIEVED and row != base.get(action.key):
            needs.append(f"{action.number} is {action.status}; leave it as it is and plan a new action.")
    for key, row in by_key.items():
        due_on = row.get("due_on")
        if isinstance(due_on, str) and due_on != base.get(key, {}).get("due_on") and date.fromisoformat(due_on) < today:
            needs.append(f"{found.record.number}/{key} is due on {due_on}, which has passed; give another day.")
    return needs


def effects(shown: Record, found: Dossier, at: datetime) -> tuple[Action, ...]:
    """Approving a plan creates, updates and cancels its actions; cancelling the plan cancels every open one."""
    standing = [action for action in found.actions if action.status == actions.Status.OPEN]
    if shown.status == S.CANCELLED:
        return tuple(actions.cancelled(action, at=at) for action in standing)
    if shown.status != S.IMPLEMENTING:
        return ()
    planned, before, present = {str(row["key"]): row for row in rows(shown.content)}, _before(found), found.spent
    fresh = [actions.planned(shown, row, at=at) for key, row in planned.items() if key not in present]
    altered = [
        actions.revised(action, before.get(action.key, {}), planned[action.key], at=at) for action in standing if action.key in planned
    ]
    left_out = [actions.cancelled(action, at=at) for action in standing if action.key not in planned]
    return (*(row for row in altered if row is not None), *left_out, *fresh)


def _before(found: Dossier) -> dict[str, dict[str, object]]:
    """The actions of the plan's former version, by key."""
    return {str(row["key"]): row for row in rows(found.current.content)} if found.current is not None else {}


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
