"""The verification of an organisation's audit trail: whether its hashes hold and whether it matches its seals.

The database's note of the last seal only says where in the bucket to start; a false note is detected. The trail is compared with the
newest seal, which covers all before it, and with as many earlier ones as time allows; the offline verifier checks them all. The seals are
fetched between two transactions: what they seal was in the database before, so it must be there after.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from shared.answers.audit_trail import Restore, Sealed, Verdict
from shared.answers.rows import written
from shared.app import sealing
from shared.domain.kernel.values import dataclass
from shared.domain.signing import seals
from shared.domain.signing.seals import BadSeal, Checkpoint, MissingSeal
from shared.google import seal_bucket
from shared.queries import audit_trail
from shared.queries import seals as stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from shared.app.run import Opening
    from shared.db.transaction import Transaction

RECENT: Final = 20  # earlier seals that are checked
TIME_LIMIT: Final = 3.0  # seconds for those
RESTORES: Final = 10  # the newest restores that are shown

Finding = dict[str, Any]


@dataclass(frozen=True)
class Read:
    """What one transaction read of an organisation's audit trail: the verdict on its rows, and the last seal that it remembers.

    `opened` begins the transaction in which the trail is compared with what is fetched meanwhile.
    """

    organisation_id: UUID
    rows: Mapping[str, Any]
    remembered: int
    opened: Opening


def read(tx: Transaction, organisation_id: UUID, opened: Opening) -> Read:
    """Verify the rows of the organisation's audit trail."""
    return Read(organisation_id, audit_trail.verify(tx), stored.state(tx).number if seal_bucket.is_there() else 0, opened)


def judge(found: Read) -> Verdict:
    """The verdict on rows and seals; `sealed` is None if this process has no bucket of seals."""
    sealed, broken = _compare_with_seals(found) if seal_bucket.is_there() else (None, None)
    first = found.rows["first_broken"] or broken
    return {"intact": first is None, "entries": found.rows["entries"], "first_broken": first, "sealed": sealed}


def _compare_with_seals(found: Read) -> tuple[Sealed, Finding | None]:
    """Compare the audit trail with its seals; return the comparison and the first finding, if any.

    Raises errors.Unavailable if the seals can't be read.
    """
    organisation_id, remembered = found.organisation_id, found.remembered
    numbers = seal_bucket.numbers(organisation_id, remembered or 1)
    if not numbers:
        broken = _finding("seal missing", remembered) if remembered else None
        return {"checkpoints": 0, "last_at": None, "intact": broken is None, "restores": []}, broken
    checkpoints: list[Checkpoint] = []
    broken = None if numbers == list(range(remembered or 1, numbers[-1] + 1)) else _finding("seal missing", _gap(numbers, remembered or 1))
    restores: list[Restore] = []
    try:
        for one in _newest(organisation_id, numbers[-1]):
            checkpoints.append(one)  # noqa: PERF402 - those before a bad one count
        heads = [(one.number, head) for one in _standing(checkpoints) for head in one.heads]
        heads += [(checkpoints[0].number, head) for head in sealing.people_of(checkpoints[0])]
        if broken is None:
            with found.opened() as tx:
                broken = _named(checkpoints, stored.first_broken(tx, organisation_id, heads))
        restores = [_told(organisation_id, number) for number in checkpoints[0].restores[-RESTORES:]]
    except BadSeal as bad:
        broken = broken or _finding("seal missing" if isinstance(bad, MissingSeal) else "seal altered", bad.number)
    last_at = written(checkpoints[0].at) if checkpoints else None
    return {"checkpoints": numbers[-1], "last_at": last_at, "intact": broken is None, "restores": restores}, broken


def _newest(organisation_id: UUID, number: int) -> Iterator[Checkpoint]:
    """The newest checkpoint, then earlier ones while time allows; raises BadSeal if one doesn't link to the next."""
    until, after = time.monotonic() + TIME_LIMIT, None
    for each in range(number, max(0, number - RECENT - 1), -1):
        one = seal_bucket.fetch(organisation_id, each).checkpoint
        if after is not None and seals.fault_between(one, after):
            raise BadSeal(f"Seal {after.number} doesn't follow the one before it.", after.number)
        yield one
        after = one
        if time.monotonic() > until:
            return


def _standing(checkpoints: list[Checkpoint]) -> list[Checkpoint]:
    """The checkpoints whose heads must be in the database: all but those that a recorded restore lost."""
    gone = seals.lost(checkpoints)
    return [one for one in checkpoints if one.number not in gone]


def _told(organisation_id: UUID, number: int) -> Restore:
    one = seal_bucket.fetch(organisation_id, number).checkpoint
    return {"seal": number, "at": written(one.at), "by": one.by, "reason": one.reason, "continues": one.continues}


def _gap(numbers: list[int], first: int) -> int:
    """The first missing number."""
    return next(expected for expected, found in enumerate([*numbers, 0], first) if expected != found)


def _finding(cause: str, number: int) -> Finding:
    """A finding about a seal, in the shape of the audit trail's own findings."""
    return {"entry": None, "table": None, "row": None, "record_id": None, "at": None, "cause": cause, "seal": number}


def _named(checkpoints: list[Checkpoint], found: Finding | None) -> Finding | None:
    if found is None:
        return None
    at = next(one.at for one in checkpoints if one.number == found["seal"])
    return {**_finding("", 0), "at": at, **found}
