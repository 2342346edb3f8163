"""Searching answers exactly what a plain query over all records would, whichever way it takes to the page; and reads rows by the page."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared.domain.records.kinds import KINDS
from shared.queries import search
from tests.builders import Company, as_superuser, company
from tests.product import own_product as product

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.product import Product

__all__ = ["product"]

# Words as written, and how they are asked for, from frequent to rare.
WORDS = (
    ("De reiniging van het vat", "reinigen", 1),
    ("Cleaning of vessels", "cleaned", 2),
    ("Étalonnage des balances", "étalonnages", 5),
    ("Kalibratie", "kalibraties", 20),
    ("Residues were found", "residue", 80),
)
ASKED = [q for _, q, _ in WORDS] + [
    "reiniging cleaned",
    "vess étalonnage",
    "kalibratie residue",
    "SOP-",
    "EVT-2026",
    "sop-2026-00",
    "EVT-2025-01",
    "0101",
    "nowhere",
]
PREFIXES = {"document": "SOP", "training": "TRN", "event": "EVT", "investigation": "INV", "capa_plan": "CAPA"}
RECORDS = """
insert into records (organisation_id, id, kind, number, title, owner_id, created_by, status, due_on, closed_at, content)
select r.organisation_id, uuidv7(), r.kind, r.number, r.title, r.owner_id, r.owner_id, r.status, r.due_on, r.closed_at, r.content
from jsonb_populate_recordset(null::records, cast(:rows as jsonb)) r
"""
# What the search's words are compared by, and nothing else of it.
REFERENCE = """
select cast(id as text) from records
where organisation_id = cast(:o as uuid) and (cast(:q as text) is null or search @@ word_query(cast(:o as uuid), :q))
    and (cast(:kind as text) is null or kind = :kind) and (cast(:status as text) is null or status = :status)
    and (cast(:owner as uuid) is null or owner_id = cast(:owner as uuid))
    and (cast(:overdue as boolean) is null or :overdue = (closed_at is null and due_on is not null and due_on < current_date))
    and (cast(:read as text[]) is null or kind || ' ' || status = any(cast(:read as text[])))
order by id desc
"""
BEST_FIRST = REFERENCE.replace("order by", "order by cast(:q as text) is not null and not search @@ word_query(cast(:o as uuid), :q, '^'),")
READ_BY_ALL = [f"{one.name} {of}" for one in KINDS.values() for of in one.workflow.statuses if one.is_read_by_all(of)]
# Newest, more, few and keys: as they are, and so small that every way is taken to its end.
WINDOWS = [(200, 3000, 250, 6000), (0, 0, 1, 1), (0, 0, 3, 40), (2, 3, 2, 3), (5, 40, 1000, 1), (9, 9, 1, 500), (30, 31, 0, 9)]


def fill(product: Product, made: Company, count: int, chance: random.Random) -> None:
    """Records of every kind, status and owner; some are written anew, so that they don't lie in the order of their keys."""
    today = datetime.now(UTC).date()
    rows = []
    for n in range(count):
        one = chance.choice(list(KINDS.values()))
        words = [text for text, _, often in WORDS if n % often == 0 and chance.random() < 0.9]
        due = chance.choice([None, -9, 9])
        rows.append(
            {
                "organisation_id": made.id,
                "kind": one.name,
                "number": f"{PREFIXES[one.name]}-{chance.choice([2025, 2026])}-{n:04d}",
                "title": " ".join(["Record", *words[:2]]),
                "content": {"summary": " ".join(words[2:])},
                "status": str(chance.choice(sorted(one.workflow.statuses))),
                "owner_id": chance.choice([made.action_owner.id, made.qa.id]),
                "due_on": due and str(today + timedelta(days=due)),
                "closed_at": chance.choice([None, str(datetime.now(UTC))]),
            }
        )
    as_superuser(product, RECORDS, made.id, rows=json.dumps(rows))
    as_superuser(
        product, "update records set title = title || ' again' where organisation_id = :o and number ~ '[37]$'", made.id, o=made.id
    )


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with records at random, beside another one with just such records."""
    other, made = (company(product, "action_owner", "qa", "operator") for _ in range(2))
    for one, seed in ((other, 1), (made, 2)):
        fill(product, one, 400, random.Random(seed))  # noqa: S311 - no secret
    return made


def asked(firm: Company, chance: random.Random) -> dict[str, Any]:
    """What somebody might ask for: mostly words, and each filter at times."""
    kind = chance.choice([*[None] * 8, *KINDS])
    statuses = [str(of) for one in KINDS.values() if kind in (None, one.name) for of in sorted(one.workflow.statuses)]
    return {
        "q": chance.choice([None, *ASKED, *ASKED]),
        "kind": kind,
        "status": chance.choice([*[None] * 4, chance.choice(statuses)]),
        "owner": chance.choice([None, None, firm.qa.id]),
        "overdue": chance.choice([*[None] * 4, True, False]),
    }


@pytest.mark.parametrize("windows", WINDOWS)
def test_every_search_answers_what_a_plain_query_answers(
    product: Product, firm: Company, windows: tuple[int, int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in zip(("NEWEST", "MORE", "FEW", "KEYS"), windows, strict=True):
        monkeypatch.setattr(search, name, size)
    chance = random.Random(str(windows))  # noqa: S311 - no secret
    answered = 0
    for _ in range(40):
        query, reader = asked(firm, chance), chance.choice(["qa", "action_owner", "operator"])
        read = READ_BY_ALL if reader == "operator" else None
        expected = [row[0] for row in as_superuser(product, BEST_FIRST, firm.id, o=firm.id, read=read, **query)]
        given = {name: str(value).lower() if name == "overdue" else value for name, value in query.items() if value is not None}
        limit = chance.choice([3, 10, 50])
        walked: list[str] = []
        more: dict[str, str] = {}
        for _ in range(4):
            page = firm.people[reader].get("search_records", limit=limit, **given, **more).ok
            walked += [row["id"] for row in page["items"]]
            more = {"cursor": page["next_cursor"]}
            if page["next_cursor"] is None:
                break
        assert walked == expected[: 4 * limit], (query, reader, limit)
        assert (page["next_cursor"] is None) == (len(expected) <= 4 * limit)
        answered += len(walked)
    assert answered > 100


@pytest.fixture
def _many_organisations(product: Product) -> Iterator[None]:
    """As if the planner thought that an organisation has twenty records."""
    as_superuser(product, "alter table records alter column organisation_id set (n_distinct = -0.05)")
    as_superuser(product, "analyze records")
    yield
    as_superuser(product, "alter table records alter column organisation_id reset (n_distinct)")
    as_superuser(product, "analyze records")


@pytest.mark.usefixtures("_many_organisations")
@pytest.mark.parametrize("few", [0, 5])
@pytest.mark.parametrize("after", [None, 30])
def test_a_page_of_a_frequent_word_reads_few_rows(product: Product, firm: Company, few: int, after: int | None) -> None:
    every: dict[str, Any] = dict.fromkeys(("kind", "status", "owner", "overdue", "read"))
    found = [row[0] for row in as_superuser(product, REFERENCE, firm.id, o=firm.id, q="étalonnages", **every)]
    assert len(found) > 60
    fetched, ids = as_superuser(
        product,
        "with so_far as materialized (select pg_stat_get_xact_tuples_fetched(cast('records' as regclass)) as rows), asked as materialized"
        " (select so_far.rows, array(select found_records(word_query(cast(:o as uuid), 'étalonnages'), null, null, null, null, null,"
        " cast(:before as uuid), 6, :few, 60)) as ids from so_far)"
        " select pg_stat_get_xact_tuples_fetched(cast('records' as regclass)) - rows, cast(ids as text[]) from asked",
        firm.id,
        o=firm.id,
        few=few,
        before=found[after - 1] if after else None,
    )[0]
    start = after or 0  # rows that a plain index scan reads aren't counted: so none is wrong too
    assert ids == found[start : start + 6]
    assert 6 <= fetched <= 25, "neither all that there is to find, nor all of the newest"
