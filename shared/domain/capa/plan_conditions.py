"""What a CAPA plan must hold before it is approved, revised or closed (ISO 13485 8.5.2, 8.5.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from shared.domain.capa import actions
from shared.domain.kernel.content import Content
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.untyped import as_object

if TYPE_CHECKING:
    from shared.domain.records.dossiers import Dossier

CHECKED = {"criterion": "criterion", "measure": "measure", "not_before": "first day (not_before)"}
RESULT = frozenset({"effectiveness_result", "attachments"})


def rows(given: Content) -> list[dict[str, object]]:
    """The planned actions of a plan's content."""
    found = given.get("actions")
    return [dict(row) for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def former_rows(found: Dossier) -> dict[str, dict[str, object]]:
    """The actions of the plan's former version, by key."""
    return {str(row["key"]): row for row in rows(found.current.content)} if found.current is not None else {}


def unmet(found: Dossier, step: str, given: Content, today: date) -> list[Sentence]:
    """One sentence for each thing that a plan lacks before it is approved, revised or closed (ISO 13485 8.5.2, 8.5.3)."""
    if step == "close":
        return _not_closable(found, given, today)
    if step not in ("approve_plan", "revise"):
        return []
    number, check, planned = found.record.number, as_object(given.get("effectiveness")), rows(given)
    needs = (
        []
        if planned
        else [Sentence("plan_needs_action", "{number} needs at least one action with an owner and a due date.", number=number)]
    )
    for row in planned:
        lacks = [words for name, words in (("owner_id", "an owner"), ("due_on", "a due date")) if name not in row]
        needs += (
            [
                Sentence(
                    "action_lacks",
                    "{number} needs {missing:and} for {key}.",
                    number=number,
                    missing=tuple(map(Term, lacks)),
                    key=row["key"],
                )
            ]
            if lacks
            else []
        )
    if not given.get("goal"):
        needs.append(Sentence("plan_needs_goal", "{number} needs a goal.", number=number))
    needs += [
        Sentence("effectiveness_check_lacks", "{number} needs the effectiveness check's {missing}.", number=number, missing=Term(words))
        for name, words in CHECKED.items()
        if not check.get(name)
    ]
    if not given.get("no_adverse_effect"):
        needs.append(
            Sentence(
                "plan_needs_no_adverse_effect", "{number} needs the check that its actions do no harm (no_adverse_effect).", number=number
            )
        )
    return [*needs, *_not_revisable(found, planned, today)]


def _not_closable(found: Dossier, given: Content, today: date) -> list[Sentence]:
    number, base = found.record.number, found.record.content
    needs = []
    if {name: value for name, value in given.items() if name not in RESULT} != {
        name: value for name, value in base.items() if name not in RESULT
    }:
        needs.append(
            Sentence(
                "close_gives_result_only",
                "To close {number} gives the result of its effectiveness check (effectiveness_result) and nothing else.",
                number=number,
            )
        )
    not_before = as_object(base.get("effectiveness")).get("not_before")
    if isinstance(not_before, str) and today < date.fromisoformat(not_before):
        needs.append(
            Sentence(
                "close_too_early",
                "{number} can't be closed before {not_before}: the window of its effectiveness check.",
                number=number,
                not_before=not_before,
            )
        )
    if not given.get("effectiveness_result"):
        needs.append(
            Sentence("plan_needs_result", "{number} needs the result of its effectiveness check (effectiveness_result).", number=number)
        )
    return needs


def _not_revisable(found: Dossier, planned: list[dict[str, object]], today: date) -> list[Sentence]:
    """One sentence for each planned action that alters a finished one, revives a cancelled one or is due in the past."""
    by_key, base, needs = {str(row["key"]): row for row in planned}, former_rows(found), []
    for action in found.actions:
        row = by_key.get(action.key)
        if action.status == actions.Status.CANCELLED and row is not None and row != base.get(action.key):
            needs.append(
                Sentence("action_was_cancelled", "{number} was cancelled; leave its key out to plan it anew.", number=action.number)
            )
        elif action.status in actions.ACHIEVED and row is None:
            needs.append(
                Sentence(
                    "action_stays", "{number} is {status}; it stays part of the plan.", number=action.number, status=Term(action.status)
                )
            )
        elif action.status in actions.ACHIEVED and row != base.get(action.key):
            needs.append(
                Sentence(
                    "action_is_achieved",
                    "{number} is {status}; leave it as it is and plan a new action.",
                    number=action.number,
                    status=Term(action.status),
                )
            )
    for key, row in by_key.items():
        due_on = row.get("due_on")
        if isinstance(due_on, str) and due_on != base.get(key, {}).get("due_on") and date.fromisoformat(due_on) < today:
            needs.append(
                Sentence(
                    "action_due_in_the_past",
                    "{number}/{key} is due on {due_on}, which has passed; give another day.",
                    number=found.record.number,
                    key=key,
                    due_on=due_on,
                )
            )
    return needs
