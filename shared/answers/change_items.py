"""Answers about the items of a change: what each does to its record, and what of its files could be compared."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.parts import Named, Pointer, pointer
from shared.answers.rows import as_answer, as_answers
from shared.answers.versions import Compared, Difference, diff, responsible
from shared.domain.changes import proposals, rounds
from shared.domain.kernel.canonical import Json
from shared.domain.records.comparisons import Evidence, Pair
from shared.domain.records.differences import changed_files, sides
from shared.domain.records.kinds import KINDS
from shared.domain.trainings import quizzes


class Statement(Compared):
    """What of one file field could be compared; it is part of what a signature under the round covers."""

    field: str


class ChangeItem(TypedDict):
    """What a change does to one record."""

    record_id: str
    record: Pointer | None
    number: str
    kind: str
    step: str
    base_version: int
    title: str
    owner_id: str | None
    owner: Named | None
    team_id: str | None
    team: Named | None
    content: dict[str, Any]
    files: list[str]
    before: dict[str, Any]
    diff: list[Difference]
    compared: list[Statement]


def submitted(found: proposals.Proposal, submissions: Sequence[Mapping[str, Any]], asked: quizzes.Asked) -> list[Json]:
    """The items as they were submitted, or as they would be now."""
    decided = found.change.status not in (proposals.Status.DRAFT, proposals.Status.DISCARDED) and submissions
    whole = submissions[-1]["frozen"] if decided else quizzes.kept_secret(rounds.freeze(found), asked)
    items: list[Json] = whole["items"]
    return items


def pairs(items: Sequence[Mapping[str, Any]], files: Container[str]) -> list[Pair]:
    """The files that comparing the items compares, in the order in which a round states them."""
    return [pair for item in items for pair in changed_files(*sides(item["before"] or {}, item), files)]


def shown(found: proposals.Proposal, items: Sequence[Mapping[str, Any]], evidence: Evidence) -> list[ChangeItem]:
    """The items with their differences; what a round stated when it was frozen stays as it was stated."""
    records = {str(one.record.id): one.record for one in found.dossiers.values()}
    answers = []
    for item in items:
        stated = as_answers(Statement, item.get("compared"))
        said = {one["field"]: as_answer(Compared, {name: value for name, value in one.items() if name != "field"}) for one in stated}
        differences = [
            as_answer(Difference, {**one, "compared": said[one["field"]]}) if one["field"] in said else one
            for one in diff(item["before"] or {}, item, evidence.of(KINDS[item["kind"]].renditions))
        ]
        record = pointer(records[item["record_id"]]) if item["record_id"] in records else None
        answers.append(
            as_answer(ChangeItem, {**item, **responsible(item, evidence), "record": record, "diff": differences, "compared": stated})
        )
    return answers
