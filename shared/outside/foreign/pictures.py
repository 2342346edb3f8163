"""Pictures, complete and as they are laid down: PNG (ISO/IEC 15948), JPEG (ITU-T T.81) and TIFF 6.0."""

from __future__ import annotations

import os
import re
import struct
import zlib
from typing import BinaryIO

from shared.outside.foreign.danger import demand

PIXELS = 1_000_000_000  # more than any scanner makes, and no viewer could show it
DIRECTORIES = 10_000  # pages of a TIFF
ENTRIES = 1_000_000  # places of strips or tiles in one of its pages
_CHUNK = 1024 * 1024
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_WIDTH, _HEIGHT = 256, 257
_PLACES = ((273, 279), (324, 325))  # strips and tiles: where they are, how long they are
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def png(file: BinaryIO) -> None:
    """Refuse unless every chunk up to IEND is there with its checksum and has pixels."""
    file.seek(8)
    kinds: set[bytes] = set()
    while b"IEND" not in kinds:
        length, kind = struct.unpack(">I4s", _exactly(file, 8))
        if not kinds:
            demand(kind == b"IHDR" and length == 13)
        crc, left, first = zlib.crc32(kind), length, b""
        while left:
            part = _exactly(file, min(left, _CHUNK))
            first = first or part
            crc, left = zlib.crc32(part, crc), left - len(part)
        demand(struct.unpack(">I", _exactly(file, 4))[0] == crc)
        if kind == b"IHDR":
            _measure(*struct.unpack(">II", first[:8]))
        kinds.add(kind)
    demand(b"IDAT" in kinds)


def jpeg(file: BinaryIO) -> None:
    """Refuse unless frame, scan and the end of the image are there."""
    file.seek(0)
    content = file.read()
    place, frame, scan = 2, False, False
    while True:
        while content[place : place + 2] == b"\xff\xff":
            place += 1
        demand(content[place : place + 1] == b"\xff" and place + 1 < len(content))
        marker = content[place + 1]
        if marker == 0xD9:
            return demand(frame and scan)
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            place += 2
            continue
        demand(place + 4 <= len(content))
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        demand(length >= 2 and place + 2 + length <= len(content))
        if marker in range(0xC0, 0xD0) and marker not in {0xC4, 0xC8, 0xCC}:
            frame = True
            _measure(int.from_bytes(content[place + 7 : place + 9], "big"), int.from_bytes(content[place + 5 : place + 7], "big") or 1)
        place += 2 + length
        if marker == 0xDA:
            scan = True
            following = _AFTER_SCAN.search(content, place)
            demand(following is not None)
            place = following.start() if following else 0


def tiff(file: BinaryIO) -> None:
    """Refuse unless each of its directories has a size and all of its strips or tiles; also BigTIFF."""
    file.seek(0)
    head = _exactly(file, 8)
    order = "<" if head.startswith(b"II") else ">"
    big = struct.unpack(order + "H", head[2:4])[0] == 43
    place = struct.unpack(order + "Q", _exactly(file, 8))[0] if big else struct.unpack(order + "I", head[4:])[0]
    end = file.seek(0, os.SEEK_END)
    seen: set[int] = set()
    while place:
        demand(place not in seen and len(seen) < DIRECTORIES and place < end)
        seen.add(place)
        place = _directory(file, place, end, order, big=big)
    demand(bool(seen))


def _directory(file: BinaryIO, place: int, end: int, order: str, *, big: bool) -> int:
    """Judge one directory; return where the next one is."""
    file.seek(place)
    number = struct.unpack(order + ("Q" if big else "H"), _exactly(file, 8 if big else 2))[0]
    width = 20 if big else 12
    demand(0 < number <= 4096)
    entries = [_exactly(file, width) for _ in range(number)]
    following: int = struct.unpack(order + ("Q" if big else "I"), _exactly(file, 8 if big else 4))[0]
    found = {}
    for entry in entries:
        tag, kind, count = struct.unpack(order + ("HHQ" if big else "HHI"), entry[: 12 if big else 8])
        size = _SIZES.get(kind, 1) * count
        field = entry[12 if big else 8 :]
        if size > len(field):
            start = struct.unpack(order + ("Q" if big else "I"), field)[0]
            demand(start + size <= end)
        if tag in {_WIDTH, _HEIGHT} or any(tag in pair for pair in _PLACES):
            found[tag] = _numbers(file, order, kind, count, field)
    demand(all(found.get(tag) for tag in (_WIDTH, _HEIGHT)))
    _measure(found[_WIDTH][0], found[_HEIGHT][0])
    parts = [part for pair in _PLACES if all(tag in found for tag in pair) for part in zip(found[pair[0]], found[pair[1]], strict=False)]
    demand(bool(parts) and all(start + length <= end for start, length in parts))
    return following


def _numbers(file: BinaryIO, order: str, kind: int, count: int, field: bytes) -> tuple[int, ...]:
    """The numbers of one entry."""
    letter = {1: "B", 3: "H", 4: "I", 16: "Q"}.get(kind)
    demand(letter is not None and 0 < count <= ENTRIES)
    layout = f"{order}{count}{letter}"
    size = struct.calcsize(layout)
    if size > len(field):
        back = file.tell()
        file.seek(struct.unpack(order + ("Q" if len(field) == 8 else "I"), field)[0])
        field = _exactly(file, size)
        file.seek(back)
    return struct.unpack(layout, field[:size])


def _measure(width: int, height: int) -> None:
    demand(0 < width * height <= PIXELS)


def _exactly(file: BinaryIO, size: int) -> bytes:
    found = file.read(size)
    demand(len(found) == size)
    return found
