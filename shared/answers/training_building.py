"""What the training functions answer: assignments, with what their learner needs, and the matrix's rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shared.answers import building
from shared.domain.kernel import canonical
from shared.domain.kernel.canonical import Json
from shared.domain.trainings import quizzes
from shared.domain.trainings.assignments import WORKFLOW, Assigned, Assignment

if TYPE_CHECKING:
    from datetime import date

    from shared.domain.people.people import Member
    from shared.domain.trainings.training_matrix import Cell


def brief(row: Assignment, details: Mapping[str, Any], today: date) -> Json:
    """An assignment in a list."""
    named = {name: details[name] for name in ("training", "person", "assigned_by")}
    return {"kind": "assignment", **building.thing(row, **named, overdue=row.overdue(today))}


def single(found: Assigned, details: Mapping[str, Any], today: date, by: Member) -> Json:
    """An assignment with its material, the state of its quiz, its signatures and what can be done; never the quiz's right answers."""
    document = details["document"]
    return {
        **brief(found.assignment, details, today),
        "method": found.content.get("method") or "read", "description": found.content.get("description") or found.content.get("summary"),
        "material": {name: value for name, value in document.items() if name != "content_sha256"} if document else None,
        "files": details["files"] or [], "trainer": details["trainer"], "quiz": _quiz(found), "signatures": details["signatures"],
        "extensions": details["extensions"], "open_steps": building.steps(WORKFLOW.open_steps(found, by)),
    }  # fmt: skip


def attempt(found: Assigned, one: quizzes.Attempt) -> dict[str, Any]:
    """An attempt as the learner sees it: the questions while it is open, afterwards how it went and which were wrong."""
    allowed, used = quizzes.allowed(found.content), found.assignment.attempts
    if one.ended_at is None:
        return {"id": str(one.id), "number": used + 1, "of": allowed, "questions": quizzes.shown(one, found.content)}
    return {
        "id": str(one.id), "number": used, "of": allowed, "passed": one.passed, "correct": one.correct, "total": one.total,
        "attempts_left": max(0, allowed - used), "wrong": quizzes.wrong(one, found.content),
    }  # fmt: skip


def matrix_row(person: Json, cells: Sequence[Cell]) -> Json:
    """One person with how they stand in each training."""
    return {"person": person, "trainings": [_cell(one) for one in cells]}


def _cell(one: Cell) -> Json:
    need = one.requirement
    return {
        "training": {"id": str(need.record_id), "kind": need.kind, "number": need.number, "title": need.title},
        "version": need.version, "document_id": canonical.plain(need.document_id), "document_version": need.document_version,
        "state": one.state, "date": canonical.plain(one.on), "due_on": canonical.plain(one.due_on),
        "valid_until": canonical.plain(one.valid_until), "assignment_id": str(one.assignment.id) if one.assignment else None,
    }  # fmt: skip


def _quiz(found: Assigned) -> Json | None:
    if not found.has_quiz:
        return None
    allowed, used = quizzes.allowed(found.content), found.assignment.attempts
    results = [
        {"number": one.number, "correct": one.correct, "total": one.total, "passed": one.passed, "ended_at": canonical.plain(one.ended_at)}
        for one in found.attempts
        if one.ended_at is not None
    ]
    return {
        "questions": len(quizzes.questions_of(found.content)), "pass_mark": quizzes.pass_mark(found.content), "attempts": allowed,
        "attempts_left": max(0, allowed - used), "passed": found.passed, "begun": found.open_attempt is not None, "results": results,
    }  # fmt: skip
