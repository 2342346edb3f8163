"""Checkpoints: what they hold, how they follow one another, and what a restore says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from shared.domain.signing import seals
from shared.domain.signing.seals import BadSeal, Checkpoint, Head, Seal, Standing

OURS, PERSON = UUID(int=1), UUID(int=7)
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
A, B, C = "a" * 64, "b" * 64, "c" * 64
NOW = Standing((Head(0, 1, A), Head(3, 2, B)), (Head(0, 1, C, PERSON),))
LATER = Standing((Head(0, 2, C), Head(3, 2, B)), NOW.people)
ONE = seals.following(None, OURS, NOW, 3, at=AT)
TWO = seals.following(ONE, OURS, LATER, 1, at=AT)


def written(checkpoint: Checkpoint = ONE, **changed: Any) -> bytes:
    """A seal as it would lie in the bucket, with some of its checkpoint's values changed."""
    document = json.loads(Seal(checkpoint, "key", b"signature").written())
    document["checkpoint"] |= changed
    return json.dumps(document).encode()


def test_the_first_checkpoint_follows_nothing_and_holds_everything() -> None:
    assert (ONE.number, ONE.previous, ONE.continues, ONE.entries) == (1, seals.NOTHING, 0, 3)
    assert (ONE.heads, ONE.people, ONE.people_in) == (NOW.heads, NOW.people, 1)
    assert seals.fault_between(None, ONE) == ""


def test_the_next_one_names_the_one_before_and_repeats_no_people_that_didnt_move() -> None:
    assert (TWO.number, TWO.previous, TWO.continues, TWO.entries) == (2, ONE.sha256, 1, 4)
    assert (TWO.people, TWO.people_in, TWO.people_sha256) == ((), 1, ONE.people_sha256)
    moved = seals.following(TWO, OURS, Standing(LATER.heads, (Head(0, 2, A, PERSON),)), 0, at=AT)
    assert (moved.people, moved.people_in) == ((Head(0, 2, A, PERSON),), 3)
    assert seals.fault_between(ONE, TWO) == seals.fault_between(TWO, moved) == ""


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"number": 3}, "number"),
        ({"previous": A}, "previous"),
        ({"organisation_id": PERSON}, "organisation"),
        ({"restores": (2,)}, "restores"),
        ({"heads": (Head(0, 2, C), Head(3, 1, A))}, "heads"),
        ({"heads": (Head(0, 2, C),)}, "heads"),
    ],
)
def test_a_checkpoint_that_doesnt_follow_is_told_from_one_that_does(changed: dict[str, Any], fault: str) -> None:
    assert seals.fault_between(ONE, replace(TWO, **changed)) == fault


def test_whatever_is_altered_in_a_checkpoint_alters_its_digest() -> None:
    shown = ONE.shown()
    assert set(shown) == {*ONE.__dataclass_fields__}
    other = replace(
        ONE,
        number=2,
        at=AT.replace(year=2027),
        heads=(),
        entries=4,
        people=(),
        people_in=2,
        people_sha256=A,
        previous=A,
        continues=1,
        restores=(1,),
        kind=seals.RESTORED,
        by="x",
        reason="x",
        organisation_id=PERSON,
    )
    for field in shown:
        assert replace(ONE, **{field: getattr(other, field)}).sha256 != ONE.sha256, field


def test_a_seal_is_read_back_as_it_was_written() -> None:
    for one in (ONE, TWO, restored()):
        assert seals.parse(Seal(one, "key-1", b"\x00\xff").written()) == Seal(one, "key-1", b"\x00\xff")


@pytest.mark.parametrize(
    "changed",
    [
        {"number": 0},
        {"number": "1"},
        {"number": True},
        {"entries": -1},
        {"kind": "other"},
        {"kind": "restored"},
        {"at": "yesterday"},
        {"at": "2026-03-01T08:00:00"},
        {"heads": [{"lane": 0, "sequence": 1}]},
        {"heads": [{"lane": 0, "sequence": 0, "digest": A}]},
        {"heads": [{"lane": 0, "sequence": 1, "digest": "A" * 64}]},
        {"heads": None},
        {"people": []},
        {"people_in": 2},
        {"previous": "0"},
        {"continues": 1},
        {"reason": "x"},
        {"extra": 1},
        {"organisation_id": "x"},
        {"heads": [{"lane": 0, "sequence": 1, "digest": A, "x": 1}]},
    ],
)
def test_what_isnt_exactly_a_seal_is_refused(changed: dict[str, Any]) -> None:
    assert seals.parse(written()).checkpoint == ONE
    with pytest.raises(BadSeal):
        seals.parse(written(**changed))


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"checkpoint": {}, "key": "a", "signature": "!"}']
)
def test_nonsense_is_no_seal(content: bytes) -> None:
    with pytest.raises(BadSeal):
        seals.parse(content)


@pytest.mark.parametrize("key", ["", "../x", "a/b", "a" * 129])
def test_a_key_that_names_no_file_is_refused(key: str) -> None:
    with pytest.raises(BadSeal):
        seals.parse(Seal(ONE, key, b"x").written())


def restored() -> Checkpoint:
    """The database was brought back to what checkpoint 1 sealed."""
    return seals.restored(TWO, ONE, NOW, 0, reason=" The disk was lost ", by=" Ann ", at=AT)


def test_a_restore_names_what_it_continues_and_what_is_lost() -> None:
    made = restored()
    assert (made.number, made.previous, made.continues, made.restores) == (3, TWO.sha256, 1, (3,))
    assert (made.entries, made.people, made.reason, made.by) == (3, NOW.people, "The disk was lost", "Ann")
    assert seals.fault_between(TWO, made) == ""
    after = seals.following(made, OURS, LATER, 1, at=AT)
    assert (after.restores, seals.fault_between(made, after)) == ((3,), "")
    assert seals.lost([ONE, TWO, made, after]) == {2}
    assert seals.lost([ONE, TWO]) == set()


@pytest.mark.parametrize(("reason", "by"), [("", "Ann"), (" ", "Ann"), ("Lost", "")])
def test_a_restore_without_a_reason_or_a_name_is_refused(reason: str, by: str) -> None:
    with pytest.raises(BadSeal, match="why"):
        seals.restored(TWO, ONE, NOW, 0, reason=reason, by=by, at=AT)


def test_names_are_in_the_order_of_the_numbers() -> None:
    names = [seals.name(OURS, number) for number in (1, 9, 10, 999_999)]
    assert names == sorted(names)
    assert [seals.number_of(name) for name in names] == [1, 9, 10, 999_999]
    with pytest.raises(BadSeal):
        seals.number_of("seals/x.json")
