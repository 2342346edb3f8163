"""An event closes once everything about it is said, and reopens with what was signed kept (ISO 13485 8.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.changes import changes
from shared.domain.events import event_conditions, events
from shared.domain.kernel.errors import Conflict, Forbidden
from shared.domain.kernel.outcomes import Outcome
from shared.domain.kernel.sentences import Sentence
from shared.domain.records import working_content
from shared.domain.records.dossiers import Dossier
from shared.domain.records.records import Record, Version, VersionFile
from tests.domain import cases
from tests.domain.cases import AT, AUTHOR, BEFORE, QUINN, TODAY, one, related
from tests.domain.events.closable import event

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


def unmet(given: dict[str, object], *links: Any, step: str = "close", **more: Any) -> list[Sentence]:
    """What keeps such an event from closing."""
    return event_conditions.unmet(
        event(related=links, **more), step, {name: value for name, value in given.items() if value is not None}, TODAY
    )


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
    [("draft", True), ("implementing", True), ("effectiveness_check", False), ("closed_effective", False)],
)
def test_an_event_waits_until_its_plans_are_past_implementing(status: str, waits: bool) -> None:
    plan = related("capa_plan", status, "corrected_by", "CAPA-2026-0001")
    needs = unmet(CLOSABLE, CONCLUDED, plan)
    assert [need.startswith("CAPA-2026-0001 isn't implemented yet") for need in needs] == [True] * waits
    assert unmet({**CLOSABLE, "no_capa_reason": "The plan is about another line as well"}, CONCLUDED, plan) == []


@pytest.mark.clause("ISO 13485 8.5.2")
@pytest.mark.parametrize(("severity", "asked"), [("minor", False), ("major", True), ("critical", True)])
def test_what_is_serious_and_whose_plans_were_all_cancelled_needs_a_reason_for_none(severity: str, asked: bool) -> None:
    cancelled, other = (related("capa_plan", "cancelled", "corrected_by", f"CAPA-2026-000{n}") for n in (1, 2))
    given = {**CLOSABLE, "severity": severity}
    needs = unmet(given, CONCLUDED, cancelled, other)
    assert [need.startswith("Cancelled: CAPA-2026-0001 and CAPA-2026-0002.") for need in needs] == [True] * asked
    assert unmet({**given, "no_capa_reason": "The line is taken down"}, CONCLUDED, cancelled) == []
    assert unmet(given, CONCLUDED, cancelled, related("capa_plan", "closed_effective", "corrected_by", "CAPA-2026-0003")) == []


@pytest.mark.clause("21 CFR 211.192")
@pytest.mark.parametrize("severity", ["minor", "major", "critical"])
def test_a_result_out_of_specification_is_investigated_whatever_its_severity(severity: str) -> None:
    given = {**CLOSABLE, "severity": severity}
    assert unmet(given, type="out_of_specification") == ["EVT-2026-0001 is out of specification: conclude an investigation first."]
    assert unmet(given, CONCLUDED, type="out_of_specification") == []


@pytest.mark.clause("MDR 87")
@pytest.mark.parametrize(
    ("type_", "given", "asked"),
    [
        ("complaint", {"product": None, "batch": None}, True),
        ("incident", {}, True),
        ("incident", {"product": None, "batch": None}, False),
        ("deviation", {}, False),
        ("deviation", {"on_market": "no"}, False),
        ("deviation", {"on_market": "yes"}, True),
        ("supplier_non_conformity", {"on_market": "yes", "supplier": "Glass"}, True),
    ],
)
def test_qa_decides_about_an_authority_wherever_product_on_the_market_is_affected(
    type_: str, given: dict[str, object], asked: bool
) -> None:
    needs = unmet({**CLOSABLE, "reportable": None, **given}, CONCLUDED, type=type_)
    assert ["must decide" in need for need in needs] == [True] * asked


@pytest.mark.clause("MDR 87")
def test_what_is_reportable_closes_once_the_authority_was_told() -> None:
    yes = {"decision": "yes", "rule": "mdr_serious_incident", "aware_on": "2026-01-05", "deadline": "2026-01-20"}
    assert ["reference of the report" in need for need in unmet({**CLOSABLE, "reportable": yes}, CONCLUDED)] == [True]
    told = {**yes, "reported_on": "2026-01-07", "reference": "FAMHP-1"}
    assert unmet({**CLOSABLE, "reportable": told}, CONCLUDED) == []


def test_a_supplier_is_named_before_its_non_conformity_closes() -> None:
    needs = unmet(CLOSABLE, CONCLUDED, type="supplier_non_conformity")
    assert needs == ["EVT-2026-0001 needs supplier."]


def test_a_reason_for_the_late_report_lets_it_close() -> None:
    late = {**CLOSABLE, "detected_at": (BEFORE - timedelta(days=2)).isoformat(timespec="seconds")}
    assert unmet({**late, "late_reason": "Found on a Saturday"}, CONCLUDED) == []


def test_other_steps_have_no_such_conditions() -> None:
    assert unmet({}, step="reclassify") == []


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
