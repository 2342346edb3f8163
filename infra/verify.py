"""Verifies an exported audit trail with no service at all: Python's standard library and `cryptography`, and this file's own recomputing.

    python -m infra.verify trail.jsonl [--key SHA-256 OF THE PUBLIC KEY ...] [--seals NUMBER]

The file is what `python -m infra.export_trail` writes, also as one JSON array, also packed with gzip. Every entry's digest is recomputed,
every link, the order of the links in each lane, every seal's signature, that each seal follows the one before it, and that what it sealed
is there. One sentence says what was found; the exit code is 0 where all holds, and 1 otherwise.

What a file alone can't show, two options do: --key names the only public key to trust, against a forger with a key of their own; --seals
says how many seals there are, against somebody who hands over an older state. The sentence tells both; verify_audit_trail knows the second.
"""

from __future__ import annotations

import argparse
import gzip
import json
import struct
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from infra.trail_digests import entry_digest, link_digest, time_of
from shared.domain.signing import seals
from shared.domain.signing.seals import BadSeal, Checkpoint
from shared.google.seal_signers import fingerprint, holds

NOTHING = bytes(32)
ENTRY = frozenset(
    (
        *("id", "chain", "organisation_id", "xid", "ordinal", "at"),
        *("table_name", "row_key", "record_id", "operation", "step"),
        *("actor", "cause", "reason", "request_id", "source"),
        *("old", "new", "digest"),
    )
)
LINK = frozenset({"chain", "lane", "sequence", "xid", "entries", "previous", "digest", "at"})
VERSIONED = {1: frozenset[str](), 2: frozenset({"version"})}  # what each format adds to both; in format 1 all is of version 1

Lines = Iterable[object]  # whatever JSON holds
Transaction = tuple[UUID, int, datetime]


@dataclass(frozen=True, order=True)
class Entry:
    """What a link holds of an entry."""

    ordinal: int
    id: int
    digest: bytes
    version: int


class Broken(Exception):  # noqa: N818 - a finding, not an error
    """What doesn't hold; the sentence names the first."""


@dataclass
class Trail:
    """What was read so far: the digests of each transaction's entries, the links of each lane, the seals."""

    organisation_id: UUID | None = None
    columns: frozenset[str] = frozenset()
    transactions: dict[Transaction, list[Entry]] = field(default_factory=dict)
    links: dict[tuple[UUID, int], dict[int, bytes]] = field(default_factory=dict)
    versions: dict[tuple[UUID, int], int] = field(default_factory=dict)  # of the newest link of each lane
    last_of_1: int = 0
    first_of_2: int = 2**63
    unowned: int = 0  # the first entry of the organisation's chain without its organisation
    certificates: dict[str, str] = field(default_factory=dict)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    entries: int = 0
    linked: int = 0
    last_id: dict[UUID, int] = field(default_factory=dict)


def verify(lines: Lines, keys: Sequence[str] = (), at_least: int = 0) -> Trail:
    """The trail, where all of it holds; raises Broken naming the first that doesn't. `keys` are the only public keys to trust, if
    given; `at_least` is how many seals there must be.
    """
    trail, ended = Trail(), False
    takes = {"trail": _begin, "entry": _entry, "link": _link, "certificate": _certificate, "seal": _seal, "end": _end}
    for number, line in enumerate(lines, 1):
        if ended:
            raise Broken(f"Line {number} stands behind the end of the file.")
        if not isinstance(line, dict) or len(line) != 1 or (kind := next(iter(line))) not in takes:
            raise Broken(f"Line {number} is nothing that an export holds.")
        if (kind == "trail") != (number == 1):
            raise Broken(f"Line {number} isn't where an export has it: whose trail it is stands first.")
        try:
            takes[kind](trail, line[kind])
        except (KeyError, TypeError, ValueError, AttributeError, struct.error) as trouble:
            raise Broken(f"Line {number}, {_named(kind, line[kind])}, can't be read: {trouble}.") from None
        ended = kind == "end"
    if not ended:
        raise Broken("The file ends too early: its last line is missing.")
    _judge_unlinked(trail)
    _judge_seals(trail, keys)
    if len(trail.checkpoints) < at_least:
        raise Broken(f"The file's end was cut off: it holds {len(trail.checkpoints)} seals, and there are {at_least}.")
    return trail


def _begin(trail: Trail, found: dict[str, Any]) -> None:
    if found["format"] not in VERSIONED:
        raise ValueError(f"format {found['format']} is unknown")
    trail.columns = VERSIONED[found["format"]]
    trail.organisation_id = UUID(found["organisation_id"])


def _entry(trail: Trail, found: dict[str, Any]) -> None:
    """Its own digest, whose it is, and its place in its chain."""
    if found.keys() != ENTRY | trail.columns:
        raise ValueError("an entry has exactly the columns that were hashed")
    digest, chain, version = bytes.fromhex(found["digest"]), UUID(found["chain"]), found.get("version", 1)
    if found["organisation_id"] is not None and UUID(found["organisation_id"]) != chain:
        raise Broken(f"Entry {found['id']} was altered: it is filed under another organisation than its chain's.")
    if entry_digest(found) != digest:
        raise Broken(f"Entry {found['id']} was altered: its digest doesn't fit it.")
    if trail.linked or found["id"] <= trail.last_id.get(chain, 0):
        raise Broken(f"Entry {found['id']} is out of order.")
    if (found["organisation_id"] is None) == (chain == trail.organisation_id):
        trail.unowned = trail.unowned or found["id"]
    if version == 1:
        trail.last_of_1 = max(trail.last_of_1, found["id"])
    else:
        trail.first_of_2 = min(trail.first_of_2, found["id"])
    trail.last_id[chain] = found["id"]
    transaction = (chain, found["xid"], time_of(found["at"]))
    trail.transactions.setdefault(transaction, []).append(Entry(found["ordinal"], found["id"], digest, version))
    trail.entries += 1


def _link(trail: Trail, found: dict[str, Any]) -> None:
    """That it holds its entries, all of them, and the link before it."""
    if found.keys() != LINK | trail.columns:
        raise ValueError("a link has exactly its columns")
    chain, lane, sequence = UUID(found["chain"]), found["lane"], found["sequence"]
    told = _named("link", found)
    lane_so_far = trail.links.setdefault((chain, lane), {})
    before = next(reversed(lane_so_far)) if lane_so_far else 0
    if sequence != before + 1:
        raise Broken(f"L{told[1:]} is out of order: link {before + 1} is missing.")
    if bytes.fromhex(found["previous"]) != lane_so_far.get(before, NOTHING):
        raise Broken(f"L{told[1:]} doesn't follow the one before it.")
    entries = sorted(trail.transactions.pop((chain, found["xid"], time_of(found["at"])), []))
    if [entry.ordinal for entry in entries] != list(range(1, found["entries"] + 1)):
        first = f" Its first entry is {entries[0].id}." if entries else ""
        raise Broken(f"L{told[1:]} holds {found['entries']} entries; in the file are {len(entries)}, or not in their order.{first}")
    digest, version = bytes.fromhex(found["digest"]), min((entry.version for entry in entries), default=1)
    if link_digest(found, b"".join(entry.digest for entry in entries)) != digest:
        raise Broken(f"Entry {entries[0].id} or one with it was altered: {told} doesn't fit.")
    if version != found.get("version", 1) or version < trail.versions.get((chain, lane), 1):
        raise Broken(f"L{told[1:]} says another version than its entries, or an older one than the link before it.")
    trail.versions[chain, lane] = version
    lane_so_far[sequence] = digest
    trail.linked += 1


def _certificate(trail: Trail, found: dict[str, Any]) -> None:
    fingerprint(found["pem"])
    if trail.certificates.setdefault(found["key"], found["pem"]) != found["pem"]:
        raise ValueError("two certificates bear one key's name")


def _seal(trail: Trail, found: dict[str, Any]) -> None:
    """Its signature, and that it follows the one before it."""
    try:
        seal = seals.parse(json.dumps(found).encode())
    except BadSeal as trouble:
        raise Broken(f"S{_named('seal', found)[1:]} was altered. {trouble}") from None
    made, before = seal.checkpoint, trail.checkpoints[-1] if trail.checkpoints else None
    if made.organisation_id != trail.organisation_id:
        raise Broken(f"Seal {made.number} is another organisation's.")
    if seal.key not in trail.certificates or not holds(trail.certificates[seal.key], made.message(), seal.signature):
        raise Broken(f"Seal {made.number} was altered: its signature doesn't hold.")
    if fault := seals.fault_between(before, made):
        raise Broken(f"Seal {made.number} doesn't follow the one before it ({fault}): a seal is missing or another was put in.")
    trail.checkpoints.append(made)


def _end(trail: Trail, found: dict[str, Any]) -> None:
    there = {"entries": trail.entries, "links": trail.linked, "seals": len(trail.checkpoints)}
    if found != there:
        raise Broken(f"The file isn't whole: it was written with {found} and holds {there}.")


def _judge_unlinked(trail: Trail) -> None:
    if trail.transactions:
        first = min(entry.id for entries in trail.transactions.values() for entry in entries)
        raise Broken(f"Entry {first} belongs to no link: it was put in, or its link was taken out.")
    if trail.unowned:
        raise Broken(f"Entry {trail.unowned} was altered: only a person's own entries are of no organisation.")
    if trail.last_of_1 > trail.first_of_2:
        raise Broken(f"Entry {trail.last_of_1} says an older version than entry {trail.first_of_2} before it.")


def _judge_seals(trail: Trail, keys: Sequence[str]) -> None:
    """Everything that a seal says was there is there, but for what a restore is recorded to have lost."""
    known = {fingerprint(pem) for pem in trail.certificates.values()}
    if keys and not known <= {key.lower() for key in keys}:
        raise Broken(f"The seals are signed by another key than the one named: {', '.join(sorted(known))}.")
    if keys and not trail.checkpoints:
        raise Broken("The file holds no seal, so nothing is proven by the key named.")
    gone = seals.lost(trail.checkpoints)
    people: dict[int, Checkpoint] = {one.number: one for one in trail.checkpoints if one.people_in == one.number}
    for one in trail.checkpoints:
        source = people.get(one.people_in)
        if source is None or source.people_sha256 != one.people_sha256:
            raise Broken(f"Seal {one.number} names people's heads that no seal holds.")
        for head in () if one.number in gone else (*one.heads, *one.people):
            there = trail.links.get((head.person_id or one.organisation_id, head.lane), {}).get(head.sequence)
            where = f"link {head.sequence} of lane {head.lane}" + (f" of person {head.person_id}" if head.person_id else "")
            if there is None:
                raise Broken(f"The trail was cut off: seal {one.number} of {one.at:%Y-%m-%d %H:%M} UTC holds {where}, which isn't there.")
            if there.hex() != head.digest:
                raise Broken(f"The trail was rewritten: {where} isn't what seal {one.number} of {one.at:%Y-%m-%d %H:%M} UTC holds.")


def _named(kind: str, found: Any) -> str:
    """How a sentence names it."""
    if not isinstance(found, dict):
        return kind
    if kind == "link":
        return f"link {found.get('sequence')} of lane {found.get('lane')} of {found.get('chain')}"
    inner = found.get("checkpoint") if kind == "seal" else None
    told = inner.get("number") if isinstance(inner, dict) else found.get("id", found.get("key", ""))
    return f"{kind} {told}".rstrip()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object that says each thing once: another reader might take the first of two."""
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The values of a file: JSON lines or one JSON array, packed with gzip or not. Raises Broken where it is neither."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with (gzip.open if packed else open)(path, "rt", encoding="utf-8") as lines:
            first = lines.read(1)
            lines.seek(0)
            if first == "[":
                yield from json.load(lines, object_pairs_hook=_once)
                return
            for line in lines:
                yield json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError, EOFError, zlib.error, gzip.BadGzipFile):
        raise Broken("The file isn't JSON, or it is damaged.") from None


def sentence(trail: Trail) -> str:
    """What was found, where all holds."""
    if not trail.checkpoints:
        return f"Intact in itself: {trail.entries} entries in {trail.linked} links. Nothing is sealed, so a cut-off end would not show."
    newest = trail.checkpoints[-1]
    restores = [f"seal {one.number} ({one.at:%Y-%m-%d}, {one.by}: {one.reason})" for one in trail.checkpoints if one.kind == seals.RESTORED]
    told = f" Restored: {'; '.join(restores)}." if restores else ""
    keys = ", ".join(sorted(fingerprint(pem) for pem in trail.certificates.values()))
    return (
        f"Intact: {trail.entries} entries in {trail.linked} links are what {len(trail.checkpoints)} seals hold, "
        f"the newest being seal {newest.number} of {newest.at:%Y-%m-%d %H:%M:%S} UTC, signed by the key {keys}.{told}"
    )


def main(arguments: list[str] | None = None) -> int:
    """0 where all holds, 1 where something doesn't or the file can't be read."""
    parser = argparse.ArgumentParser(prog="python -m infra.verify", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--key", action="append", default=[], help="the SHA-256 of a public key to trust; no other is then")
    parser.add_argument("--seals", type=int, default=0, help="how many seals there are at least, as verify_audit_trail or the bucket says")
    given = parser.parse_args(arguments)
    try:
        print(sentence(verify(read(given.file), given.key, given.seals)))
    except Broken as finding:
        print(finding)
        return 1
    except OSError as trouble:
        print(f"{given.file} can't be read: {trouble.strerror or trouble}.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
