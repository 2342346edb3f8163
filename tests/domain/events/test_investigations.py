"""Investigations: concluded once everything about them is said, and the events that they cover."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.domain.events import investigation_scope, investigations
from shared.domain.events.investigations import CONTENT, KIND
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from shared.domain.kernel.outcomes import Outcome
from shared.domain.kernel.sentences import Sentence
from shared.domain.people.people import Role
from shared.domain.records import working_content
from shared.domain.records.dossiers import Dossier, Related
from shared.domain.records.links import Link
from shared.domain.records.records import Contributor, Record, RecordFile, Version, VersionFile
from tests.domain import cases
from tests.domain.cases import AT, AUTHOR, BEFORE, QUINN, TODAY, one, related, worked
from tests.domain.events.trees import nodes_of, of_depth

OPERATOR = cases.member("Otto", Role.OPERATOR)
# Everything that an investigation needs before it is concluded; each test takes one thing away.
CONCLUDABLE: dict[str, Any] = {
    "method": "5_whys",
    "problem_statement": "Seals break",
    "why_tree": {"text": "The jaw is worn", "evidence": "Measured: 0.4 mm", "because": [{"text": "It is never replaced"}]},
    "root_causes": [{"category": "machine", "description": "No replacement interval", "certainty": "confirmed"}],
    "extent": "Lines 1 and 2",
    "conclusion": "The jaw wears within a year",
}
MAN = {"category": "man", "description": "A slip", "certainty": "probable"}


def investigation(status: str = "open", **more: Any) -> Dossier:
    """An investigation of Olga's."""
    return worked("investigation", status, "INV-2026-0001", **more)


def unmet(**altered: Any) -> list[Sentence]:
    """What keeps such an investigation from being concluded."""
    content = {name: value for name, value in {**CONCLUDABLE, **altered}.items() if value is not None}
    return investigations.unmet(investigation(), "conclude", CONTENT.check("content", content), TODAY)


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
def test_an_investigation_with_everything_said_is_concluded() -> None:
    assert unmet() == []
    assert investigations.unmet(investigation(), "reopen", {}, TODAY) == []


@pytest.mark.clause("ISO 13485 8.3 / 8.5.2-3")
@pytest.mark.parametrize(
    ("altered", "word"),
    [
        ({"root_causes": None}, "root causes"),
        ({"root_causes": []}, "root causes"),
        ({"root_causes": [{"description": "Wear", "certainty": "probable"}]}, "category"),
        ({"root_causes": [{"description": "Wear", "category": "machine"}]}, "certainty"),
        ({"root_causes": [{"category": "machine", "certainty": "confirmed"}]}, "description"),
        ({"root_causes": [CONCLUDABLE["root_causes"][0], MAN]}, "root cause 2 blames a person"),
        ({"root_causes": [{"category": "method", "description": "Human error by the operator", "certainty": "confirmed"}]}, "justif"),
        ({"extent": None}, "extent"),
        ({"conclusion": None}, "conclusion"),
        ({"why_tree": {"text": "Why"}}, "evidence"),
        ({"why_tree": None}, "evidence"),
        ({"why_tree": None, "fishbone": {"man": [{"text": "Why"}]}}, "evidence"),
        ({"why_tree": None, "attachments": []}, "evidence"),
    ],
)
def test_an_investigation_waits_for_what_is_missing(altered: dict[str, Any], word: str) -> None:
    needs = unmet(**altered)
    assert len(needs) == 1
    assert word in needs[0]
    assert needs[0].startswith("INV-2026-0001")


@pytest.mark.parametrize(
    "altered",
    [
        {"root_causes": [{**MAN, "justification": "Trained twice, the interlock works, the display is clear"}]},
        {"root_causes": [{"description": "Nothing was found after three trials", "certainty": "not_found"}]},
        {"why_tree": {"text": "Why", "because": [{"text": "As", "file_ids": [str(cases.uid("photo"))]}]}},
        {"why_tree": None, "fishbone": {"environment": [{"text": "Heat", "because": [{"text": "Sun", "evidence": "31 °C"}]}]}},
        {"why_tree": None, "attachments": [str(cases.uid("photo"))]},
    ],
)
def test_there_is_more_than_one_way_to_say_it(altered: dict[str, Any]) -> None:
    assert unmet(**altered) == []


def test_concluding_freezes_a_version_that_names_a_file_once() -> None:
    photo = str(cases.uid("photo"))
    bones = {"machine": [{"text": "Wear", "file_ids": [photo]}, {"text": "Heat", "file_ids": [photo]}]}
    found = investigation(content={**CONCLUDABLE, "fishbone": bones, "attachments": [photo]})
    done = KIND.apply(KIND, cases.item(found, "conclude", kind="investigation", content={}), found, cases.change(), TODAY, AT)
    record = one(done, Record)
    assert (record.status, record.version, record.closed_at) == ("concluded", 1, AT)
    assert one(done, Version).content == found.record.content
    rows = [(row.field, row.file_id) for row in done.saves if isinstance(row, VersionFile)]
    assert sorted(rows) == [("attachments", UUID(photo)), ("fishbone.machine.file_ids", UUID(photo))]


def test_the_deepest_file_has_a_field_that_the_database_takes() -> None:
    photo = str(cases.uid("photo"))
    tree = of_depth(10)
    list(nodes_of(tree))[-1]["file_ids"] = [photo]
    ties = working_content.files(replace(investigation().record, content={"why_tree": tree}))
    assert [str(row.file_id) for row in ties] == [photo]
    assert {type(row) for row in ties} == {RecordFile}
    assert all(len(row.field) <= 200 for row in ties)


def event(name: str, status: str = "triaged", *links: Related, **more: Any) -> Dossier:
    """One of Olga's events."""
    return worked("event", status, name, related=links, **more)


def covered(*found: Dossier) -> dict[UUID, Dossier]:
    """Events by their id."""
    return {one.record.id: one for one in found}


def linked_to(name: str, status: str) -> Related:
    """The link from an event to an investigation."""
    return related("investigation", status, "investigated_in", name)


def moved(outcome: Outcome, step: str) -> dict[str, str]:
    """The events that the system moves by a step, with their new status."""
    return {row.number: row.status for follow in outcome.follows if follow.step == step for row in follow.saves if isinstance(row, Record)}


def test_an_investigation_covers_the_events_that_it_names_in_their_order() -> None:
    first, second = event("EVT-1"), event("EVT-2")
    ids = [second.record.id, first.record.id]
    assert list(investigation_scope.about(ids, covered(first, second))) == ids
    with pytest.raises(Invalid, match="at least one"):
        investigation_scope.about([], {})
    with pytest.raises(Invalid, match="twice"):
        investigation_scope.about([ids[0], ids[0]], covered(first, second))
    with pytest.raises(NotFound, match="no such event"):
        investigation_scope.about([uuid4()], covered(first))
    with pytest.raises(NotFound, match="no such event"):
        investigation_scope.about([investigation().record.id], covered(investigation()))


def test_it_is_called_after_its_events() -> None:
    first = event("EVT-1", title="Seals")
    assert investigation_scope.title_of(covered(first), "en") == "EVT-1 Seals"
    assert investigation_scope.title_of(covered(first, event("EVT-2"), event("EVT-3")), "en") == "EVT-1 Seals and 2 more"
    assert len(investigation_scope.title_of(covered(event("EVT-1", title="x" * 300), event("EVT-2")), "en")) <= 300


def test_opening_moves_and_links_every_event() -> None:
    begun = investigation_scope.new_investigation(investigation().record, covered(event("EVT-1"), event("EVT-2")), by=AUTHOR, at=AT)
    records = {row.number: row.status for row in begun.saves if isinstance(row, Record)}
    assert records == {"INV-2026-0001": "open", "EVT-1": "under_investigation", "EVT-2": "under_investigation"}
    links = [row for row in begun.saves if isinstance(row, Link)]
    assert {(row.from_id, row.type, row.to_id) for row in links} == {
        (cases.uid(name), "investigated_in", cases.uid("INV-2026-0001")) for name in ("EVT-1", "EVT-2")
    }
    assert len({row.id for row in links}) == 2
    assert one(begun, Contributor).person_id == AUTHOR.person_id


@pytest.mark.parametrize("status", ["reported", "under_investigation", "closed", "cancelled"])
def test_only_triaged_events_are_investigated(status: str) -> None:
    with pytest.raises(Conflict, match="to investigate it must be triaged"):
        investigation_scope.new_investigation(investigation().record, covered(event("EVT-1"), event("EVT-2", status)), by=AUTHOR, at=AT)
    with pytest.raises(Forbidden):
        investigation_scope.new_investigation(investigation().record, covered(event("EVT-1")), by=OPERATOR, at=AT)


def test_cancelling_sets_events_back_that_nothing_else_covers() -> None:
    own = linked_to("INV-2026-0001", "open")
    events = [
        event("EVT-1", "under_investigation", own),
        event("EVT-2", "under_investigation", own, linked_to("INV-2026-0002", "open")),
        event("EVT-3", "under_investigation", own, linked_to("INV-2026-0003", "concluded")),
        event("EVT-4", "under_investigation", own, linked_to("INV-2026-0004", "cancelled")),
        event("EVT-5", "closed", own),
    ]
    done = investigation_scope.cancel(investigation(), events, by=QUINN, at=AT)
    assert moved(done, "set_back") == {"EVT-1": "triaged", "EVT-4": "triaged"}
    assert done.follows[0].cause == "cancelling of INV-2026-0001"
    assert one(done, Record).status == "cancelled"
    assert investigation_scope.cancel(investigation(), events[4:], by=QUINN, at=AT).follows == ()


def test_whoever_opened_or_edited_it_never_cancels_it() -> None:
    with pytest.raises(Forbidden, match="somebody else must decide"):
        investigation_scope.cancel(investigation(contributors=frozenset({QUINN.person_id})), [], by=QUINN, at=AT)


def test_reopening_takes_the_waiting_events_along_and_ends_the_version() -> None:
    found = investigation("concluded", current=True, closed_at=BEFORE)
    events = [event("EVT-1"), event("EVT-2", "under_investigation"), event("EVT-3", "closed"), event("EVT-4", "cancelled")]
    done = investigation_scope.reopen(found, events, by=QUINN, at=AT)
    assert moved(done, "investigate") == {"EVT-1": "under_investigation"}
    assert done.follows[0].cause == "reopening of INV-2026-0001"
    assert (one(done, Record).status, one(done, Record).closed_at, one(done, Version).ended_at) == ("open", None, AT)
    assert investigation_scope.reopen(found, [], by=QUINN, at=AT).follows == ()
    with pytest.raises(Conflict, match="in approval, in CHG-2026-0001"):
        investigation_scope.reopen(found, [event("EVT-1", in_approval="CHG-2026-0001")], by=QUINN, at=AT)
    with pytest.raises(Forbidden):
        investigation_scope.reopen(found, [], by=AUTHOR, at=AT)


def test_the_events_of_an_investigation_are_those_that_lead_to_it() -> None:
    links = (
        related("event", "triaged", "investigated_in", "EVT-1", outgoing=False),
        related("event", "triaged", "caused_by", "EVT-2", outgoing=False),
        related("capa_plan", "draft", "corrected_by", "CAPA-1"),
    )
    assert investigation_scope.events_of(investigation(related=links)) == (cases.uid("EVT-1"),)
