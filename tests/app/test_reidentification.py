"""Whether anybody can be found in what analysts get: singled out, linked or inferred (GDPR recital 26), with canaries planted.

Each attack gives what it found out. It must be nothing; and without the suppression it must be something, or the attack proves nothing.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from shared.app import usage_export as module
from shared.app.usage_export import export, lifecycle_step
from shared.db.database import current
from shared.domain.reports import usage
from tests.usage import TABLES, Field, published

ACTIONS = "select organisation_id, owner_id, due_on, count(*) from actions group by 1, 2, 3"
SOMEBODY = "select cast(max(cast(person_id as text)) as uuid) from usage_facts where role = 'operator'"
STEP = ("day", "kind", "step")
CANARY = "The only organisation that recalls documents"


@pytest.fixture
def canaries(field: Field) -> list[UUID]:
    """Organisations like others, and among them people and organisations who do what nobody else does; the canaries' ids."""
    crowd = [field.organisation(8) for _ in range(7)]
    for back in range(1, 5):
        for organisation, people in crowd:
            field.fact(organisation, people, field.day(back), "submit_change", "action_owner", times=3)
            field.fact(organisation, people, field.day(back), "submit_change", "action_owner", "wrong state")
            field.fact(organisation, people[:4], field.day(back), "submit_change", "qa", times=2)
            field.fact(organisation, people[:2], field.day(back), "approve_request")
            field.fact(organisation, people[:2], field.day(back), "report_event", "operator")
            field.fact(organisation, people, field.day(back), "triage_event")
    for organisation, people in crowd:
        field.fact(organisation, people, field.month, "submit_change")
        for person in people:
            field.approval(organisation, person, 48, field.month)
            field.action(organisation, person, field.day(-9), field.day(20))
    alone, its_people = field.organisation(60, CANARY)
    home, [ann, ben, *_] = crowd[0]
    for back in range(1, 5):
        field.fact(alone, its_people, field.day(back), "recall_document")
        field.fact(alone, its_people[:3], field.day(back), "submit_change", "operator", "not allowed")
        field.fact(home, [ann], field.day(back), "submit_change", "inspector", times=7)
        field.fact(home, [ann], field.day(back), "approve_request", "qa", "signing failed", times=5)
        field.fact(home, [ben], field.day(back), "triage_event", "qa", times=500)
    field.fact(alone, its_people, field.month, "recall_document")
    field.action(home, ann, field.day(9), field.day(20))
    return [alone, *its_people, home, ann, ben]


def truth(field: Field) -> dict[str, list[dict[str, Any]]]:
    """What the database knows that an attacker may try to learn: one entry a person and group, by table."""
    facts = [
        dict(zip(("organisation", "person", "day", "function", "role", "outcome", "refusal", "times"), row, strict=True))
        for row in field.superuser.run(
            "select organisation_id, person_id, day, function, role, outcome, refusal, count(*) from usage_facts"
            " group by 1, 2, 3, 4, 5, 6, 7"
        )
    ]
    steps = [
        {**one, "kind": step[0], "step": step[1]} for one in facts if one["outcome"] == "done" and (step := lifecycle_step(one["function"]))
    ]
    overdue = [
        {
            "organisation": organisation,
            "person": person,
            "day": field.day(back),
            "kind": "action",
            "times": times,
            "state": "overdue" if due < field.day(back) else "in_time",
        }
        for organisation, person, due, times in field.superuser.run(ACTIONS)
        for back in (1, 2, 3)
    ]
    return {"usage_daily": facts, "workflow_daily": steps, "overdue_daily": overdue}


def few(group: list[dict[str, Any]]) -> bool:
    return len({one["person"] for one in group}) < 11 or len({one["organisation"] for one in group}) < 5


def labels(table: str) -> list[str]:
    return [one.name for one in next(each for each in TABLES if each.name == table).columns if one.kind in {"DATE", "STRING"}]


def unique_matches(field: Field) -> Iterator[str]:
    """Rows that say something of a small group, by every subset of up to four of their columns."""
    seen, known = published(), truth(field)
    for table, people in known.items():
        for size in range(1, 5):
            for columns in itertools.combinations(labels(table), size):
                for values in {tuple(row[name] for name in columns) for row in seen[table]}:
                    if few([one for one in people if tuple(one[name] for name in columns) == values]):
                        yield f"{table}: {dict(zip(columns, values, strict=True))}"


def differences(field: Field) -> Iterator[str]:
    """Totals less their published parts: what is left must be nobody's or a large group's, and nobody may have done most of a row."""
    seen, known = published(), truth(field)
    facts = known["usage_daily"]
    for total in seen["workflow_daily"]:
        part = [one for one in known["workflow_daily"] if all(one[name] == total[name] for name in STEP)]
        shown = {(row["day"], row["function"], row["role"]) for row in seen["usage_daily"] if row["outcome"] == "done"}
        hidden = [one for one in part if (one["day"], one["function"], one["role"]) not in shown]
        if hidden and len(hidden) < len(part) and few(hidden):
            yield f"{total}: what is left is of {len(hidden)} people"
    for row in seen["usage_daily"]:
        counts = [one["times"] for one in facts if all(one[name] == row[name] for name in labels("usage_daily"))]
        if 2 * max(counts) > sum(counts):
            yield f"{row}: mostly one person's"


def traces(field: Field, canaries: list[UUID]) -> Iterator[str]:
    """Ids, names, or hashes of them, anywhere in what is published or kept as released."""
    kept = field.superuser.run("select rows from usage_releases")
    told = json.dumps([published(), kept], default=str).lower()
    for one in map(str, canaries):
        for way in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            for spelt in (one, one.replace("-", ""), one.upper()):
                if hashlib.new(way, spelt.encode()).hexdigest()[:16] in told:
                    yield f"{way} of {one}"
        if one in told or one.replace("-", "") in told:
            yield one
    if "ann" in told.split('"') or CANARY.lower() in told:
        yield "a name"


def removed(field: Field, person: UUID) -> Iterator[str]:
    """What changes from one export to the next when nothing happened but that somebody's facts went."""
    export()
    before = published()
    for table, column in (("usage_facts", "person_id"), ("approval_requests", "submitted_by"), ("actions", "owner_id")):
        field.superuser.run(f"delete from {table} where {column} = :person", person=person)
    export()
    after = published()
    for table in before:
        for row in (*before[table], *after[table]):
            if (row in before[table]) != (row in after[table]):
                yield f"{table}: {row}"


def monthly(field: Field) -> dict[str, list[dict[str, object]]]:
    with current().transaction(role=module.ROLE, settings=module.SETTINGS) as tx:
        return {name: list(rows) for name, rows in module._month(tx, field.month).items()}


def without_suppression(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "suppress", lambda cells, _margins=(): list(cells))


def test_no_subset_of_columns_singles_anybody_out(field: Field, canaries: list[UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    export()
    assert len(published()["usage_daily"]) > 9
    assert list(unique_matches(field)) == []
    field.superuser.run("delete from usage_releases")
    without_suppression(monkeypatch)
    export()
    assert len(list(unique_matches(field))) > 20


def test_no_total_gives_a_hidden_group_away(field: Field, canaries: list[UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    export()
    assert published()["workflow_daily"]
    assert list(differences(field)) == []
    field.superuser.run("delete from usage_releases")
    primary = usage.suppress
    monkeypatch.setattr(usage, "suppress", lambda cells, _margins=(): primary(cells))
    export()
    assert [one for one in differences(field) if "what is left" in one], "small groups hidden and totals published: not enough"
    field.superuser.run("delete from usage_releases")
    without_suppression(monkeypatch)
    export()
    assert [one for one in differences(field) if "mostly one person" in one]


def test_somebody_removed_between_two_exports_leaves_no_trace(field: Field, canaries: list[UUID]) -> None:
    [[of_the_crowd]] = field.superuser.run(SOMEBODY)
    for person in (canaries[-2], of_the_crowd):
        assert list(removed(field, person)) == []


def test_a_release_that_wasnt_kept_would_give_the_removed_away(field: Field, canaries: list[UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    """Why releases are fixed: rounding alone doesn't help against somebody who was busy."""

    def forgetful(tables: Any, day: Any, count: Any) -> Any:
        with current().transaction(role=module.ROLE, settings=module.SETTINGS) as tx:
            made = count(tx, day)
        return {one.name: [{one.partition: day.isoformat(), **row} for row in made[one.name]] for one in tables}

    monkeypatch.setattr(module, "released", forgetful)
    home, [busiest] = field.organisation(1)
    for back in (1, 2, 3):
        field.fact(home, [busiest], field.day(back), "submit_change", "action_owner", times=40)
    assert list(removed(field, busiest))


def test_nothing_published_is_an_id_or_a_name_or_made_of_one(field: Field, canaries: list[UUID]) -> None:
    export()
    assert list(traces(field, canaries)) == []


def test_an_organisation_of_a_size_of_its_own_is_in_no_month(field: Field, canaries: list[UUID], monkeypatch: pytest.MonkeyPatch) -> None:
    month = monthly(field)
    assert {row["size_band"] for row in month["adoption_monthly"]} == {"1-10"}
    assert month["cycle_times"]
    without_suppression(monkeypatch)
    assert {row["size_band"] for row in monthly(field)["adoption_monthly"]} == {"1-10", "51-250"}
