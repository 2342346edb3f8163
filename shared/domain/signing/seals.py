"""Seals: signed checkpoints of an organisation's audit chains, stored where nobody can alter them (21 CFR 11.10(c), Annex 11 §7.1).

A checkpoint holds the newest link of each lane. A link's digest covers all links before it, and a checkpoint holds the digest of the
checkpoint before it. So the newest checkpoint covers everything ever sealed, except what a recorded restore lost.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from shared.domain.kernel import canonical
from shared.domain.kernel.values import dataclass

NOTHING: Final = "0" * 64  # the digest before the first checkpoint
SEALED: Final = "sealed"
RESTORED: Final = "restored"
SEALER: Final = "system:seal_audit_trail"
DIGITS: Final = 12
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[0-9A-Za-z._-]{1,128}")


class BadSeal(ValueError):  # noqa: N818 - it names what is wrong
    """A seal that isn't valid; the sentence says why, `number` which one."""

    def __init__(self, sentence: str, number: int = 0) -> None:
        super().__init__(sentence)
        self.number = number


class MissingSeal(BadSeal):
    """A seal that was written and is missing."""


@dataclasses.dataclass(frozen=True, order=True)
class Head:
    """The newest link of a lane; for a person's own chain, which has one lane, with the person's id."""

    lane: int
    sequence: int
    digest: str
    person_id: UUID | None = None

    def shown(self) -> dict[str, object]:
        """Its form in a checkpoint."""
        who = {} if self.person_id is None else {"person_id": self.person_id}
        return {"lane": self.lane, "sequence": self.sequence, "digest": self.digest, **who}


@dataclass(frozen=True)
class Checkpoint:
    """What a seal signs: the heads of the organisation's chains and of its people's chains.

    `entries` counts the entries of the organisation's own chains. The people's heads rarely change, so only checkpoint `people_in` lists
    them. `continues` is the checkpoint that this one builds on: usually the one before it, after a restore an older one.
    """

    organisation_id: UUID
    number: int
    at: datetime
    heads: tuple[Head, ...]
    entries: int
    people: tuple[Head, ...]
    people_in: int
    people_sha256: str
    previous: str
    continues: int
    restores: tuple[int, ...] = ()
    kind: str = SEALED
    by: str = SEALER
    reason: str = ""

    def shown(self) -> dict[str, object]:
        """The data that is signed, in canonical form (RFC 8785)."""
        return {
            "kind": self.kind,
            "organisation_id": self.organisation_id,
            "number": self.number,
            "at": self.at,
            "heads": [head.shown() for head in self.heads],
            "entries": self.entries,
            "people": [head.shown() for head in self.people],
            "people_in": self.people_in,
            "people_sha256": self.people_sha256,
            "previous": self.previous,
            "continues": self.continues,
            "restores": list(self.restores),
            "by": self.by,
            "reason": self.reason,
        }

    def message(self) -> bytes:
        """The bytes that are signed."""
        return canonical.encode(self.shown())

    @property
    def sha256(self) -> str:
        """The digest that the next checkpoint names as `previous`."""
        return hashlib.sha256(self.message()).hexdigest()

    @property
    def name(self) -> str:
        """Its object name in the bucket."""
        return name(self.organisation_id, self.number)


@dataclass(frozen=True)
class Seal:
    """A checkpoint with the signature under it and the id of the key that made it."""

    checkpoint: Checkpoint
    key: str
    signature: bytes

    def written(self) -> bytes:
        """The object in the bucket."""
        signed = {"key": self.key, "signature": base64.b64encode(self.signature).decode("ascii")}
        return canonical.encode({"checkpoint": self.checkpoint.shown(), **signed})


@dataclass(frozen=True)
class Standing:
    """The present heads of an organisation's chains and of its people's."""

    heads: tuple[Head, ...]
    people: tuple[Head, ...]

    @property
    def people_sha256(self) -> str:
        """One digest of all people's heads."""
        return people_digest(self.people)


def name(organisation_id: UUID, number: int) -> str:
    """The object name of a checkpoint; numbers are zero-padded so that names sort by number."""
    return f"seals/{UUID(str(organisation_id))}/{number:0{DIGITS}d}.json"


def number_of(given: str) -> int:
    """The number in an object's name; raises BadSeal for a name that isn't a checkpoint's."""
    found = re.fullmatch(rf"seals/[0-9a-f-]{{36}}/([0-9]{{{DIGITS}}})\.json", given)
    if found is None:
        raise BadSeal(f"{given} isn't the name of a checkpoint.")
    return int(found[1])


def certificate_name(key: str) -> str:
    """The object name of a signing key's certificate; raises BadSeal if the key id is malformed."""
    if not _KEY.fullmatch(key):
        raise BadSeal("The seal names no key.")
    return f"certificates/{key}.pem"


def people_digest(people: Iterable[Head]) -> str:
    """The digest of the people's heads; shared/queries/seals.py computes the same in SQL, so that unchanged heads needn't be read."""
    ordered = sorted(people, key=lambda head: str(head.person_id))
    text = ",".join(f"{head.person_id}:{head.sequence}:{head.digest}" for head in ordered)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def following(before: Checkpoint | None, organisation_id: UUID, now: Standing, entries: int, *, at: datetime) -> Checkpoint:
    """The next checkpoint; `entries` is the number of new entries since the one before."""
    number = before.number + 1 if before else 1
    same = before is not None and before.people_sha256 == now.people_sha256
    return Checkpoint(
        organisation_id=organisation_id,
        number=number,
        at=at,
        heads=now.heads,
        entries=entries + (before.entries if before else 0),
        people=() if same else now.people,
        people_in=before.people_in if before and same else number,
        people_sha256=now.people_sha256,
        previous=before.sha256 if before else NOTHING,
        continues=number - 1,
        restores=before.restores if before else (),
    )


def restored(newest: Checkpoint, held: Checkpoint | None, now: Standing, entries: int, *, reason: str, by: str, at: datetime) -> Checkpoint:
    """The checkpoint that records a restore: the database continues from checkpoint `held`, and what was sealed later is lost.

    Raises BadSeal without a reason and a name, which a restore of a regulated system needs (Annex 11 §16).
    """
    if not reason.strip() or not by.strip():
        raise BadSeal("Say why the database was restored, and who did it.")
    number = newest.number + 1
    return Checkpoint(
        organisation_id=newest.organisation_id,
        number=number,
        at=at,
        heads=now.heads,
        entries=entries + (held.entries if held else 0),
        people=now.people,
        people_in=number,
        people_sha256=now.people_sha256,
        previous=newest.sha256,
        continues=held.number if held else 0,
        restores=(*newest.restores, number),
        kind=RESTORED,
        by=by.strip(),
        reason=reason.strip(),
    )


def fault_between(before: Checkpoint | None, after: Checkpoint) -> str:
    """The field in which `after` doesn't follow directly on `before`, or "" if it does."""
    if after.number != (before.number + 1 if before else 1):
        return "number"
    if after.previous != (before.sha256 if before else NOTHING):
        return "previous"
    if before is None:
        return "" if after.kind == SEALED and not after.restores else "kind"
    if after.organisation_id != before.organisation_id:
        return "organisation"
    if after.restores != (*before.restores, *([after.number] if after.kind == RESTORED else [])):
        return "restores"
    if after.kind == RESTORED:
        return ""
    reached = {head.lane: head.sequence for head in after.heads}
    return "" if all(reached.get(head.lane, 0) >= head.sequence for head in before.heads) else "heads"


def lost(checkpoints: Sequence[Checkpoint]) -> set[int]:
    """The numbers of the checkpoints whose content a later, recorded restore lost."""
    return {
        earlier.number
        for later in checkpoints
        if later.kind == RESTORED
        for earlier in checkpoints
        if later.continues < earlier.number < later.number
    }


def parse(content: bytes) -> Seal:
    """The seal in an object of the bucket; raises BadSeal if it isn't well-formed. Its signature is checked elsewhere."""
    try:
        found = json.loads(content)
        seal = Seal(_checkpoint(found["checkpoint"]), str(found["key"]), base64.b64decode(found["signature"], validate=True))
        same = canonical.encode(found) == seal.written()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise BadSeal("This isn't a seal.") from None
    if not same:
        raise BadSeal("This seal holds more than a seal does.")
    certificate_name(seal.key)
    return seal


def _checkpoint(found: dict[str, Any]) -> Checkpoint:
    kind, continues = found["kind"], found["continues"]
    made = Checkpoint(
        organisation_id=UUID(found["organisation_id"]),
        number=found["number"],
        at=datetime.fromisoformat(found["at"]),
        heads=_heads(found["heads"]),
        entries=found["entries"],
        people=_heads(found["people"]),
        people_in=found["people_in"],
        people_sha256=found["people_sha256"],
        previous=found["previous"],
        continues=continues,
        restores=tuple(found["restores"]),
        kind=kind,
        by=found["by"],
        reason=found["reason"],
    )
    numbers = (made.number, made.entries, made.people_in, continues, *made.restores)
    if kind not in {SEALED, RESTORED} or any(type(each) is not int or each < 0 for each in numbers) or made.number < 1:
        raise BadSeal("The checkpoint's numbers or its kind are none.")
    if kind == SEALED and (continues != made.number - 1 or made.reason):
        raise BadSeal("An ordinary checkpoint continues the one before it.")
    if kind == RESTORED and not (continues < made.number and made.reason):
        raise BadSeal("A restore says what it continues, and why.")
    if not all(_DIGEST.fullmatch(each) for each in (made.people_sha256, made.previous)):
        raise BadSeal("The checkpoint's digests are none.")
    if made.people_in > made.number or (made.people_in == made.number and people_digest(made.people) != made.people_sha256):
        raise BadSeal("The people's heads aren't those of their digest.")
    return made


def _heads(found: list[dict[str, Any]]) -> tuple[Head, ...]:
    made = tuple(
        Head(each["lane"], each["sequence"], each["digest"], UUID(each["person_id"]) if "person_id" in each else None) for each in found
    )
    if not all(type(head.lane) is type(head.sequence) is int and head.sequence > 0 and _DIGEST.fullmatch(head.digest) for head in made):
        raise BadSeal("A head is a lane, a sequence and a digest.")
    return made
