"""The digests of the audit trail's entries and links, computed as the database does, from the columns as an export writes them.

Version 2 (infra/migrations/versions/0027_hardening.py) is injective: entries that differ in any column have different bytes. Version 1
(0002_audit_trail.py) isn't by itself: an organisation of sixteen bytes and no record can look like no organisation and a record. It is
with what `entry_digest` and the verifier refuse: a number below one, an organisation that isn't the chain's, images that aren't objects.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)  # PostgreSQL's
TEXTS: Final = ("table_name", "row_key", "operation", "step", "actor", "cause", "reason", "request_id", "source", "old", "new")
OPTIONAL: Final = frozenset({"cause", "old", "new"})

Row = Mapping[str, Any]


def entry_digest(entry: Row) -> bytes:
    """As the database's audit_entry_digest computes it. Raises ValueError, TypeError or struct.error for what no entry is."""
    return _hash(encoded(entry))


def link_digest(link: Row, digests: bytes) -> bytes:
    """As the database's audit_link_digest computes it."""
    return _hash(encoded_link(link, digests))


def encoded(entry: Row) -> bytes:
    """The bytes of an entry that are hashed, by its version; an entry without one is of version 1."""
    version = entry.get("version", 1)
    if version == 1:
        return _encoded_1(entry)
    if version == 2:
        return _encoded_2(entry)
    message = f"version {version} is unknown"
    raise ValueError(message)


def encoded_link(link: Row, digests: bytes) -> bytes:
    """The bytes of a link that are hashed: every part has a fixed size but the last."""
    previous = bytes.fromhex(link["previous"])
    if len(previous) != 32 or len(digests) % 32:
        raise ValueError("a digest has 32 bytes")
    numbers = struct.pack(">iqqi", *(_whole(link[name]) for name in ("lane", "sequence", "xid", "entries")))
    return previous + UUID(link["chain"]).bytes + numbers + digests


def time_of(text: str) -> datetime:
    """A time as an export writes it; raises ValueError for one without a zone."""
    made = datetime.fromisoformat(text)
    if made.tzinfo is None:
        raise ValueError("a time without its zone")
    return made.astimezone(UTC)


def _encoded_2(entry: Row) -> bytes:
    chain, organisation, record = UUID(entry["chain"]), _id(entry["organisation_id"]), _id(entry["record_id"])
    whose = b"\x00" if organisation is None else b"\x01" if organisation == chain else b"\x02" + organisation.bytes
    about = b"\x00" if record is None else b"\x01" + record.bytes
    texts = {name: _text(entry[name], optional=name in OPTIONAL) for name in TEXTS}
    size = {name: 0 if text is None else len(text) + (name in OPTIONAL) for name, text in texts.items()}
    numbers = struct.pack(">q16sqq", _whole(entry["id"]), chain.bytes, _whole(entry["xid"]), _microseconds(time_of(entry["at"])))
    lengths = struct.pack(">10IiI", *(size[name] for name in TEXTS[:10]), _whole(entry["ordinal"]), size["new"])
    return b"\xff\x02" + whose + about + numbers + lengths + b"".join(text or b"" for text in texts.values())


def _encoded_1(entry: Row) -> bytes:
    chain, organisation, record = UUID(entry["chain"]), _id(entry["organisation_id"]), _id(entry["record_id"])
    if _whole(entry["id"]) < 1:
        raise ValueError("an entry's number is positive")
    whose = b"-" if organisation is None else b"=" if organisation == chain else organisation.bytes
    about = b"-" if record is None else record.bytes
    names = ("row_key", "actor", "cause", "reason", "request_id")
    texts = [_text(entry[name], optional=name in OPTIONAL) for name in names]
    rest = "|".join((entry["table_name"], entry["operation"], entry["step"], entry["source"], _image(entry["old"]) + _image(entry["new"])))
    place = struct.pack(">qiq", _whole(entry["xid"]), _whole(entry["ordinal"]), _microseconds(time_of(entry["at"])))
    lengths = struct.pack(">5i", *(-1 if each is None else len(each) for each in texts))
    words = (*(each or b"" for each in texts), rest.encode())
    return b"".join((struct.pack(">q", entry["id"]), chain.bytes, place, whose, about, lengths, *words))


def _image(text: str | None) -> str:
    """An image of a row, of which the end shows where the next begins: an object."""
    if text is None:
        return "-"
    if not isinstance(json.loads(text), dict) or text.strip() != text:
        raise ValueError("an image of a row is an object")
    return text


def _hash(found: bytes) -> bytes:
    return hashlib.sha512(found).digest()[:32]


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _text(text: object, *, optional: bool) -> bytes | None:
    if text is None and optional:
        return None
    if not isinstance(text, str):
        raise TypeError("a text is text")
    return text.encode()


def _whole(number: object) -> int:
    if type(number) is not int:
        raise TypeError("a number is a whole number")
    return number


def _microseconds(moment: datetime) -> int:
    """As timestamptz_send counts."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
