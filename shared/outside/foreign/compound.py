"""Compound files (MS-CFB): mails of Outlook, office documents under a password, and office documents of old."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from shared.domain.kernel.values import dataclass
from shared.outside.foreign.danger import Danger, demand

ENTRIES = 20_000  # of the directory
STREAM = 64 * 1024 * 1024  # bytes
_END, _FREE, _LAST = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFA


@dataclass(frozen=True)
class Entry:
    """One stream or storage: its name, where it begins and how long it is."""

    name: str
    kind: int
    start: int
    size: int


class Compound:
    """An opened compound file; refused where it doesn't hang together."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.end = file.seek(0, os.SEEK_END)
        file.seek(0)
        head = file.read(512)
        demand(len(head) == 512)
        self.shift, small_shift = struct.unpack("<HH", head[30:34])
        number, directory = struct.unpack("<I", head[44:48])[0], struct.unpack("<I", head[48:52])[0]
        self.cutoff, small, _, more, _ = struct.unpack("<IIIII", head[56:76])
        demand((self.shift, small_shift) in {(9, 6), (12, 6)} and number <= self.end >> self.shift)
        tables = [place for place in struct.unpack("<109I", head[76:512]) if place < _LAST]
        while more < _LAST and len(tables) < number:
            places = struct.unpack(f"<{1 << (self.shift - 2)}I", self._sector(more))
            tables += [place for place in places[:-1] if place < _LAST]
            more = places[-1]
        self.table = [one for place in tables[:number] for one in struct.unpack(f"<{1 << (self.shift - 2)}I", self._sector(place))]
        self.entries = list(self._directory(directory))
        root = self.entries[0]
        self.small_table = [one for sector in self._chain(small) for one in struct.unpack(f"<{1 << (self.shift - 2)}I", sector)]
        self.small = b"".join(self._chain(root.start))[: root.size] if root.start < _LAST else b""

    @property
    def names(self) -> set[str]:
        """The names of all streams and storages."""
        return {entry.name for entry in self.entries}

    def streams(self) -> Iterator[tuple[str, bytes]]:
        """Every stream with its content, each at most STREAM bytes."""
        for entry in self.entries:
            if entry.kind == 2:
                yield entry.name, self._content(entry)

    def _content(self, entry: Entry) -> bytes:
        demand(entry.size <= min(STREAM, self.end))
        if entry.size >= self.cutoff:
            content = b"".join(self._chain(entry.start))
        else:
            pieces, place, left = [], entry.start, entry.size
            while left > 0:
                demand(place < len(self.small_table))
                pieces.append(self.small[place << 6 : (place + 1) << 6])
                place, left = self.small_table[place], left - 64
            content = b"".join(pieces)
        demand(len(content) >= entry.size)
        return content[: entry.size]

    def _directory(self, start: int) -> Iterator[Entry]:
        number = 0
        for sector in self._chain(start):
            for place in range(0, len(sector), 128):
                raw = sector[place : place + 128]
                length, kind = struct.unpack("<HB", raw[64:67])
                begin, size = struct.unpack("<IQ", raw[116:128])
                number += 1
                demand(number <= ENTRIES and length <= 64)
                if kind or number == 1:
                    yield Entry(raw[: max(length - 2, 0)].decode("utf-16-le", "replace"), kind, begin, size & 0xFFFFFFFF)
        demand(number)

    def _chain(self, place: int) -> Iterator[bytes]:
        """The sectors from `place` to their end; each once."""
        for _ in range(len(self.table) + 1):
            if place == _END:
                return
            if place >= len(self.table):
                if place == _FREE:
                    return
                raise Danger
            yield self._sector(place)
            place = self.table[place]
        raise Danger

    def _sector(self, place: int) -> bytes:
        self.file.seek((place + 1) << self.shift)
        found = self.file.read(1 << self.shift)
        demand(found)
        return found.ljust(1 << self.shift, b"\0")
