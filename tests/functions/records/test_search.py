"""Searching: words in three languages, beginnings of numbers, filters, whatever somebody types."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from shared.queries import search
from tests.builders import Company, as_superuser, company, effective_document
from tests.product import Product

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERS = iter(range(1, 10**6))


def written(product: Product, firm: Company, title: str, text: str = "", **columns: Any) -> str:
    """A record put there beside the doors; its id."""
    kind = columns.get("kind", "event")
    number = f"{'EVT' if kind == 'event' else 'SOP'}-2026-{next(NUMBERS):04d}"
    row = {
        "organisation_id": firm.id,
        "kind": kind,
        "number": number,
        "title": title,
        "owner_id": firm.action_owner.id,
        "created_by": firm.action_owner.id,
        "status": "reported",
    } | columns
    made = as_superuser(
        product,
        "insert into records (organisation_id, id, kind, number, title, owner_id, created_by, status, due_on, closed_at, content)"
        " select r.organisation_id, uuidv7(), r.kind, r.number, r.title, r.owner_id, r.created_by, r.status, r.due_on, r.closed_at,"
        " cast(:content as jsonb) from jsonb_populate_record(null::records, cast(:row as jsonb)) r returning id",
        firm.id,
        row=json.dumps(row),
        content=json.dumps(columns.get("content", {"description": text})),
    )
    return str(made[0][0])


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with a few records in three languages."""
    made = company(product, "action_owner", "qa", "operator", "inspector")
    for title, text in (
        ("De reiniging van vat 3", "Er werd een afwijking vastgesteld."),
        ("Cleaning of vessels", "Residues were found after rinsing."),
        ("Étalonnage des balances", "Les balances n'étaient plus étalonnées."),
        ("Lot LOT-2231-A", "At pH/temperature."),
    ):
        written(product, made, title, text)
    hidden = {"file_id": "0199aaaa-1111-7000-8000-000000000000", "sha256": "ab" * 32, "at": "2026-05-04T10:00:00+00:00", "on": "2026-05-04"}
    written(product, made, "Nothing but ids", content={"parts": [hidden]})
    return made


@pytest.fixture
def _small_windows() -> Iterator[None]:
    """As if there were more records than are looked through one by one."""
    newest, more = search.NEWEST, search.MORE
    search.NEWEST, search.MORE = 2, 3
    yield
    search.NEWEST, search.MORE = newest, more


def titles(firm: Company, q: str, **filters: object) -> list[str]:
    return [row["title"] for row in firm.qa.get("search_records", q=q, **filters).ok["items"]]


WORDS = [
    ("reinigen", "De reiniging van vat 3"),
    ("reinig", "De reiniging van vat 3"),
    ("VASTGESTELD", "De reiniging van vat 3"),
    ("afwijkingen", "De reiniging van vat 3"),
    ("cleaned", "Cleaning of vessels"),
    ("vessel", "Cleaning of vessels"),
    ("residue rinsed", "Cleaning of vessels"),
    ("the cleaning", "Cleaning of vessels"),
    ("vess", "Cleaning of vessels"),
    ("étalonnages", "Étalonnage des balances"),
    ("etalonnage", "Étalonnage des balances"),
    ("d'étalonnage", "Étalonnage des balances"),
    ("balance", "Étalonnage des balances"),
    ("LOT-2231", "Lot LOT-2231-A"),
    ("temperatures", "Lot LOT-2231-A"),
]


@pytest.mark.parametrize(("q", "title"), WORDS)
def test_words_are_found_by_every_form_that_they_take(firm: Company, q: str, title: str) -> None:
    assert titles(firm, q) == [title]


@pytest.mark.usefixtures("_small_windows")
@pytest.mark.parametrize(("q", "title"), WORDS)
def test_the_index_finds_what_looking_through_finds(firm: Company, q: str, title: str) -> None:
    assert titles(firm, q) == [title]


@pytest.mark.parametrize("q", ["vessels vastgesteld", "0199aaaa", "000000000000", "abab", "10", "zzz", "2026", "description"])
def test_what_is_no_word_of_one_record_finds_nothing(firm: Company, q: str) -> None:
    assert titles(firm, q) == []


@pytest.mark.parametrize(
    "q", ["&", "| !", ":*", "a:*b & (", "'", "''", '"x', "\\", "!!a", "<->", "%", "_", "(((", "é' | 'a", "x" * 200, "1e5", "🙂"]
)
def test_whatever_is_typed_finds_or_doesnt_and_never_fails(firm: Company, q: str) -> None:
    assert titles(firm, q) in ([], ["Lot LOT-2231-A"])


def test_what_cant_be_right_is_refused(firm: Company) -> None:
    assert firm.qa.get("search_records", status="nonsense").refused(422)["field"] == "status"
    assert firm.qa.get("search_records", q="x" * 201).refused(422)["field"] == "q"
    assert firm.qa.get("search_records", kind="signature").refused(422)["field"] == "kind"


@pytest.mark.parametrize("few", [False, True])
def test_the_beginning_of_a_number_finds_those_that_begin_so(product: Product, few: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if few:
        monkeypatch.setattr(search, "NEWEST", 1)
    firm = company(product, "action_owner", "qa")
    for number in ("SOP-2026-0001", "SOP-2026-0012", "SOP-2025-0012", "EVT-2026-0001"):
        written(product, firm, f"Number {number[:3]}", number=number)

    def numbers(q: str) -> list[str]:
        return [row["number"] for row in firm.qa.get("search_records", q=q).ok["items"]]

    assert numbers("SOP-2026") == ["SOP-2026-0012", "SOP-2026-0001"]
    assert numbers("sop-2026-00") == ["SOP-2026-0012", "SOP-2026-0001"]
    assert numbers("SOP-2026-001") == ["SOP-2026-0012"]
    assert numbers("SOP-") == ["SOP-2025-0012", "SOP-2026-0012", "SOP-2026-0001"]
    assert numbers("EVT-2026-0001") == ["EVT-2026-0001"]
    assert numbers("0012") == ["SOP-2025-0012", "SOP-2026-0012"]


def test_a_record_that_names_a_number_is_found_by_it(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    written(product, firm, "Not as in SOP-2026-0007")
    assert titles(firm, "SOP-2026-0007") == ["Not as in SOP-2026-0007"]
    assert titles(firm, "SOP-2026-00") == []


def test_filters_narrow_what_is_found(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    today = datetime.now(UTC).date()
    written(product, firm, "Late event", due_on=str(today - timedelta(days=9)))
    written(product, firm, "Done event", due_on=str(today - timedelta(days=9)), closed_at=str(datetime.now(UTC)), status="closed")
    written(product, firm, "Early event", due_on=str(today + timedelta(days=9)), owner_id=firm.qa.id, status="triaged")
    written(product, firm, "Some document", kind="document", status="draft")

    def found(**query: object) -> set[str]:
        return {row["title"].split()[0] for row in firm.qa.get("search_records", **query).ok["items"]}

    for more in ({}, {"q": "event document"[:5]}):
        assert found(kind="event", **more) == {"Late", "Done", "Early"}
        assert found(overdue=True, **more) == {"Late"}
        assert found(overdue=False, kind="event", **more) == {"Done", "Early"}
        assert found(status="Triaged", **more) == {"Early"}
        assert found(owner=firm.qa.id, **more) == {"Early"}
        assert found(kind="document", status="closed", **more) == set()
    assert found(kind="document") == {"Some"}
    assert found() == {"Late", "Done", "Early", "Some"}


@pytest.mark.parametrize("few", [False, True])
@pytest.mark.parametrize("query", [{}, {"q": "page"}, {"status": "reported"}, {"q": "page", "status": "reported", "kind": "event"}])
def test_pages_follow_one_another_to_the_end(product: Product, query: dict[str, str], few: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if few:
        monkeypatch.setattr(search, "NEWEST", 2)
        monkeypatch.setattr(search, "MORE", 3)
    firm = company(product, "action_owner", "qa")
    made = [written(product, firm, f"Page {n}" if query.get("q") is None or n % 3 else "Other") for n in range(9)]
    if "q" in query:
        made = [one for n, one in enumerate(made) if n % 3]
    walked, cursor = [], None
    for _ in range(20):
        page = firm.qa.get("search_records", limit=2, **query, **({"cursor": cursor} if cursor else {})).ok
        walked += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert walked == made[::-1]
    assert [UUID(one) for one in walked]
    assert firm.qa.get("search_records", cursor="nonsense").refused(422)["field"] == "cursor"


@pytest.mark.parametrize("few", [False, True])
def test_an_operator_finds_only_what_is_in_force(product: Product, few: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if few:
        monkeypatch.setattr(search, "NEWEST", 1)
    firm = company(product, "action_owner", "qa", "operator")
    shown = effective_document(firm.action_owner, firm.qa, "Weighing in force")
    written(product, firm, "Weighing event")
    written(product, firm, "Weighing draft", kind="document", status="draft")
    for query in ({}, {"q": "weighing"}, {"q": "weighing", "kind": "document"}, {"status": "effective"}):
        assert [row["id"] for row in firm.operator.get("search_records", **query).ok["items"]] == [shown["id"]]
    for query in ({"kind": "event"}, {"status": "draft"}, {"q": "weighing", "kind": "event"}, {"q": "weighing", "status": "reported"}):
        assert firm.operator.get("search_records", **query).ok["items"] == []


@pytest.mark.parametrize("few", [False, True])
def test_nobody_finds_another_organisations_records(product: Product, firm: Company, few: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if few:
        monkeypatch.setattr(search, "NEWEST", 0)
    other = company(product, "action_owner", "qa")
    written(product, other, "Cleaning of secrets")
    assert titles(firm, "cleaning") == ["Cleaning of vessels"]
    assert titles(other, "cleaning") == ["Cleaning of secrets"]
    rows = as_superuser(product, "select word_query(:o, 'cleaning') = word_query(:p, 'cleaning')", o=firm.id, p=other.id)
    assert rows == [[False]]


def test_the_function_beneath_row_level_security_gives_only_its_own_organisations_ids(product: Product, firm: Company) -> None:
    other = company(product, "action_owner", "qa")
    made = written(product, other, "Cleaning of secrets")
    asked = "select found_records(word_query(cast(:o as uuid), 'cleaning'), null, null, null, null, null, null, 9)"
    assert as_superuser(product, asked, firm.id, o=other.id) == []
    assert as_superuser(product, asked, other.id, o=other.id) == [[UUID(made)]]
    assert as_superuser(product, asked, "", o=other.id) == []


def test_the_longest_content_can_be_written_and_found(product: Product, firm: Company) -> None:
    words = [f"{chr(0x4E00 + n % 5000)}é{n:05d}wörd" for n in range(60_000)]
    written(product, firm, "Longest of all", content={"parts": words})
    assert titles(firm, "longest") == ["Longest of all"]
    assert titles(firm, words[10]) == ["Longest of all"]


def test_new_words_are_found_at_once_and_old_ones_no_longer(product: Product) -> None:
    firm = company(product, "action_owner", "qa")
    made = written(product, firm, "Before", "Oldest")
    as_superuser(product, 'update records set title = \'After\', content = \'{"a": [{"b": "newest"}]}\' where id = :id', firm.id, id=made)
    assert titles(firm, "new") == ["After"]
    assert titles(firm, "oldest") == []
    assert titles(firm, "before") == []
