"""Mails as a mail program saves them (.eml, RFC 5322), read line by line."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import BinaryIO

from shared.domain.files import file_types
from shared.outside.foreign.danger import demand

HEADERS = 1024 * 1024  # bytes
_LINE = 64 * 1024  # bytes that are looked at together; four letters of base64 are three bytes
_ENCODED = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}")


def validate(file: BinaryIO) -> None:
    """Refuse what has no sender or date, and what brings a virus or a program along, however it is encoded."""
    file.seek(0)
    headers = b"".join(_headers(file)).lower()
    demand(all(re.search(rb"^" + name + rb":", headers, re.MULTILINE) for name in (b"from", b"date")))
    attached, quoted = _Watch(), _Watch()
    while line := file.readline(_LINE):
        told = line.strip()
        quoted.see(binascii.a2b_qp(line))
        if _ENCODED.fullmatch(told):
            attached.see(binascii.a2b_base64(told[: len(told) & ~3]))
        else:
            attached = _Watch()


class _Watch:
    """What was decoded of one attachment so far."""

    def __init__(self) -> None:
        self.tail = b""
        self.begun = False

    def see(self, piece: bytes) -> None:
        """Refuse a virus anywhere in it, and a program at its beginning."""
        demand(self.begun or not file_types.is_program(piece), "program")
        demand(file_types.EICAR not in self.tail + piece, "virus")
        self.begun, self.tail = True, (self.tail + piece)[-len(file_types.EICAR) :]


def _headers(file: BinaryIO) -> Iterator[bytes]:
    """The lines before the first empty one."""
    left = HEADERS
    while line := file.readline(_LINE):
        left -= len(line)
        demand(left > 0)
        if not line.strip():
            return
        yield line
