"""The streams of a PDF: no virus in any of them, and none that swells.

What a stream is packed with is told by its bytes, not by the names of its filters, which can be written in many ways. Pictures unpack
to far more than their file has, so only their beginnings are looked at.
"""

from __future__ import annotations

import base64
import binascii
import bisect
import re
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.domain.files import file_types
from shared.outside.foreign.danger import demand
from shared.outside.imports import importing

if TYPE_CHECKING:
    from pypdf import PdfReader

UNPACKED = 512 * 1024 * 1024  # bytes of all streams together
PIECE = 1024 * 1024  # bytes; of a picture not more is looked at
FED = 64 * 1024  # bytes handed to the decompressor at once, for it copies what it leaves
LAYERS = 4
HEAD = 4 * 1024  # bytes of a stream's dictionary
_BEGIN = re.compile(rb"stream(?:\r\n|\n|\r)")
_IN_85 = re.compile(rb"(?:<~)?[!-uz\s\0]{5,}~>")
_IN_HEX = re.compile(rb"[0-9A-Fa-f\s\0]{4,}>")


def validate(content: bytes, objects: list[tuple[int, int, int]], encrypted: PdfReader | None) -> None:
    """Refuse a virus in a stream and streams that unpack to too much; those of an `encrypted` file are read through its reader."""
    left = max(file_types.SMALL, min(UNPACKED, file_types.RATIO_LIMIT * len(content)))
    places = [place for place, _, _ in objects]
    end = 0
    for begin in _BEGIN.finditer(content):
        if begin.start() < end or content.endswith(b"end", 0, begin.start()):
            continue
        end = content.find(b"endstream", begin.end())
        end = end if end >= 0 else len(content)
        holder = bisect.bisect_right(places, begin.start()) - 1
        head = content[max(places[holder] if holder >= 0 else 0, begin.start() - HEAD) : begin.start()]
        picture = b"/Image" in head
        if encrypted is None:
            packed = content[begin.end() : min(end, begin.end() + PIECE) if picture else end]
        else:
            packed = _decrypted(encrypted, *objects[holder][1:])
            demand(file_types.EICAR not in packed, "virus")
        left -= _validate(packed, left, picture=picture)


def _validate(packed: bytes, left: int, *, picture: bool) -> int:
    """Validate one stream; return how many bytes it unpacks to, 0 for a picture."""
    tail, size = b"", 0
    for piece in _unpacked(packed, PIECE if picture else left + 1):
        size += len(piece)
        demand(picture or size <= left, "bomb")
        demand(file_types.EICAR not in tail + piece, "virus")
        tail = piece[-len(file_types.EICAR) :]
    return 0 if picture else size


def _unpacked(content: bytes, limit: int) -> Iterator[bytes]:
    """What a stream unpacks to, layer by layer, each at most `limit` bytes; also what lies between two layers."""
    for _ in range(LAYERS):
        if len(content) > 2 and content[0] & 0x0F == 8 and int.from_bytes(content[:2], "big") % 31 == 0:
            pieces = _inflated(content, limit)
        elif _IN_85.match(content[:PIECE]) or (len(content) > PIECE and _IN_85.match(content[:64] + b"~>")):
            pieces = iter([_from_85(content)])
        elif _IN_HEX.match(content[: 16 * PIECE]):
            pieces = iter([binascii.unhexlify(_even(re.sub(rb"[^0-9A-Fa-f]", b"", content.partition(b">")[0])))])
        else:
            return
        first = next(pieces, b"")
        yield first
        yield from pieces
        content = first


def _inflated(content: bytes, limit: int) -> Iterator[bytes]:
    inflate = zlib.decompressobj()
    try:
        for place in range(0, len(content), FED):
            packed = content[place : place + FED]
            while packed and limit > 0:
                piece = inflate.decompress(packed, min(limit, PIECE))
                limit -= len(piece)
                packed = inflate.unconsumed_tail
                yield piece
    except zlib.error:
        return  # what a reader could still show has been judged


def _from_85(content: bytes) -> bytes:
    try:
        return base64.a85decode(content.partition(b"~")[0].strip().removeprefix(b"<"), ignorechars=b" \t\n\r\v\0\x0c")
    except ValueError:
        return b""


def _even(digits: bytes) -> bytes:
    return digits + b"0" * (len(digits) % 2)


def _decrypted(reader: PdfReader, number: int, generation: int) -> bytes:
    """The packed content of a stream as its reader decrypts it."""
    with importing():
        from pypdf.generic import IndirectObject, StreamObject

    found = reader.get_object(IndirectObject(number, generation, reader))
    reader.resolved_objects.pop((generation, number), None)  # it takes memory
    return found._data if isinstance(found, StreamObject) else b""  # noqa: SLF001 - what pypdf offers unpacks without a limit
