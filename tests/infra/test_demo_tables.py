"""The tables of the demo organisation's year: whatever day it is, each act comes at its time and speaks of what is there by then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra import register
from infra.local.demo_organisation import PEOPLE
from infra.local.demo_year import tables
from infra.local.demo_year.bodies import docx, lines, pdf, photograph
from infra.local.demo_year.verbs import VERBS

MONDAY = datetime(2026, 3, 2, 7, 40, tzinfo=UTC)
DAYS = [MONDAY + timedelta(days=days, hours=hours) for days in (*range(7), 28, 302) for hours in (-7, 0, 15)]
REFERENCE = re.compile(r"\$(\w+):(.+)")


def values(value: Any) -> Iterator[Any]:
    """Everything that stands in a value."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from values(one)
    else:
        yield value


def rows() -> list[dict[str, Any]]:
    calendar = tables.Calendar(MONDAY)
    return sorted(
        (row for story in tables.STORIES for row in tables.table(story)), key=lambda row: calendar.moment(row["at"], worked=False)
    )


def test_each_act_is_done_by_somebody_who_is_there_with_a_function_that_exists() -> None:
    functions = {function.name for function in register.read()}
    there = {"admin"}
    for row in rows():
        assert row["do"] in VERBS or row["do"] in functions, row
        assert row.get("who", "admin") in there, row
        there |= set(row["people"]) if row["do"] == "join" else set()
    assert there == {person.local for person in PEOPLE}


def test_each_reference_names_what_is_there_by_then() -> None:
    documents, photographs = tables.documents(), tables.table("photographs")
    known: set[str] = set()
    for row in rows():
        written = [documents[key] for key in row["documents"]] if row["do"] == "write" else []
        for kind, name in (
            found.groups() for one in values([row, *written]) if isinstance(one, str) and (found := REFERENCE.fullmatch(one))
        ):
            if kind == "thing":
                assert name in known, row
            elif kind == "photograph":
                assert name in photographs, row
            elif kind == "person":
                assert name in {person.local for person in PEOPLE}, row
            else:
                assert kind in {"team", "day", "at"}, row
        for name in ("about", "of", "plan"):
            assert row.get(name) is None or row[name] in known, row
        if row["do"] in {"write", "revise"}:
            known |= {row["change"], *row.get("documents", ())}
        if "keep" in row:
            known |= {row["keep"], f"{row['keep']} change"}


def test_no_field_of_a_table_is_empty() -> None:
    for name in (*tables.STORIES, "documents", "photographs"):
        assert None not in list(values(tables.table(name))), name


@pytest.mark.parametrize("present", DAYS, ids=str)
def test_whatever_day_it_is_everything_is_done_in_its_order_on_working_days_before_now(present: datetime) -> None:
    calendar = tables.Calendar(present)
    acts = tables.acts(calendar)
    assert [(act.do, act.who) for act in acts] == [(row["do"], row.get("who", "")) for row in rows()]
    assert all(act.at < present for act in acts)
    assert all(act.at.astimezone(tables.ZONE).weekday() < tables.SATURDAY for act in acts if act.at < present - timedelta(hours=8))
    assert (present - acts[0].at).days in range(364, 370)
    assert calendar.day("first").day == 1
    assert 3 <= (calendar.day("first") - calendar.today).days <= 34
    assert calendar.day("friday").weekday() == 4
    assert 1 <= (calendar.day("friday") - calendar.today).days <= 7


def test_a_document_has_a_text_for_each_version_and_each_differs() -> None:
    for key, document in tables.documents().items():
        assert len(set(document["texts"])) == len(document["texts"]) == 1 + len(document.get("revised", ())), key
        assert any(heading for heading, _ in lines(document["texts"][0])), key


def test_the_files_are_what_they_say() -> None:
    text = "# Scope\nVessels of 100 litres at 2 to 8 °C & more."
    assert pdf("scope", "Cleaning", text).content.startswith(b"%PDF-")
    assert docx("scope", "Cleaning", text).content.startswith(b"PK")
    for name, drawn in tables.table("photographs").items():
        assert photograph(name, drawn).content.startswith(b"\xff\xd8\xff")
