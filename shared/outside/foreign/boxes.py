"""Boxes of the ISO base media file format (ISO/IEC 14496-12): HEIC pictures and MP4 films."""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

from shared.outside.foreign.danger import demand

BOXES = 10_000
# What describes it, and what holds it: a small picture stands in `meta` itself.
_NEEDED = {"image/heic": ({b"meta"}, {b"mdat", b"meta"}), "video/mp4": ({b"moov"}, {b"mdat", b"moof"})}


def validate(file: BinaryIO, media_type: str) -> None:
    """Refuse unless its boxes fill the file exactly and those that a reader needs are there."""
    end, place, seen = file.seek(0, os.SEEK_END), 0, list[bytes]()
    while place < end:
        file.seek(place)
        head = file.read(16)
        demand(len(head) >= 8 and len(seen) < BOXES)
        size, kind = struct.unpack(">I4s", head[:8])
        if size == 1 and len(head) == 16:
            size = struct.unpack(">Q", head[8:])[0]
        elif size == 0:
            size = end - place
        demand(size >= 8 and place + size <= end)
        seen.append(kind)
        place += size
    described, held = _NEEDED[media_type]
    demand(seen[:1] == [b"ftyp"] and described & set(seen) and held & set(seen))
