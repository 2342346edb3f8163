"""Builders of CAPA plans, actions, extensions and comments, and every relation that a person can have to one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from shared.domain.capa import capa_plans
from shared.domain.capa.actions import Action
from shared.domain.capa.extensions import Asked, Due, Extension
from shared.domain.changes.comments import Comment, Remark
from shared.domain.kernel.workflow import Actor
from shared.domain.people.people import QA, Member, Role
from shared.domain.records.dossiers import Dossier
from tests.domain import cases

SOON, LATER = cases.TODAY + timedelta(10), cases.TODAY + timedelta(20)
DOER = cases.member("Dora", Role.ACTION_OWNER)


def row(key: str | None = "A1", owner: Member = DOER, due_on: date = SOON, **more: Any) -> dict[str, object]:
    """A planned action; None as key leaves it out."""
    said = {"kind": "corrective", "description": "Replace the seal", "owner_id": str(owner.person_id), "due_on": due_on.isoformat(), **more}
    return said if key is None else {"key": key, **said}


def content(*rows: dict[str, object], **more: Any) -> dict[str, Any]:
    """What an approvable plan says."""
    check = {"criterion": "No leak", "measure": "Leak test", "not_before": SOON.isoformat()}
    return {"goal": "No leaks", "actions": [*rows] or [row()], "no_adverse_effect": "Validated", "effectiveness": check, **more}


def action(key: str = "A1", status: str = "open", owner: Member = DOER, **more: Any) -> Action:
    """An action of the plan."""
    done: dict[str, Any] = {"completed_by": owner.person_id, "completed_at": cases.AT} if status in ("done", "verified") else {}
    done |= {"closed_at": cases.AT} if status in ("verified", "cancelled") else {}
    keys: dict[str, Any] = {"organisation_id": cases.ORGANISATION, "id": cases.uid(f"action {key}"), "revision": 1}
    about: dict[str, Any] = {"record_id": cases.uid("CAPA-2026-0001"), "change_id": None, "key": key, "number": f"CAPA-2026-0001/{key}"}
    words: dict[str, Any] = {"kind": "corrective", "description": "Replace the seal", "owner_id": owner.person_id, "status": status}
    days: dict[str, Any] = {
        "due_on": SOON,
        "original_due_on": SOON,
        "extensions": 0,
        "created_at": cases.BEFORE,
        "updated_at": cases.BEFORE,
    }
    return Action(**{**keys, **about, **words, **days, **done, **more})


def plan(status: str = "implementing", *actions: Action, given: dict[str, object] | None = None, **more: Any) -> Dossier:
    """A plan with its version in force, if it has one, and its actions."""
    said = capa_plans.keyed(content() if given is None else given, frozenset())
    return cases.worked("capa_plan", status, "CAPA-2026-0001", current=status != "draft", content=said, actions=actions, **more)


def extension(by: Member = DOER, status: str = "requested", **more: Any) -> Extension:
    """Somebody's wish for more time for an action."""
    usual: dict[str, Any] = {
        "organisation_id": cases.ORGANISATION,
        "id": cases.uid("extension"),
        "action_id": action().id,
        "assignment_id": None,
        "record_id": None,
        "requested_by": by.person_id,
        "reason": "Seals come late",
        "due_on_before": SOON,
        "due_on": LATER,
        "status": status,
        "created_at": cases.BEFORE,
        "updated_at": cases.BEFORE,
        "revision": 1,
    }
    return Extension(**{**usual, **more})


def due(of: Action | None = None, **more: Any) -> Due:
    """An action as something that is due."""
    found = of or action()
    usual: dict[str, Any] = {
        "kind": "action",
        "row": found,
        "name": found.number,
        "owner_id": found.owner_id,
        "due_on": found.due_on,
        "over": False,
    }
    return Due(**{**usual, **more})


def comment(by: Member = cases.RUTH, status: str = "open", **more: Any) -> Comment:
    """A comment on Olga's change."""
    resolved = {"resolved_by": by.person_id, "resolved_at": cases.AT} if status == "resolved" else {}
    usual: dict[str, Any] = {
        "organisation_id": cases.ORGANISATION,
        "id": cases.uid("comment"),
        "change_id": cases.uid("CHG-2026-0001"),
        "parent_id": None,
        "record_id": None,
        "field": None,
        "text": "Which vessels?",
        "author_id": by.person_id,
        "status": status,
        "created_at": cases.BEFORE,
        "updated_at": cases.BEFORE,
        "revision": 1,
    }
    return Comment(**{**usual, **resolved, **more})


def plans_of(_kind: str, _step: str, status: str, actor: Actor) -> Iterator[tuple[str, Any]]:
    """A plan that others wrote and carried out; that the actor worked on; of which the actor did an action."""
    found = plan(status, action(status="verified"))
    yield "no contributor", found
    yield "contributor", replace(found, contributors=found.contributors | {actor.person_id})
    yield "doer", replace(found, actions=(action(status="verified", completed_by=actor.person_id),))


def actions_of(_kind: str, _step: str, status: str, actor: Actor) -> Iterator[tuple[str, Any]]:
    """Somebody else's action, the actor's own, and one that the actor did before it was handed over."""
    yield "no doer", action(status=status)
    yield "owner", action(status=status, owner_id=actor.person_id)
    yield "doer", action(status=status, completed_by=actor.person_id)


def extensions_of(_kind: str, _step: str, status: str, actor: Actor) -> Iterator[tuple[str, Any]]:
    """An extension that somebody else asked for, that the actor asked for, and one of what the actor owes by now."""
    yield "no requester", Asked(extension(status=status), due())
    yield "requester", Asked(extension(status=status, requested_by=actor.person_id), due())
    yield "owner", Asked(extension(status=status), due(owner_id=actor.person_id))


def comments_of(_kind: str, _step: str, status: str, actor: Actor) -> Iterator[tuple[str, Any]]:
    """Another's comment on another's change, which concerns QA all the same; the actor's own; one on the actor's change."""
    yield ("concerned" if QA.admits(actor) else "stranger"), Remark(comment(status=status), frozenset({cases.AUTHOR.person_id}))
    yield "concerned", Remark(comment(status=status, author_id=actor.person_id), frozenset({cases.AUTHOR.person_id}))
    yield "concerned", Remark(comment(status=status), frozenset({actor.person_id}))


SUBJECTS = {"capa_plan": plans_of, "action": actions_of, "extension": extensions_of, "comment": comments_of}
