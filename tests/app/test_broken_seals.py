"""What a seal brings to light: a cut tail, a rewritten chain, a restore, a forged seal; and what is never believed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from infra import record_restore
from shared.db import database as connected
from shared.domain.kernel import canonical
from shared.domain.signing import seals
from shared.domain.signing.seals import BadSeal
from shared.google import seal_bucket
from tests.app.sealed import Sealed, as_it_is_now, cause, sealed
from tests.database import Server

__all__ = ["sealed"]
if TYPE_CHECKING:
    from collections.abc import Callable

    Beside = Callable[..., None]


@pytest.mark.clause("11.10(c)")
@pytest.mark.parametrize("written_since", [False, True])
def test_a_cut_tail_is_named_with_its_seal_and_never_sealed_over(
    sealed: Sealed, beside: Beside, capsys: pytest.CaptureFixture[str], *, written_since: bool
) -> None:
    sealed.record()
    sealed.seals()
    sealed.record("SOP-2")
    sealed.seals()
    sealed.cuts(beside)
    if written_since:
        for number in range(20):
            sealed.record(f"SOP-3-{number}")
    assert sealed.verifies()["intact"], "the chain alone doesn't show it"
    capsys.readouterr()
    assert [sealed.seals() for _ in range(2)] == [{"sealed": 0, "contradicted": 1}] * 2
    assert '"severity": "ERROR"' in capsys.readouterr().out
    assert seal_bucket.numbers(sealed.id, 1) == [1, 2]
    verdict = sealed.verdict()
    assert (verdict["intact"], verdict["sealed"]["intact"]) == (False, False)
    assert cause(verdict) in {("cut off", 2), ("rewritten", 2)}


@pytest.mark.parametrize(
    "memory", ["delete from seals", "update seals set number = 1", "update seals set number = 7", "update seals set heads = '[]'"]
)
def test_what_the_database_remembers_is_never_believed(sealed: Sealed, beside: Beside, memory: str) -> None:
    for number in range(3):
        sealed.record(f"SOP-{number}")
        sealed.seals()
    beside(memory)
    whole = sealed.verdict()
    assert whole["intact"] == ("7" not in memory)
    sealed.cuts(beside)
    assert not sealed.verdict()["intact"]
    assert sealed.seals().get("contradicted") == 1
    assert seal_bucket.numbers(sealed.id, 1) == [1, 2, 3]


def test_a_lost_memory_is_found_again_in_the_bucket(sealed: Sealed, beside: Beside, superuser: Any) -> None:
    for number in range(13):
        sealed.record(f"SOP-{number}")
        sealed.seals()
    beside("delete from seals")
    assert sealed.seals() == {"sealed": 0, "adopted": 10}
    assert sealed.seals() == {"sealed": 0, "adopted": 3}
    assert (sealed.last(superuser), sealed.verdict()["intact"]) == (13, True)


def test_a_rewritten_chain_is_found_by_the_seals_alone(sealed: Sealed, beside: Beside) -> None:
    record = sealed.record()
    sealed.seals()
    beside("update audit_entries set reason = 'Nothing to see' where record_id = :r", r=record)
    beside("update audit_entries e set digest = audit_entry_digest(e) where record_id = :r", r=record)
    beside(
        "update audit_links l set digest = audit_link_digest(l.previous, l.chain, l.lane, l.sequence, l.xid, l.entries, e.digest)"
        " from audit_entries e where e.record_id = :r and l.chain = e.chain and l.xid = e.xid",
        r=record,
    )
    assert sealed.verifies()["intact"]
    assert cause(sealed.verdict()) == ("rewritten", 1)


@pytest.mark.clause("Annex 11 §16")
def test_a_restore_stops_the_sealing_until_it_is_recorded(sealed: Sealed, server: Server, database_name: str) -> None:
    sealed.record()
    sealed.seals()
    with as_it_is_now(sealed, server, database_name) as restored:
        for number in range(3):
            sealed.record(f"SOP-1-{number}")
            sealed.seals()
        old = sealed.database
        sealed.database = restored
        found = cause(sealed.verdict())
        assert found is not None
        assert found[0] == "cut off"
        for number in range(2):
            sealed.record(f"SOP-2-{number}")
        assert sealed.seals() == {"sealed": 0, "contradicted": 1}
        with pytest.raises(BadSeal, match="why"):
            record_restore.record(restored, sealed.id, reason=" ", by="Ann")
        made = record_restore.record(restored, sealed.id, reason="The disk was lost", by="Ann Smith")
        assert made is not None
        assert (made.number, made.continues, made.entries, made.kind) == (5, 1, 5, seals.RESTORED)
        verdict = sealed.verdict()
        told = {"seal": 5, "at": canonical.plain(made.at), "by": "Ann Smith", "reason": "The disk was lost", "continues": 1}
        assert (verdict["intact"], verdict["sealed"]["restores"]) == (True, [told])
        sealed.record("SOP-3")
        assert sealed.seals() == {"sealed": 1, "adopted": 0}
        assert sealed.checkpoint(6).restores == (5,)
        assert sealed.verdict()["sealed"]["restores"] == [told], "every later verdict shows it"
        sealed.database = old
        assert not sealed.verdict()["intact"], "the database that was left is no longer the one"


def test_a_restore_of_what_was_never_sealed_records_nothing(sealed: Sealed) -> None:
    assert record_restore.record(sealed.database, sealed.id, reason="Moved", by="Ann") is None


def test_the_command_records_it_for_every_organisation(
    sealed: Sealed, server: Server, database_name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Sealed(sealed.database)
    for one in (sealed, other):
        one.seals()
    monkeypatch.setattr(connected, "_current", sealed.database)
    assert record_restore.main(["--reason", "Moved to a new server", "--by", "Ann Smith"]) == 0
    said = capsys.readouterr().out
    assert all(f"{one.id}: recorded in seal 2, which continues seal 1." in said for one in (sealed, other))
    assert all(one.verdict()["intact"] for one in (sealed, other))


@pytest.mark.parametrize("forgery", ["signature", "heads", "another", "nonsense", "gap"])
def test_a_forged_seal_in_the_bucket_is_named_and_stops_the_sealing(sealed: Sealed, forgery: str) -> None:
    sealed.seals()
    sealed.record()
    one = seal_bucket.fetch(sealed.id, 1)
    now = seals.Standing(one.checkpoint.heads, one.checkpoint.people)
    made = seal_bucket.signed(seals.following(one.checkpoint, sealed.id, now, 1, at=one.checkpoint.at))
    place = seals.name(sealed.id, 3 if forgery == "gap" else 2)
    document = json.loads(made.written())
    if forgery == "heads":
        document["checkpoint"]["heads"] = []
    if forgery == "signature":
        document["signature"] = one.written().decode().split('"signature":"')[1][:-2]
    content = {"another": one.written(), "nonsense": b"\xff"}.get(forgery, json.dumps(document).encode())
    seal_bucket._bucket().blob(place).upload_from_string(content, if_generation_match=0)
    assert cause(sealed.verdict()) == (("seal missing" if forgery == "gap" else "seal altered"), 2)
    if forgery != "gap":
        assert sealed.seals()["contradicted"] == 1
