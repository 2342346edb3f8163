"""Trails of random links: a record is in another's trail exactly where that one is in its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.records import kinds
from shared.domain.records.links import TYPES
from tests.builders import (
    Company,
    as_superuser,
    company,
)
from tests.functions.records.links import firm
from tests.product import Product

__all__ = ["firm"]

NUMBERS = count(1)
# Links at random, straight into the database, and the tests' own walk over them.
KINDS = ("event", "event", "investigation", "capa_plan", "document", "training")
BACKWARD = {"caused_by", "trains"}
EDGES = [
    (start, type_, end)
    for start in range(12)
    for type_ in sorted(TYPES)
    for end in range(12)
    if start != end and KINDS[start % 6] in TYPES[type_][0] and KINDS[end % 6] in TYPES[type_][1]
]
Edge = tuple[int, str, int]


def reached(edges: list[Edge], start: int, *, onward: bool) -> set[int]:
    """What is reached from a record in one direction, over at most eight links."""
    found, edge = {start}, {start}
    for _ in range(8):
        steps = [(b, a) if (type_ in BACKWARD) == onward else (a, b) for a, type_, b in edges]
        edge = {b for a, b in steps if a in edge}
        found |= edge
    return found


def written(product: Product, firm: Company, edges: list[Edge]) -> Iterator[UUID]:
    """Twelve records with these links; their ids."""
    ids = [uuid4() for _ in range(12)]
    draft: dict[str, Any] = {"title": "T", "type": None, "version": 0, "latest_version": 0, "content": {}}
    made = {"organisation_id": firm.id, "revision": 1, "created_by": firm.admin.id, "created_at": "2026-01-01T00:00:00Z"}
    kept = {"owner_id": firm.admin.id, "updated_at": "2026-01-01T00:00:00Z"}
    rows = [
        {
            "id": str(one),
            "kind": kind,
            "status": kinds.KINDS[kind].workflow.statuses[0],
            "number": f"N-{next(NUMBERS)}",
            **draft,
            **made,
            **kept,
        }
        for one, kind in zip(ids, KINDS * 2, strict=True)
    ]
    names = ", ".join(rows[0])
    as_superuser(
        product,
        f"insert into records ({names}) select {names} from jsonb_populate_recordset(null::records, cast(:rows as jsonb))",
        firm.id,
        rows=json.dumps(rows),
    )
    links = [{"id": str(uuid4()), "from_id": str(ids[a]), "type": type_, "to_id": str(ids[b]), **made} for a, type_, b in edges]
    as_superuser(
        product,
        "insert into links select * from jsonb_populate_recordset(null::links, cast(:rows as jsonb))",
        firm.id,
        rows=json.dumps(links),
    )
    yield from ids


@pytest.fixture(scope="module")
def crowd(product: Product) -> Company:
    """A company whose records are written by the database's owner."""
    return company(product, "inspector")


@settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edges=st.lists(st.sampled_from(EDGES), max_size=30, unique=True))
def test_a_record_is_in_anothers_trail_exactly_where_that_one_is_in_its_own(product: Product, crowd: Company, edges: list[Edge]) -> None:
    ids = list(written(product, crowd, edges))
    places = {str(one): place for place, one in enumerate(ids)}
    seen = {}
    for place, one in enumerate(ids):
        found = crowd.inspector.get("get_record_history", id=one).ok["trail"]
        seen[place] = {places[row["id"]] for row in found["records"]}
        assert seen[place] == reached(edges, place, onward=True) | reached(edges, place, onward=False)
        within = {(a, type_, b) for a, type_, b in edges if {a, b} <= seen[place]}
        assert {(places[row["from"]], row["type"], places[row["to"]]) for row in found["links"]} == within
    assert all((b in seen[a]) == (a in seen[b]) for a in seen for b in seen)


def test_a_long_and_a_wide_trail_end(product: Product, crowd: Company) -> None:
    made = list(written(product, crowd, [(0, "caused_by", 1), (1, "caused_by", 0)]))
    rows = [str(uuid4()) for _ in range(230)]
    copied = (
        "insert into records (organisation_id, id, kind, number, title, owner_id, status, version, latest_version, created_by, content,"
        " revision) select r.organisation_id, n.id, r.kind, 'W-' || n.id, r.title, r.owner_id, r.status, 0, 0, r.created_by, '{}', 1"
        " from records r, unnest(cast(:ids as uuid[])) n(id) where r.id = :one"
    )
    tied = (
        "insert into links (organisation_id, id, from_id, type, to_id, created_by, revision)"
        " select r.organisation_id, gen_random_uuid(), n.id, 'caused_by', n.before, r.created_by, 1 from records r,"
        " (select u.id, {before} as before from unnest(cast(:ids as uuid[])) with ordinality u(id, place)) n"
        " where r.id = :one and n.before is not null"
    )
    as_superuser(product, copied, crowd.id, ids=rows, one=str(made[0]))
    as_superuser(product, tied.format(before="case when u.place <= 210 then cast(:one as uuid) end"), crowd.id, ids=rows, one=str(made[0]))
    seen = crowd.inspector.get("get_record_history", id=made[0]).ok["trail"]
    assert (len(seen["records"]), seen["records"][0]["id"]) == (200, str(made[0]))
    line = rows[210:]
    as_superuser(product, tied.format(before="lag(u.id) over (order by u.place)"), crowd.id, ids=line, one=str(made[0]))
    seen = crowd.inspector.get("get_record_history", id=line[0]).ok["trail"]
    assert [one["id"] for one in seen["records"]] == line[:9]
