"""An entry's digest says exactly one thing: what was hashed can be read back from the bytes, and no version passes for the other."""

from __future__ import annotations

import json
import struct
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from infra import trail_digests

if TYPE_CHECKING:
    from collections.abc import Callable

    Beside = Callable[..., None]
    Entry = dict[str, Any]


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
IMAGES = st.none() | st.dictionaries(TEXTS, TEXTS | st.integers(0, 9), max_size=3).map(json.dumps)
IDS = st.uuids().map(str)
ENTRIES = st.fixed_dictionaries(
    {
        "id": st.integers(1, 2**55),
        "chain": IDS,
        "organisation_id": st.none() | IDS,
        "xid": st.integers(0, 2**63 - 1),
        "ordinal": st.integers(-(2**31), 2**31 - 1),
        "at": st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)).map(lambda found: found.replace(tzinfo=UTC).isoformat()),  # noqa: DTZ001 - hypothesis wants naive bounds
        "table_name": TEXTS,
        "row_key": TEXTS,
        "record_id": st.none() | IDS,
        "operation": TEXTS,
        "step": TEXTS,
        "actor": TEXTS,
        "cause": st.none() | TEXTS,
        "reason": TEXTS,
        "request_id": TEXTS,
        "source": TEXTS,
        "old": IMAGES,
        "new": IMAGES,
        "version": st.just(2),
    }
)
OWN = st.booleans()  # whether the organisation is the chain's, as it is in every entry that isn't a person's own


def decoded(found: bytes) -> Entry:
    """The entry of which version 2 made these bytes; it reads to the last byte."""
    assert found[:2] == b"\xff\x02"
    place = 2

    def taken(size: int) -> bytes:
        nonlocal place
        place += size
        assert place <= len(found)
        return found[place - size : place]

    mark = taken(1)
    organisation = str(UUID(bytes=taken(16))) if mark == b"\x02" else mark
    about = taken(1)
    assert about in {b"\x00", b"\x01"}
    record = str(UUID(bytes=taken(16))) if about == b"\x01" else None
    number, chain, xid, at = struct.unpack(">q16sqq", taken(40))
    *sizes, ordinal, last = struct.unpack(">10IiI", taken(48))
    texts: dict[str, str | None] = {}
    for name, size in zip(trail_digests.TEXTS, (*sizes, last), strict=True):
        optional = name in trail_digests.OPTIONAL
        texts[name] = None if optional and not size else taken(size - optional).decode()
    assert place == len(found)
    own = str(UUID(bytes=chain))
    whose = {b"\x00": None, b"\x01": own}.get(organisation, organisation) if isinstance(organisation, bytes) else organisation
    moment = trail_digests.EPOCH + timedelta(microseconds=at)
    numbers = {"id": number, "chain": own, "xid": xid, "ordinal": ordinal, "at": moment.isoformat(), "version": 2}
    return {**numbers, "organisation_id": whose, "record_id": record, **texts}


@pytest.mark.clause("11.10(e)")
@given(ENTRIES, OWN)
@settings(max_examples=500)
def test_an_entry_can_be_read_back_from_its_bytes_so_equal_bytes_mean_equal_entries(entry: Entry, own: bool) -> None:
    entry = {**entry, "organisation_id": entry["chain"]} if own else entry
    assert decoded(trail_digests.encoded(entry)) == entry


@given(ENTRIES, st.sampled_from([1, 2]))
def test_no_entry_of_one_version_has_the_bytes_of_one_of_the_other(entry: Entry, version: int) -> None:
    assert (trail_digests.encoded({**entry, "version": version})[0] == 0xFF) == (version == 2)


@pytest.mark.parametrize("number", [0, -1, -71_776_119_061_217_280])
def test_an_entry_of_version_1_with_a_number_that_none_has_is_no_entry(number: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        trail_digests.encoded({**SHORT, "id": number, "version": 1})


SHORT: Entry = {
    "id": 1,
    "chain": str(UUID(int=1)),
    "organisation_id": None,
    "xid": 1,
    "ordinal": 1,
    "at": "2026-01-01T00:00:00+00:00",
    "table_name": "t",
    "row_key": "k",
    "record_id": None,
    "operation": "insert",
    "step": "s",
    "actor": "a",
    "cause": None,
    "reason": "r",
    "request_id": "",
    "source": "api",
    "old": None,
    "new": "{}",
    "version": 2,
}


def swapped(entry: Entry, one: str, other: str) -> Entry:
    """The text of one column moved to the next one."""
    return {**entry, one: "", other: (entry[one] or "") + (entry[other] or "")}


@given(ENTRIES, st.integers(0, len(trail_digests.TEXTS) - 2))
@example({**SHORT, "reason": "|", "request_id": "|"}, 7)
def test_text_that_moves_into_the_next_column_changes_the_bytes(entry: Entry, place: int) -> None:
    one, other = trail_digests.TEXTS[place : place + 2]
    moved = swapped(entry, one, other)
    assert (trail_digests.encoded(moved) == trail_digests.encoded(entry)) == (moved == entry)


@pytest.mark.parametrize("column", ["cause", "old", "new"])
def test_nothing_is_not_the_empty_text(column: str) -> None:
    assert trail_digests.encoded({**SHORT, column: None}) != trail_digests.encoded({**SHORT, column: ""})


LINKS = st.fixed_dictionaries(
    {
        "previous": st.binary(min_size=32, max_size=32).map(bytes.hex),
        "chain": IDS,
        "lane": st.integers(0, 15),
        "sequence": st.integers(1, 2**63 - 1),
        "xid": st.integers(0, 2**63 - 1),
        "entries": st.integers(0, 2**31 - 1),
    }
)


@given(LINKS, st.lists(st.binary(min_size=32, max_size=32), max_size=4))
def test_a_link_can_be_read_back_from_its_bytes(link: Entry, digests: list[bytes]) -> None:
    found = trail_digests.encoded_link(link, b"".join(digests))
    previous, chain, lane, sequence, xid, entries = struct.unpack(">32s16siqqi", found[:72])
    read = {"previous": previous.hex(), "chain": str(UUID(bytes=chain)), "lane": lane, "sequence": sequence, "xid": xid, "entries": entries}
    assert (read, found[72:]) == (link, b"".join(digests))


@pytest.mark.parametrize(("previous", "digests"), [("00" * 31, bytes(32)), ("00" * 33, bytes(32)), ("00" * 32, bytes(31))])
def test_a_link_holds_whole_digests(previous: str, digests: bytes) -> None:
    link = {"previous": previous, "chain": str(UUID(int=1)), "lane": 0, "sequence": 1, "xid": 1, "entries": 1}
    with pytest.raises(ValueError, match="32 bytes"):
        trail_digests.encoded_link(link, digests)


COMPUTED = """
select audit_entry_digest(row(:id::bigint, :chain::uuid, :organisation_id::uuid, :xid::bigint, :ordinal::int, :at::timestamptz,
    :table_name::text, :row_key::text, :record_id::uuid, :operation::text, :step::text, :actor::text, :cause::text, :reason::text,
    :request_id::text, :source::text, :old::json, :new::json, null::bytea, :version::smallint)::audit_entries)
"""


@given(ENTRIES, OWN, st.sampled_from([1, 2]))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_and_the_offline_verifier_compute_the_same(superuser: Any, entry: Entry, own: bool, version: int) -> None:
    entry = {**entry, "version": version} | ({"organisation_id": entry["chain"]} if own else {})
    assert superuser.run(COMPUTED, **entry) == [[trail_digests.entry_digest(entry)]]


@pytest.mark.parametrize(("number", "version"), [(0, 1), (-1, 1), (1, 0), (1, 3), (1, None)])
def test_the_database_computes_no_digest_for_what_no_entry_is(superuser: Any, number: int, version: int | None) -> None:
    assert superuser.run(COMPUTED, **{**SHORT, "id": number, "version": version}) == [[None]]
