"""Five hundred seeded tamperings with a sealed trail, each applied by a superuser with every trigger off: all are found.

A tampering happens in a transaction in which the verdict is then asked for, and which is rolled back: so one trail serves all of them.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from infra import export_trail, verify
from tests.db.edited_exports import FILES, RECORDS, Trail, cut, reorder, trail

__all__ = ["trail"]


SEED = 21_11
KINDS = ("edit", "delete", "reorder", "cut", "rewrite")
BATCH = 20  # tamperings of one test
EACH = 100  # of a kind
COLUMNS = {
    "actor": "'person:' || gen_random_uuid()",
    "at": "at + interval '1 second'",
    "reason": "reason || '.'",
    "new": "'{}'",
    "source": "'web'",
    "operation": "'delete'",
    "step": "'other'",
    "cause": "'another'",
    "request_id": "'x'",
    "record_id": "gen_random_uuid()",
    "row_key": "gen_random_uuid()",
    "ordinal": "ordinal + 1",
    "xid": "xid + 100000",
    "organisation_id": "gen_random_uuid()",
    "old": "'{\"a\": 1}'",
    "table_name": "'notes'",
    "id": "id + 1000000",
    "digest": "sha256(digest)",
    "chain": "gen_random_uuid()",
}
# From a link on, everything in its lane computed anew, as the database's owner can.
REWRITE = """
do $$
declare
    l audit_links;
    former bytea;
begin
    update audit_entries e set digest = audit_entry_digest(e) where e.chain = '<chain>';
    for l in select * from audit_links where chain = '<chain>' and lane = <lane> order by sequence loop
        former := coalesce((select k.digest from audit_links k
            where k.chain = l.chain and k.lane = l.lane and k.sequence = l.sequence - 1), decode(repeat('00', 32), 'hex'));
        update audit_links k set previous = former, entries = e.n,
            digest = audit_link_digest(former, k.chain, k.lane, k.sequence, k.xid, e.n, e.digests)
        from (select count(*)::int as n, string_agg(a.digest, ''::bytea order by a.ordinal) as digests from audit_entries a
            where a.chain = l.chain and a.xid = l.xid and a.at = l.at) e
        where k.chain = l.chain and k.lane = l.lane and k.sequence = l.sequence;
    end loop;
end
$$
"""


def seeded(tampering: str) -> random.Random:
    """The same chances at every run."""
    return random.Random(f"{SEED} {tampering}")  # noqa: S311 - to choose by, not to keep secret


def tampering(kind: str, trail: Trail, chance: random.Random) -> list[tuple[str, dict[str, object]]]:
    """The statements of one tampering, chosen by chance."""
    if kind == "edit":
        column, entry = chance.choice(sorted(COLUMNS)), chance.choice(trail.entries)
        return [(f"update audit_entries set {column} = {COLUMNS[column]} where id = :id", {"id": entry.id})]
    if kind == "delete":
        entry = chance.choice(trail.entries)
        link = "delete from audit_links where chain = :c and xid = :xid and at = :at"
        more = [(link, {"c": entry.chain, "xid": entry.xid, "at": entry.at})] if chance.random() < 0.5 else []
        return [*more, ("delete from audit_entries where id = :id", {"id": entry.id})]
    if kind == "reorder":
        return reorder(trail, chance)
    if kind == "cut":
        return cut(trail, chance)
    link = chance.choice(trail.links)
    words = {"chain": str(link.chain), "lane": str(link.lane)}
    sql = REWRITE
    for word, meaning in words.items():
        sql = sql.replace(f"<{word}>", meaning)
    what = chance.choice(
        ["reason = reason || '.'", "actor = 'person:' || gen_random_uuid()", "request_id = 'x'", "at = at + interval '1 hour'"]
    )
    where = {"c": link.chain, "xid": link.xid, "at": link.at}
    changed = [(f"update audit_entries set {what} where chain = :c and xid = :xid and at = :at", where)]
    if what.startswith("at"):
        changed.append((f"update audit_links set {what} where chain = :c and xid = :xid and at = :at", where))
    return [*changed, (sql, {})]


def test_the_untouched_trail_is_intact_and_lies_in_several_lanes(trail: Trail) -> None:
    verdict = trail.judged([])
    assert (verdict["intact"], verdict["entries"], verdict["sealed"]["checkpoints"]) == (True, RECORDS + 3, 3)
    assert len({link.lane for link in trail.links}) > 1


@pytest.mark.clause("11.10(a)")
@pytest.mark.parametrize("batch", range(EACH // BATCH))
@pytest.mark.parametrize("kind", KINDS)
def test_every_tampering_is_found(trail: Trail, kind: str, batch: int) -> None:
    missed = []
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        statements = tampering(kind, trail, seeded(f"{kind} {number}"))
        verdict = trail.judged(statements)
        if verdict["intact"] or verdict["first_broken"] is None:
            missed.append((number, statements))
        elif kind in {"cut", "rewrite"}:
            assert not verdict["sealed"]["intact"], (number, statements, "the seals alone show it")
    assert missed == []


@pytest.fixture(scope="module")
def exported(trail: Trail) -> list[dict[str, Any]]:
    """The lines of the file, as they are written and read again."""
    return [json.loads(export_trail.text(line)) for line in export_trail.lines(trail.office.database, trail.office.id)]


@pytest.mark.clause("11.10(b)")
@pytest.mark.parametrize("batch", range(EACH // BATCH))
@pytest.mark.parametrize("kind", KINDS)
def test_every_tampering_with_an_exported_file_is_found_without_a_service(exported: list[dict[str, Any]], kind: str, batch: int) -> None:
    assert verify.verify(exported).checkpoints[-1].number == 3
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        chance = seeded(f"file {kind} {number}")
        tampered = FILES[kind](json.loads(json.dumps(exported)), chance)
        with pytest.raises(verify.Broken) as found:
            verify.verify(tampered, at_least=3)
        assert str(found.value).endswith(".")
        if kind in {"cut", "rewrite"}:
            assert "seal" in str(found.value).lower()
