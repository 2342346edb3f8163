"""Events: reported by anybody who owns work, judged by QA, closed by a change once everything about them is said (ISO 13485 8.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.domain.changes.items import Given, place
from shared.domain.events import event_conditions, events, triage
from shared.domain.kernel.content import moment
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid
from shared.domain.people.people import Role
from shared.domain.records import working_content
from shared.domain.records.records import Contributor, Record, RecordFile
from tests.domain import cases
from tests.domain.cases import AT, AUTHOR, BEFORE, QUINN, TODAY, one
from tests.domain.events.closable import event

OPERATOR, INSPECTOR = cases.member("Otto", Role.OPERATOR), cases.member("Ines", Role.INSPECTOR)


@example(timedelta(days=1))
@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_late_is_more_than_a_day_after_the_detection(gap: timedelta) -> None:
    gap -= timedelta(microseconds=gap.microseconds)
    at = BEFORE.replace(microsecond=0)
    assert event_conditions.reported_late({"detected_at": (at - gap).isoformat()}, at) == (gap > timedelta(days=1))
    assert not event_conditions.reported_late({}, at)


@given(st.integers(1, 10), st.integers(1, 10), st.integers(1, 10))
def test_the_risk_is_severity_times_occurrence_times_detection(severity: int, occurrence: int, detection: int) -> None:
    risk = {"severity": severity, "occurrence": occurrence, "detection": detection}
    assert event_conditions.risk_number(events.CONTENT.check("content", {"risk": risk})) == severity * occurrence * detection
    assert event_conditions.risk_number({}) is None


@pytest.mark.parametrize(
    ("risk", "field"),
    [
        ({"severity": 1, "occurrence": 1}, "detection"),
        ({"severity": 0, "occurrence": 1, "detection": 1}, "severity"),
        ({"severity": 1, "occurrence": 11, "detection": 1}, "occurrence"),
        ({"severity": 1, "occurrence": 1, "detection": "1"}, "detection"),
        ({"severity": 1, "occurrence": None, "detection": 1}, "occurrence"),
        ({"severity": 1, "occurrence": 1, "detection": 1, "number": 1}, "number"),
    ],
)
def test_a_risk_is_whole_numbers_from_1_to_10(risk: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        triage.triage(event("reported"), {"severity": "minor", "risk": risk}, due_on=None, by=QUINN, at=AT)
    assert refused.value.field == f"risk.{field}", "the field has the name that it has in the body"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("deviation", "deviation"),
        ("Planned Deviation", "planned_deviation"),
        ("non-conformity", "non_conformity"),
        (" near miss ", "near_miss"),
    ],
)
def test_a_type_is_understood_as_people_write_it(said: str, meant: str) -> None:
    assert events.type_named(said) == meant


@given(st.text(max_size=30).filter(lambda name: name.strip().lower().replace(" ", "_").replace("-", "_") not in events.TYPES))
def test_another_type_is_refused_by_name(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        events.type_named(name)
    assert refused.value.field == "type"


@given(st.integers(-50, 50), st.integers(-50, 50))
def test_an_event_occurred_before_it_was_detected_and_both_have_been(occurred: int, detected: int) -> None:
    content = {name: (AT + timedelta(hours=hours)).isoformat() for name, hours in (("occurred_at", occurred), ("detected_at", detected))}
    if occurred <= 0 and occurred <= detected <= 0:
        events.refuse_contradictions("deviation", content, AT)
        return
    with pytest.raises(Invalid) as refused:
        events.refuse_contradictions("deviation", content, AT)
    assert refused.value.field == ("content.occurred_at" if occurred > 0 else "content.detected_at")


def test_a_planned_deviation_may_lie_ahead() -> None:
    ahead = {"occurred_at": (AT + timedelta(days=7)).isoformat()}
    events.refuse_contradictions("planned_deviation", ahead, AT)
    with pytest.raises(Invalid):
        events.refuse_contradictions("planned_deviation", {**ahead, "detected_at": AT.isoformat()}, AT)


def test_a_report_has_its_first_contributor_and_ties_its_files() -> None:
    record = event("reported").record
    file_id = str(cases.uid("photo"))
    begun = working_content.new_record(replace(record, content={"attachments": [file_id], "place": "Line 1"}), by=AUTHOR, at=AT)
    assert one(begun, Contributor).person_id == AUTHOR.person_id
    assert [(row.field, str(row.file_id)) for row in begun.saves if isinstance(row, RecordFile)] == [("attachments", file_id)]


@pytest.mark.parametrize("field", ["severity", "classification", "risk", "reportable"])
def test_what_qa_judges_is_nobodys_to_write(field: str) -> None:
    value: Any = {"severity": "minor", "classification": "A", "reportable": {"decision": "no"}}.get(field) or dict.fromkeys(
        ("severity", "occurrence", "detection"), 1
    )
    with pytest.raises(Invalid, match="QA's to judge") as refused:
        working_content.edit(event(), {field: value}, by=QUINN, at=AT)
    assert refused.value.field == f"content.{field}"
    with pytest.raises(Invalid, match="QA's to judge"):
        working_content.edit(event(), {field: None}, by=AUTHOR, at=AT)
    with pytest.raises(Invalid, match="QA's to judge"):
        working_content.new_record(replace(event("reported").record, content={field: value}), by=AUTHOR, at=AT)


@pytest.mark.parametrize("field", ["containment", "disposition"])
def test_what_was_done_at_once_is_qas_to_judge_from_the_triage_on(field: str) -> None:
    working_content.edit(event("reported"), {field: "Held back"}, by=AUTHOR, at=AT)
    working_content.new_record(replace(event("reported").record, content={field: "Held back"}), by=AUTHOR, at=AT)
    for status in ("triaged", "under_investigation"):
        for value in ("Released", None):
            with pytest.raises(Invalid, match=r"signed reclassification \(reclassify_event\)") as refused:
                working_content.edit(event(status), {field: value}, by=QUINN, at=AT)
            assert refused.value.field == f"content.{field}"
            assert ("by the change that closes" in str(refused.value)) == (field == "disposition")
        anew = one(triage.reclassify(event(status), {field: "Destroyed"}, by=QUINN, at=AT), Record)
        assert anew.content[field] == "Destroyed"


def test_a_change_that_closes_states_the_disposition_but_not_the_containment() -> None:
    found, change = event(), cases.change()
    wanted = Given(found.record.id, "close", content={"disposition": "Destroyed"})
    (placed,) = place(change, (), [wanted], {found.record.id: found}, {}, at=AT)
    assert placed.content == {"disposition": "Destroyed"}
    with pytest.raises(Invalid, match="not by a change") as refused:
        place(change, (), [replace(wanted, content={"containment": "None"})], {found.record.id: found}, {}, at=AT)
    assert refused.value.field == "items.0.content.containment"


def test_whoever_edits_is_a_contributor_from_then_on() -> None:
    found = event(content={"place": "Line 1", "product": "Ampoule", "severity": "minor"})
    edited = working_content.edit(found, {"place": "Line 2", "product": None}, title="Broken seals", due_on=TODAY, by=QUINN, at=AT)
    record = one(edited, Record)
    assert (record.title, record.due_on, record.status) == ("Broken seals", TODAY, "triaged")
    assert record.content == {"place": "Line 2", "severity": "minor"}
    assert one(edited, Contributor).person_id == QUINN.person_id


def test_an_edit_says_what_it_changes() -> None:
    with pytest.raises(Invalid, match="Nothing would change"):
        working_content.edit(event(), {}, by=AUTHOR, at=AT)


def test_a_due_date_is_not_before_the_report() -> None:
    for due_on in (BEFORE.date() - timedelta(days=1), date(1999, 1, 1)):
        with pytest.raises(Invalid) as refused:
            working_content.edit(event(), {}, due_on=due_on, by=AUTHOR, at=AT)
        assert refused.value.field == "due_on"
        with pytest.raises(Invalid):
            triage.triage(event("reported"), {"severity": "minor"}, due_on=due_on, by=QUINN, at=AT)
    working_content.edit(event(), {}, due_on=BEFORE.date(), by=AUTHOR, at=AT)


@pytest.mark.parametrize("status", ["closed", "cancelled"])
def test_what_is_over_isnt_edited(status: str) -> None:
    with pytest.raises(Conflict, match=f"This event is {status}"):
        working_content.edit(event(status), {"place": "Line 2"}, by=AUTHOR, at=AT)


@pytest.mark.parametrize("who", [OPERATOR, INSPECTOR])
def test_readers_work_on_nothing(who: Any) -> None:
    with pytest.raises(Forbidden):
        working_content.edit(event(), {"place": "Line 2"}, by=who, at=AT)
    with pytest.raises(Forbidden):
        triage.triage(event("reported"), {"severity": "minor"}, due_on=None, by=who, at=AT)


def test_nothing_moves_while_the_closing_is_in_approval() -> None:
    frozen = event(in_approval="CHG-2026-0001")
    steps: list[Any] = [
        lambda: working_content.edit(frozen, {"place": "Line 2"}, by=AUTHOR, at=AT),
        lambda: triage.reclassify(frozen, {"severity": "minor"}, by=QUINN, at=AT),
        lambda: working_content.take(frozen, "cancel", by=QUINN, at=AT),
        lambda: working_content.take(frozen, "investigate", by=AUTHOR, at=AT),
    ]
    for step in steps:
        with pytest.raises(Conflict, match="in approval, in CHG-2026-0001"):
            step()


def test_triage_is_qas_judgement_and_makes_nobody_a_contributor() -> None:
    given = {"severity": "major", "containment": "Held back", "classification": None, "disposition": "Destroyed"}
    judged = triage.triage(event("reported", content={"place": "Line 1"}), given, due_on=TODAY, by=QUINN, at=AT)
    record = one(judged, Record)
    assert (record.status, record.due_on) == ("triaged", TODAY)
    assert record.content == {"place": "Line 1", "severity": "major", "containment": "Held back", "disposition": "Destroyed"}
    assert [row for row in judged.saves if isinstance(row, Contributor)] == []


def test_a_reclassification_moves_what_is_given_only() -> None:
    found = event("under_investigation", content={"severity": "minor", "classification": "A", "place": "Line 1"})
    record = one(triage.reclassify(found, {"severity": "critical"}, by=QUINN, at=AT), Record)
    assert (record.status, record.content) == (
        "under_investigation",
        {"severity": "critical", "classification": "A", "place": "Line 1"},
    )
    taken_back = one(triage.reclassify(found, {"classification": None}, by=QUINN, at=AT), Record)
    assert taken_back.content == {"severity": "minor", "place": "Line 1"}
    with pytest.raises(Invalid, match="judged anew"):
        triage.reclassify(found, {}, by=QUINN, at=AT)
    with pytest.raises(Invalid, match="must be one of") as refused:
        triage.reclassify(found, {"severity": "huge"}, by=QUINN, at=AT)
    assert refused.value.field == "severity"


def test_whoever_reported_or_worked_on_it_never_cancels_it() -> None:
    found = event("reported", contributors=frozenset({AUTHOR.person_id, QUINN.person_id}))
    with pytest.raises(Forbidden, match="somebody else must decide"):
        working_content.take(found, "cancel", by=QUINN, at=AT)
    record = one(working_content.take(found, "cancel", by=cases.RUTH, at=AT), Record)
    assert (record.status, record.closed_at) == ("cancelled", AT)


def test_a_moment_is_kept_in_utc() -> None:
    content = events.CONTENT.check("content", {"occurred_at": "2026-11-01T10:00:00+02:00"})
    assert content == {"occurred_at": "2026-11-01T08:00:00+00:00"}
    assert moment(content["occurred_at"]) is not None
