"""Reads the text of a file, and says how much of the file that is.

Pure: it opens no connection, starts no thread and looks at no clock, so that it can run in a process of its own with the kernel's limits.
Its own limits are counts (characters, pages, bytes), so that the answer is the same on a busy machine.
"""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Callable
from typing import BinaryIO

from shared.domain.files.extents import Unit, measured, not_read
from shared.outside.texts.gathering import Gathering, Reading, Unreadable

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
PDF = "application/pdf"
_PACKAGES = {
    f"{_OFFICE}wordprocessingml.document": Unit.CHARACTERS,
    f"{_OFFICE}spreadsheetml.sheet": Unit.SHEETS,
    f"{_OFFICE}presentationml.presentation": Unit.SLIDES,
    f"{_OPEN}text": Unit.CHARACTERS,
    f"{_OPEN}spreadsheet": Unit.SHEETS,
    f"{_OPEN}presentation": Unit.SLIDES,
}
_PLAIN = frozenset({"application/xml", "application/json"})  # besides text/*
_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Office wraps what has a password in its older kind of file
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BLOCK = 256 * 1024  # bytes


def read_text(file: BinaryIO, media_type: str) -> Reading:
    """The text of `file` (seekable) and its extent; it never raises: where nothing can be read, the extent says why."""
    try:
        file.seek(0)
        return _read(file, media_type)
    except Unreadable as reason:
        why = str(reason)
    except MemoryError:
        why = "it is too large to be read"
    except Exception:  # noqa: BLE001 - parsers meet hostile files; the extent says that there is no text
        why = "it is damaged or written in a way that can't be read"
    return Reading("", not_read(why))


def _read(file: BinaryIO, media_type: str) -> Reading:
    if media_type == PDF:
        from shared.outside.texts.pdf_pages import read_pdf

        return read_pdf(file)
    if media_type in _PACKAGES:
        return _read_package(file, media_type)
    if media_type.startswith("text/") or media_type in _PLAIN:
        return _read_plain(file)
    raise Unreadable("a picture" if media_type.startswith("image/") else f"a file of a type that isn't opened ({media_type[:100]})")


def _read_package(file: BinaryIO, media_type: str) -> Reading:
    from shared.outside.texts.opendocument import read_opendocument
    from shared.outside.texts.packages import Bounded, Package
    from shared.outside.texts.sheets import read_workbook
    from shared.outside.texts.word import read_document, read_slides

    if file.read(len(_LOCKED)) == _LOCKED:
        raise Unreadable("it opens only with a password")
    file.seek(0)
    by_unit: dict[Unit, Callable[[Package, Gathering], None]] = {
        Unit.CHARACTERS: read_document,
        Unit.SHEETS: read_workbook,
        Unit.SLIDES: read_slides,
    }
    found = Gathering(_PACKAGES[media_type])
    reader = read_opendocument if media_type.startswith(_OPEN) else by_unit[found.unit]
    try:
        reader(Package(file, found), found)
    except Bounded as reason:
        found.why.append(str(reason))
    except zipfile.BadZipFile:
        raise Unreadable("it is damaged") from None
    return found.reading()


def _read_plain(file: BinaryIO) -> Reading:
    """Plain text: UTF-8 or UTF-16 as its mark says, UTF-8 where all of it is, else what Excel writes in Europe."""
    head = file.read(4)
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "utf-8")
    try:
        return _decoded(file, marked, "strict")
    except UnicodeDecodeError:
        return _decoded(file, "cp1252", "replace")


def _decoded(file: BinaryIO, encoding: str, faults: str) -> Reading:
    file.seek(0)
    decoder, found = codecs.getincrementaldecoder(encoding)(faults), Gathering()
    while block := file.read(_BLOCK):
        found.add(decoder.decode(block))
    found.add(decoder.decode(b"", final=True))
    reading = found.reading()
    if not reading.text:
        return Reading("", measured("", Unit.CHARACTERS))
    return reading
