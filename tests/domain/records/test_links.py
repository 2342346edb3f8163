"""Links: typed relations that lead from some kinds of record to others."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.events import investigation_scope
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from shared.domain.people.people import Role
from shared.domain.records import links
from shared.domain.records.links import End, Link
from shared.domain.records.records import Record
from tests.domain import cases
from tests.domain.cases import AT, AUTHOR, one, worked

KINDS = ("event", "investigation", "capa_plan", "document", "training", "change")
# The tests' own table, from the domain: event -> investigation -> CAPA plan -> document change -> training.
ALLOWED = {
    ("event", "caused_by", "event"),
    ("event", "caused_by", "document"),
    ("event", "caused_by", "training"),
    ("event", "investigated_in", "investigation"),
    ("event", "corrected_by", "capa_plan"),
    ("investigation", "corrected_by", "capa_plan"),
    ("event", "changes", "document"),
    ("event", "changes", "training"),
    ("event", "changes", "change"),
    ("investigation", "changes", "document"),
    ("investigation", "changes", "training"),
    ("investigation", "changes", "change"),
    ("capa_plan", "changes", "document"),
    ("capa_plan", "changes", "training"),
    ("capa_plan", "changes", "change"),
    ("training", "trains", "document"),
}


def end(kind: str, name: str = "one", status: str = "") -> End:
    """A record or a change."""
    return End(cases.uid(f"{kind} {name}"), kind, f"{kind}-{name}", status)


@given(st.sampled_from(KINDS), st.sampled_from(sorted(links.TYPES)), st.sampled_from(KINDS))
def test_a_link_leads_where_the_domain_says_and_nowhere_else(start: str, type_: str, to: str) -> None:
    def make() -> Link:
        return links.link(cases.ORGANISATION, end(start), type_, end(to, "other"), by=AUTHOR.person_id, at=AT)

    if (start, type_, to) in ALLOWED:
        made = make()
        assert (made.from_id, made.type) == (end(start).id, type_)
        assert (made.to_id, made.change_id) == ((None, end(to, "other").id) if to == "change" else (end(to, "other").id, None))
        return
    with pytest.raises(Invalid, match="leads from") as refused:
        make()
    assert refused.value.field == "type"


def test_every_type_of_the_domain_is_there() -> None:
    assert set(links.TYPES) == {"caused_by", "investigated_in", "corrected_by", "changes", "trains"}
    assert [links.type_named(name) for name in ("Caused by", "corrected-by", " trains ")] == ["caused_by", "corrected_by", "trains"]


@pytest.mark.parametrize("name", ["", "causes", "caused", "changed_by", "related to"])
def test_another_type_is_refused_by_name(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        links.type_named(name)
    assert refused.value.field == "type"


def test_nothing_is_linked_to_itself_or_to_nothing() -> None:
    with pytest.raises(Invalid, match="itself") as refused:
        links.link(cases.ORGANISATION, end("event"), "caused_by", end("event"), by=AUTHOR.person_id, at=AT)
    assert refused.value.field == "to_id"
    with pytest.raises(NotFound, match="no such record or change"):
        links.end_of({}, uuid4())


def linking(status: str, investigation: str, **more: Any) -> Any:
    """An event in this state linked to an investigation in that."""
    found = worked("event", status, "EVT-1", **more)
    return investigation_scope.link(found, "investigated_in", end("investigation", status=investigation), there=False, by=AUTHOR, at=AT)


def test_an_event_that_joins_an_open_investigation_is_under_investigation() -> None:
    assert one(linking("triaged", "open"), Record).status == "under_investigation"
    for status, investigation in (("under_investigation", "open"), ("triaged", "concluded"), ("closed", "concluded")):
        done = linking(status, investigation)
        assert [type(row) for row in done.saves] == [Link]
    for status in ("reported", "closed", "cancelled"):
        with pytest.raises(Conflict, match="to investigate it must be triaged"):
            linking(status, "open")
    with pytest.raises(Conflict, match="in approval"):
        linking("triaged", "open", in_approval="CHG-2026-0001")


def test_the_same_link_is_made_once() -> None:
    with pytest.raises(Conflict, match="EVT-1 is linked to capa_plan-one in this way already"):
        investigation_scope.link(worked("event", "triaged", "EVT-1"), "corrected_by", end("capa_plan"), there=True, by=AUTHOR, at=AT)


def test_an_operator_joins_nothing_to_an_investigation() -> None:
    found, by = worked("event", "triaged", "EVT-1"), cases.member("Otto", Role.OPERATOR)
    with pytest.raises(Forbidden):
        investigation_scope.link(found, "investigated_in", end("investigation", status="open"), there=False, by=by, at=AT)


def test_an_event_whose_only_investigation_is_unlinked_is_triaged_again() -> None:
    investigation = worked("investigation", "open", "INV-1")
    for other, status in ((None, "triaged"), ("cancelled", "triaged"), ("open", None), ("concluded", None)):
        related = [cases.related("investigation", "open", "investigated_in", "INV-1")]
        related += [cases.related("investigation", other, "investigated_in", "INV-2")] if other else []
        event = worked("event", "under_investigation", "EVT-1", related=tuple(related))
        ends = {found.record.id: found for found in (event, investigation)}
        link = Link(cases.ORGANISATION, uuid4(), event.record.id, "investigated_in", investigation.record.id, None, AUTHOR.person_id, AT)
        done = investigation_scope.unlink(link, ends, at=AT)
        assert done.removes == (link,)
        assert [row.status for follow in done.follows for row in follow.saves if isinstance(row, Record)] == ([status] if status else [])


def test_any_other_link_is_only_taken_away() -> None:
    link = Link(cases.ORGANISATION, uuid4(), uuid4(), "changes", None, uuid4(), AUTHOR.person_id, AT)
    done = investigation_scope.unlink(link, {}, at=AT)
    assert (done.saves, done.removes, done.follows) == ((), (link,), ())
