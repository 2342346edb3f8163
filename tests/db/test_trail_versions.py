"""A trail of both versions: the old part holds and goes on in the new, and neither passes for the other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from infra import export_trail, verify
from tests.app.sealed import Sealed, verified
from tests.database import APPLICATION, RECORD, Office, acting

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.db.database import Database
    from tests.storage import Storage

    Beside = Callable[..., None]
    Entry = dict[str, Any]


LIKE_AN_ORGANISATION = UUID("01890000-0000-7000-8000-00000000002d")  # ends in `-`, as an entry without a record does


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
