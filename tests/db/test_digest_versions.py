"""An entry's digest says exactly one thing: what was hashed can be read back from the bytes, and no version passes for the other."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from infra import export_trail, trail_digests, verify
from tests.app.test_seals import Sealed, verified
from tests.database import APPLICATION, RECORD, Office, acting

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.db.database import Database
    from tests.storage import Storage

    Beside = Callable[..., None]
    Entry = dict[str, Any]

LIKE_AN_ORGANISATION = UUID("01890000-0000-7000-8000-00000000002d")  # ends in `-`, as an entry without a record does
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


# --- What was reproduced: by whom owns the database, a record's entries were taken out of the trail, and all verifiers said intact.


@dataclass
class Trail:
    """A sealed office, whose record has an id that ends as an entry without a record does."""

    office: Sealed
    beside: Beside

    def of_version_1(self) -> None:
        """The whole trail as it was written before version 2 was known."""
        self.beside("update audit_entries set version = 1")
        self.beside("update audit_links set version = 1")
        self.chained_anew()

    def chained_anew(self) -> None:
        """Every digest computed anew, as the owner of the database can."""
        self.beside("update audit_entries e set digest = audit_entry_digest(e)")
        self.beside(
            """
            do $$
            declare
                l audit_links;
            begin
                for l in select * from audit_links order by chain, lane, sequence loop
                    update audit_links k set previous = p.digest, version = e.version,
                        digest = audit_link_digest(p.digest, k.chain, k.lane, k.sequence, k.xid, k.entries, e.digests)
                    from (select min(version) as version, string_agg(digest, ''::bytea order by ordinal) as digests from audit_entries
                            where chain = l.chain and xid = l.xid and at = l.at) e,
                        (select coalesce((select b.digest from audit_links b where b.chain = l.chain and b.lane = l.lane
                            and b.sequence = l.sequence - 1), decode(repeat('00', 32), 'hex')) as digest) p
                    where (k.chain, k.lane, k.sequence) = (l.chain, l.lane, l.sequence);
                end loop;
            end
            $$
            """
        )

    def said(self) -> tuple[Any, Any, str]:
        """What the database, the seals and the offline verifier say: the first that is broken, or None and ``."""
        who = acting(self.office.id, self.office.person)
        found = verified(partial(self.office.database.transaction, role=APPLICATION, settings=who), self.office.id)
        sealed = found["sealed"]
        assert sealed is not None
        lines = [json.loads(export_trail.text(line)) for line in export_trail.lines(self.office.database, self.office.id)]
        try:
            verify.verify(lines)
        except verify.Broken as broken:
            return found["first_broken"], sealed["intact"], str(broken)
        return found["first_broken"], sealed["intact"], ""

    def shown(self) -> int:
        """How many entries of the record a member of the organisation is shown."""
        return len(self.office.reads(lambda tx: tx.rows("select 1 from audit_entries where record_id = :r", r=LIKE_AN_ORGANISATION)))


@pytest.fixture
def trail(database: Database, storage: Storage, beside: Beside) -> Trail:
    made = Trail(Sealed(database), beside)
    o, p = made.office.id, made.office.person
    made.office.does(RECORD, id=LIKE_AN_ORGANISATION, o=o, p=p, number="SOP-7", content={"summary": "7"})
    return made


TAKEN_OUT = (
    "update audit_entries set record_id = null, organisation_id = encode('='::bytea || substring(uuid_send(record_id) for 15), 'hex')::uuid"
    " where record_id = :r"
)


@pytest.mark.clause("11.10(a)")
def test_a_record_taken_out_of_an_old_trail_without_changing_a_digest_is_found_by_both_verifiers(trail: Trail) -> None:
    trail.of_version_1()
    trail.office.seals()
    assert (trail.said(), trail.shown()) == ((None, True, ""), 1)
    trail.beside(TAKEN_OUT, r=LIKE_AN_ORGANISATION)
    assert trail.office.reads(lambda tx: tx.row("select count(*) as n from audit_entries e where e.digest <> audit_entry_digest(e)").n) == 0
    broken, sealed, said = trail.said()
    assert (broken["table"], broken["cause"], sealed, trail.shown()) == ("records", "altered", True, 0)
    assert "filed under another organisation" in said


@pytest.mark.clause("11.10(a)")
def test_a_record_taken_out_of_a_new_trail_changes_its_digest(trail: Trail) -> None:
    trail.office.seals()
    assert trail.said() == (None, True, "")
    trail.beside(TAKEN_OUT, r=LIKE_AN_ORGANISATION)
    assert trail.office.reads(lambda tx: tx.row("select count(*) as n from audit_entries e where e.digest <> audit_entry_digest(e)").n) == 1
    assert trail.said()[0]["cause"] == "altered"


@pytest.mark.parametrize("whose", ["gen_random_uuid()", "null"])
def test_an_entry_of_the_organisations_chain_is_the_organisations(trail: Trail, whose: str) -> None:
    trail.beside(f"update audit_entries set organisation_id = {whose} where record_id = :r", r=LIKE_AN_ORGANISATION)
    trail.chained_anew()
    broken, _, said = trail.said()
    assert (broken["table"], broken["cause"], "organisation" in said) == ("records", "altered", True)


def test_an_entry_of_a_persons_own_chain_is_no_organisations(trail: Trail) -> None:
    trail.beside("update audit_entries set organisation_id = chain where chain = :p", p=trail.office.person)
    trail.chained_anew()
    broken, _, said = trail.said()
    assert (broken["table"], broken["cause"], "organisation" in said) == ("people", "altered", True)


# --- Versions: what was written stays of its version, and nothing is written in the old one any more.


def test_new_entries_and_links_are_of_version_2(trail: Trail) -> None:
    entries, links = "select distinct version from audit_entries", "select distinct version from audit_links"
    assert trail.office.reads(lambda tx: [row.version for row in (*tx.rows(entries), *tx.rows(links))]) == [2, 2]


def test_an_old_trail_goes_on_in_the_new_version_and_holds(trail: Trail) -> None:
    trail.of_version_1()
    trail.office.seals()
    for number in range(3):
        trail.office.record(f"SOP-{number}")
    trail.office.seals()
    assert trail.said() == (None, True, "")


def test_a_file_that_was_exported_before_there_were_versions_is_still_verified(trail: Trail) -> None:
    trail.of_version_1()
    trail.office.seals()
    lines = [json.loads(export_trail.text(line)) for line in export_trail.lines(trail.office.database, trail.office.id)]
    lines[0]["trail"]["format"] = 1
    for line in lines:
        for found in line.values():
            found.pop("version", None)
    assert verify.verify(lines).entries == 4


def test_a_file_that_claims_to_be_older_than_its_entries_is_refused(trail: Trail) -> None:
    lines = [json.loads(export_trail.text(line)) for line in export_trail.lines(trail.office.database, trail.office.id)]
    lines[0]["trail"]["format"] = 1
    for line in lines:
        for found in line.values():
            found.pop("version", None)
    with pytest.raises(verify.Broken, match="altered"):
        verify.verify(lines)


@pytest.mark.clause("11.10(a)")
@pytest.mark.parametrize("link_too", [False, True])
def test_an_entry_that_is_only_called_older_breaks_its_digest(trail: Trail, *, link_too: bool) -> None:
    trail.beside("update audit_entries set version = 1 where record_id = :r", r=LIKE_AN_ORGANISATION)
    if link_too:
        trail.beside(
            "update audit_links l set version = 1 from audit_entries e where e.xid = l.xid and e.record_id = :r", r=LIKE_AN_ORGANISATION
        )
    broken, _, said = trail.said()
    assert (broken["cause"], "digest doesn't fit" in said) == ("altered", True)


@pytest.mark.clause("11.10(a)")
@pytest.mark.parametrize("in_a_lane_of_its_own", [False, True])
def test_an_entry_hashed_anew_in_the_old_version_is_refused_after_one_of_the_new(trail: Trail, *, in_a_lane_of_its_own: bool) -> None:
    trail.beside("update audit_entries set version = 1 where record_id = :r", r=LIKE_AN_ORGANISATION)
    if in_a_lane_of_its_own:
        trail.beside("update audit_links set lane = mod(lane + 1, 16), sequence = 1 where chain = :c and sequence = 2", c=trail.office.id)
    trail.chained_anew()
    broken, _, said = trail.said()
    assert (broken["cause"], "version" in said) == ("version", True)


@pytest.mark.clause("11.10(a)")
def test_an_old_entry_put_in_under_a_number_that_was_free_is_refused_by_its_place_in_the_lane(trail: Trail) -> None:
    """Numbers of transactions that were rolled back are free."""
    trail.beside("update audit_entries set id = id + 1000")
    trail.beside("update audit_entries set id = 1, version = 1 where record_id = :r", r=LIKE_AN_ORGANISATION)
    trail.chained_anew()
    broken, _, said = trail.said()
    assert (broken["cause"], "version" in said) == ("version", True)


def test_a_link_says_the_version_of_its_entries(trail: Trail) -> None:
    trail.beside("update audit_links set version = 1 where chain = :c", c=trail.office.id)
    broken, _, said = trail.said()
    assert (broken["cause"], "another version than its entries" in said) == ("version", True)


def test_the_owner_finds_no_version_beside_the_two(office: Office, beside: Beside) -> None:
    office.record()
    beside("update audit_entries set version = 3")
    beside("update audit_links set version = 3")
    assert office.verifies()["first_broken"]["cause"] == "altered"
