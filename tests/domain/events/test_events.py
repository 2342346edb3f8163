"""Events: reported by anybody who owns work, judged by QA, closed by a change once everything about them is said (ISO 13485 8.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.domain.changes import changes
from shared.domain.changes.items import Given, place
from shared.domain.events import events, triage
from shared.domain.kernel.content import moment
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid
from shared.domain.kernel.outcomes import Outcome
from shared.domain.people.people import Role
from shared.domain.records import working_content
from shared.domain.records.dossiers import Dossier
from shared.domain.records.records import Contributor, Record, RecordFile, Version, VersionFile
from tests.domain import cases
from tests.domain.cases import AT, AUTHOR, BEFORE, QUINN, TODAY, one, related, worked

OPERATOR, INSPECTOR = cases.member("Otto", Role.OPERATOR), cases.member("Ines", Role.INSPECTOR)
# Everything that a critical complaint about product needs before it closes; each test takes one thing away.
CLOSABLE: dict[str, object] = {
    "description": "The seal was broken",
    "product": "Ampoule 5 ml",
    "batch": "B-17",
    "severity": "critical",
    "containment": "Held back",
    "correction": "Sealed again",
    "disposition": "Destroyed",
    "cause": "A worn jaw",
    "reportable": {"decision": "no", "reason": "Nobody was harmed"},
    "detected_at": (BEFORE - timedelta(hours=1)).isoformat(timespec="seconds"),
}
CONCLUDED = related("investigation", "concluded", "investigated_in")


def event(status: str = "triaged", **more: Any) -> Dossier:
    """A complaint of Olga's."""
    return worked("event", status, "EVT-2026-0001", **{"type": "complaint", **more})


def unmet(given: dict[str, object], *links: Any, step: str = "close", **more: Any) -> list[str]:
    """What keeps such an event from closing."""
    return events.unmet(event(related=links, **more), step, {name: value for name, value in given.items() if value is not None}, TODAY)


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
def test_an_event_with_everything_said_closes() -> None:
    assert unmet(CLOSABLE, CONCLUDED) == []


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
@pytest.mark.parametrize(
    ("without", "word"),
    [
        ({"correction": None}, "correction"),
        ({"disposition": None}, "disposition"),
        ({"correction": None, "product": None}, "correction"),
        ({"correction": None, "product": None, "batch": None, "serial": "S-1"}, "correction"),
        ({"disposition": None, "product": None, "batch": None, "udi": "U-1"}, "disposition"),
        ({"reportable": None}, "reportable"),
        ({"reportable": {"reason": "Unsure"}}, "reportable"),
        ({"detected_at": (BEFORE - timedelta(hours=25)).isoformat(timespec="seconds")}, "24 hours"),
    ],
)
def test_an_event_waits_for_what_is_missing(without: dict[str, object], word: str) -> None:
    needs = unmet({**CLOSABLE, **without}, CONCLUDED)
    assert len(needs) == 1
    assert word in needs[0]
    assert needs[0].startswith("EVT-2026-0001")


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
def test_where_no_product_is_affected_no_disposition_is_asked() -> None:
    nothing = {"product": None, "batch": None, "correction": None, "disposition": None}
    assert unmet({**CLOSABLE, **nothing}, CONCLUDED) == []


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
def test_an_event_needs_a_cause_a_reason_for_none_or_a_concluded_investigation() -> None:
    minor: dict[str, object] = {**CLOSABLE, "severity": "minor", "cause": None}
    assert ["cause" in need for need in unmet(minor)] == [True]
    assert unmet({**minor, "no_cause_reason": "A single event, nothing was found"}) == []
    assert unmet(minor, CONCLUDED) == []


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
@pytest.mark.parametrize("severity", ["major", "critical"])
@pytest.mark.parametrize("status", ["open", "cancelled", None])
def test_what_is_serious_closes_on_a_concluded_investigation_only(severity: str, status: str | None) -> None:
    links = [] if status is None else [related("investigation", status, "investigated_in")]
    needs = unmet({**CLOSABLE, "severity": severity}, *links)
    assert needs == [f"EVT-2026-0001 is {severity}: conclude an investigation first."]
    assert unmet({**CLOSABLE, "severity": "minor"}, *links) == []


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
@pytest.mark.parametrize(
    ("status", "waits"),
    [("draft", True), ("implementing", True), ("effectiveness_check", False), ("closed_effective", False), ("cancelled", False)],
)
def test_an_event_waits_until_its_plans_are_past_implementing(status: str, waits: bool) -> None:
    plan = related("capa_plan", status, "corrected_by", "CAPA-2026-0001")
    needs = unmet(CLOSABLE, CONCLUDED, plan)
    assert [need.startswith("CAPA-2026-0001 isn't implemented yet") for need in needs] == [True] * waits
    assert unmet({**CLOSABLE, "no_capa_reason": "The plan is about another line as well"}, CONCLUDED, plan) == []


def test_only_complaints_need_a_decision_about_reporting() -> None:
    assert unmet({**CLOSABLE, "reportable": None}, CONCLUDED, type="deviation") == []


def test_a_reason_for_the_late_report_lets_it_close() -> None:
    late = {**CLOSABLE, "detected_at": (BEFORE - timedelta(days=2)).isoformat(timespec="seconds")}
    assert unmet({**late, "late_reason": "Found on a Saturday"}, CONCLUDED) == []


def test_other_steps_have_no_such_conditions() -> None:
    assert unmet({}, step="reclassify") == []


@example(timedelta(days=1))
@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_late_is_more_than_a_day_after_the_detection(gap: timedelta) -> None:
    gap -= timedelta(microseconds=gap.microseconds)
    at = BEFORE.replace(microsecond=0)
    assert events.reported_late({"detected_at": (at - gap).isoformat()}, at) == (gap > timedelta(days=1))
    assert not events.reported_late({}, at)


@given(st.integers(1, 10), st.integers(1, 10), st.integers(1, 10))
def test_the_risk_is_severity_times_occurrence_times_detection(severity: int, occurrence: int, detection: int) -> None:
    risk = {"severity": severity, "occurrence": occurrence, "detection": detection}
    assert events.risk_number(events.CONTENT.check("content", {"risk": risk})) == severity * occurrence * detection
    assert events.risk_number({}) is None


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
    record = one(triage.reclassify(found, {"severity": "critical", "classification": None}, by=QUINN, at=AT), Record)
    assert (record.status, record.content) == (
        "under_investigation",
        {"severity": "critical", "classification": "A", "place": "Line 1"},
    )
    with pytest.raises(Invalid, match="judged anew"):
        triage.reclassify(found, {"severity": None}, by=QUINN, at=AT)
    with pytest.raises(Invalid, match="must be one of") as refused:
        triage.reclassify(found, {"severity": "huge"}, by=QUINN, at=AT)
    assert refused.value.field == "severity"


def test_whoever_reported_or_worked_on_it_never_cancels_it() -> None:
    found = event("reported", contributors=frozenset({AUTHOR.person_id, QUINN.person_id}))
    with pytest.raises(Forbidden, match="somebody else must decide"):
        working_content.take(found, "cancel", by=QUINN, at=AT)
    record = one(working_content.take(found, "cancel", by=cases.RUTH, at=AT), Record)
    assert (record.status, record.closed_at) == ("cancelled", AT)


def closing(found: Dossier, **content: object) -> Outcome:
    """What the approval of a change that closes it does."""
    given = cases.item(found, "close", kind="event", content=content)
    return events.KIND.apply(events.KIND, given, found, cases.change(), TODAY, AT)


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
def test_closing_freezes_a_version_with_its_files() -> None:
    file_id = str(cases.uid("photo"))
    done = closing(event(content={"place": "Line 1", "attachments": [file_id]}), cause="A worn jaw")
    version, record = one(done, Version), one(done, Record)
    assert (version.version, version.status, version.change_id) == (1, "closed", cases.change().id)
    assert version.content == {"place": "Line 1", "attachments": [file_id], "cause": "A worn jaw"} == record.content
    assert (record.status, record.version, record.latest_version, record.closed_at) == ("closed", 1, 1, AT)
    assert [row.field for row in done.saves if isinstance(row, VersionFile)] == ["attachments"]


def test_a_reopened_event_is_triaged_and_its_version_has_ended() -> None:
    found = event("closed", current=True, closed_at=BEFORE)
    done = working_content.take(found, "reopen", by=QUINN, at=AT)
    assert (one(done, Record).status, one(done, Record).closed_at) == ("triaged", None)
    assert (one(done, Version).ended_at, one(done, Version).status) == (AT, "closed"), "what was signed stays as it was"
    assert one(done, Version).content == found.record.content


def test_closed_again_it_has_a_second_version() -> None:
    again = replace(event(current=True), current=None)
    done = closing(again, cause="A worn jaw")
    assert (one(done, Version).version, one(done, Record).version) == (2, 2)


def test_a_contributor_never_decides_about_the_change_that_closes_it() -> None:
    found = event(contributors=frozenset({AUTHOR.person_id, QUINN.person_id}), content=CLOSABLE, related=(CONCLUDED,))
    waits = cases.proposal(found, steps=("close",))
    assert QUINN.person_id in waits.barred
    waits = cases.submitted(replace(waits, items=tuple(replace(row, kind="event", content={}) for row in waits.items)))
    with pytest.raises(Forbidden, match="somebody else must decide"):
        changes.WORKFLOW.permit("approve", waits, QUINN)
    changes.WORKFLOW.permit("approve", waits, cases.RUTH)


def test_a_change_that_closes_is_submitted_once_everything_is_said() -> None:
    found = event(content={**CLOSABLE, "severity": "minor", "cause": ""})
    waits = cases.proposal(found, steps=("close",))
    waits = replace(waits, items=tuple(replace(row, kind="event", content={}) for row in waits.items))
    assert changes.unmet(waits) == ["EVT-2026-0001 needs a cause, or the reason why there is none."]
    with pytest.raises(Conflict, match="needs a cause"):
        changes.submit(waits, by=AUTHOR, at=AT)
    given = tuple(replace(row, content={"cause": "A worn jaw"}) for row in waits.items)
    changes.submit(replace(waits, items=given), by=AUTHOR, at=AT)
    assert "needs a cause" in " ".join(events.KIND.unmet(found, "close", found.record.content, TODAY))


def test_a_moment_is_kept_in_utc() -> None:
    content = events.CONTENT.check("content", {"occurred_at": "2026-11-01T10:00:00+02:00"})
    assert content == {"occurred_at": "2026-11-01T08:00:00+00:00"}
    assert moment(content["occurred_at"]) is not None
