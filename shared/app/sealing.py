"""The sealing of an organisation's audit chains, and the record of a restore.

A checkpoint is added only after the last one in the bucket, and only if everything that one sealed is still in the database. So deleting
or rewriting sealed entries stops the sealing, and no later checkpoint can hide it.

The object is written first, then the row that notes it. If a run is killed in between, the next run finds the object, checks it, notes it
and continues; of two runs at once the bucket takes one's seal, and the other finds it in the same way. No transaction is open while the
bucket or the signer is waited for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.domain.kernel.errors import Conflict
from shared.domain.kernel.sentences import Sentence
from shared.domain.signing import seals
from shared.domain.signing.seals import BadSeal, Checkpoint, Seal
from shared.google import seal_bucket
from shared.outside import telemetry
from shared.queries import seals as stored

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from shared.app.run import Opening
    from shared.db.transaction import Transaction
    from shared.domain.signing.seals import Head

ADOPTED: Final = 10  # the most seals that one run adopts; the next run continues
Counts = dict[str, int]


def seal(opened: Opening, organisation_id: UUID) -> Counts:
    """Seal the organisation's chains if they grew; `contradicted` counts an alarm: bucket and database disagree."""
    with opened() as tx:
        state = stored.state(tx)
    if not state.moved:
        return {"sealed": 0}
    try:
        return _advance(opened, organisation_id, state.number)
    except BadSeal as contradiction:
        telemetry.log("ERROR", "the trail contradicts its seals", organisation_id=str(organisation_id), seal=str(contradiction))
        return {"sealed": 0, "contradicted": 1}


def record_restore(opened: Opening, organisation_id: UUID, *, reason: str, by: str) -> Checkpoint | None:
    """Record, in a signed checkpoint, that the database was restored to an older state; None if there is no seal.

    It continues the newest seal that still holds; later seals document what was lost. Raises BadSeal if the seals in the bucket
    don't link up, or if the reason or the name is missing, and Conflict if a seal was added meanwhile.
    """
    chain, newest_holding = [], False
    for one, people in _backwards(opened, organisation_id):
        chain.append(one)
        with opened() as tx:
            newest_holding = holds(tx, one, people)
        if newest_holding:
            break
    if not chain:
        return None
    newest, held = chain[0], chain[-1] if newest_holding else None
    with opened() as tx:
        now, at = stored.standing(tx), tx.now
        entries = stored.entries_between(tx, held, now)
    made = seal_bucket.signed(seals.restored(newest, held, now, entries, reason=reason, by=by, at=at))
    if not seal_bucket.keep(made):
        raise Conflict(Sentence("seal_written_meanwhile", "A seal was written at this moment. Record the restore once more."))
    _note(opened, made)
    return made.checkpoint


def holds(tx: Transaction, checkpoint: Checkpoint, people: tuple[Head, ...]) -> bool:
    """Whether everything that the checkpoint and its `people_of` sealed is unaltered in the database."""
    heads = [(checkpoint.number, head) for head in (*checkpoint.heads, *people)]
    return stored.first_broken(tx, checkpoint.organisation_id, heads) is None


def people_of(checkpoint: Checkpoint) -> tuple[Head, ...]:
    """The people's heads that a checkpoint covers, from the checkpoint that lists them; raises BadSeal if they don't match its digest."""
    if checkpoint.people_in == checkpoint.number:
        return checkpoint.people
    people = seal_bucket.fetch(checkpoint.organisation_id, checkpoint.people_in).checkpoint.people
    if seals.people_digest(people) != checkpoint.people_sha256:
        raise BadSeal(f"Seal {checkpoint.people_in} doesn't hold the people's heads of seal {checkpoint.number}.", checkpoint.number)
    return people


def _advance(opened: Opening, organisation_id: UUID, number: int) -> Counts:
    newest = seal_bucket.fetch(organisation_id, number) if number else None
    adopted = 0
    while True:
        before = newest.checkpoint if newest else None
        people = people_of(before) if before else ()
        with opened() as tx:
            held = before is None or holds(tx, before, people)
            if newest is not None and adopted and held:
                stored.remember(tx, newest)
            now, at = stored.standing(tx), tx.now
            entries = stored.entries_between(tx, before, now)
        if before is not None and not held:
            raise BadSeal(f"What seal {before.number} sealed isn't in the database as it was.")
        if adopted == ADOPTED:
            return {"sealed": 0, "adopted": adopted}
        same = before is not None and (now.heads, now.people_sha256) == (before.heads, before.people_sha256)
        if newest is not None and same and not seal_bucket.numbers(organisation_id, newest.checkpoint.number + 1):
            _note(opened, newest)
            return {"sealed": 0, "adopted": adopted}
        made = seal_bucket.signed(seals.following(before, organisation_id, now, entries, at=at))
        if seal_bucket.keep(made):
            _note(opened, made)
            return {"sealed": 1, "adopted": adopted}
        newest = _found(before, made)
        adopted += 1


def _note(opened: Opening, newest: Seal) -> None:
    with opened() as tx:
        stored.remember(tx, newest)


def _found(before: Checkpoint | None, made: Seal) -> Seal:
    """The seal found where `made` should have been written, from a killed or concurrent run; raises BadSeal unless it follows `before`."""
    found = seal_bucket.fetch(made.checkpoint.organisation_id, made.checkpoint.number)
    fault = seals.fault_between(before, found.checkpoint)
    if fault:
        raise BadSeal(f"Seal {found.checkpoint.number} doesn't follow the one before it: {fault}.")
    return found


def _backwards(opened: Opening, organisation_id: UUID) -> Iterator[tuple[Checkpoint, tuple[Head, ...]]]:
    """The checkpoints from the newest back to number 1, each with its people's heads."""
    with opened() as tx:
        remembered = stored.state(tx).number or 1
    numbers = seal_bucket.numbers(organisation_id, remembered) or seal_bucket.numbers(organisation_id, 1)
    number, after = (numbers[-1] if numbers else 0), None
    while number:
        one = seal_bucket.fetch(organisation_id, number).checkpoint
        if after is not None and seals.fault_between(one, after):
            raise BadSeal(f"Seal {after.number} doesn't follow the one before it.", after.number)
        yield one, people_of(one)
        number, after = one.continues, (one if one.kind == seals.SEALED else None)
