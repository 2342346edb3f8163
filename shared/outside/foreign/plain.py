"""Text as instruments, spreadsheets and editors write it, and marks that are looked for in every byte of a file."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from shared.domain.files import file_types

CHUNK = 1024 * 1024  # bytes
_CONTROLS = bytes(sorted({*range(1, 9), *range(14, 32), 127}))  # none of them is a tab, a line's or a page's end
_PADDING = b"\x00\x1a"  # after the last line: reserved space, and the end of a file in CP/M
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_SHARE = 0.5  # of control characters: protocols of instruments (ASTM E1394) frame every line and acknowledge it
_BYTES_SHARE = 0.02  # where any byte may be a letter, more is no text


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """The whole file, from its beginning."""
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def holds_virus(pieces: Iterator[bytes]) -> bool:
    """Whether the virus test pattern stands anywhere in it, also where two pieces meet."""
    tail = b""
    for piece in pieces:
        if file_types.EICAR in tail + piece:
            return True
        tail = (tail + piece)[-len(file_types.EICAR) :]
    return False


def encoding(head: bytes) -> str:
    """The encoding that a file's first bytes tell: UTF-16 and UTF-32 by their mark, UTF-16 also by its pattern; "" where they don't."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    start = head[: len(head) & ~1]
    for name, zeros, letters in (("utf-16-le", start[1::2], start[::2]), ("utf-16-be", start[::2], start[1::2])):
        if len(start) >= 4 and zeros.count(0) > 0.6 * len(zeros) and letters.count(0) == 0:
            return name
    return ""


def is_text(file: BinaryIO, head: bytes) -> bool:
    """Whether all of it is readable text in UTF-8, UTF-16, UTF-32 or a code page of one byte a letter."""
    wide = encoding(head)
    if wide:
        return _decodes(file, wide)
    controls = letters = 0
    padded = False
    for chunk in chunks(file):
        kept = chunk.rstrip(_PADDING)
        if b"\x00" in kept or (padded and kept):
            return False
        padded = len(kept) < len(chunk)
        letters += len(kept)
        controls += len(kept) - len(kept.translate(None, _CONTROLS))
    if letters == 0:
        return False
    return controls == 0 or controls <= letters * (_UTF8_SHARE if _decodes(file, "utf-8") else _BYTES_SHARE)


def _decodes(file: BinaryIO, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)(errors="strict")
    seen = False
    try:
        for chunk in chunks(file):
            part = decoder.decode(chunk)
            if name != "utf-8" and re.search(r"[\x00\ufffe\uffff]", part.rstrip("\x00")):
                return False
            seen = seen or bool(part.strip("\ufeff\x00"))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return seen


def head_as_bytes(head: bytes) -> bytes:
    """The first bytes in UTF-8, so that markup in UTF-16 is seen too."""
    wide = encoding(head)
    return head.decode(wide, "replace").encode("utf-8") if wide else head
