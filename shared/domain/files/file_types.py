"""The media type of a file's bytes, whatever its name says: from its first bytes and, in a package, from its parts.

Pure: shared.outside.foreign reads the bytes, in a process of its own, and hands over their beginning and the package's table of contents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from shared.domain.kernel.values import dataclass

HEAD = 4096  # bytes of a file's beginning that `recognise` wants to see
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"  # eicar.org; split for scanners

PARTS_LIMIT = 10_000
UNPACKED_LIMIT = 300 * 1024 * 1024  # bytes
RATIO_LIMIT = 200  # unpacked to packed; spreadsheets reach 50
SMALL = 4 * 1024 * 1024  # bytes; below this any ratio is harmless

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # MS-CFB: Outlook's mails, office documents of old or under a password
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"GIF8", "image/gif"),
    (b"MZ\x90", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"),
    (COMPOUND, "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"#!", "text/x-script"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
)
_PROGRAMS = (
    b"\x7fELF",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"L\x00\x00\x00\x01\x14\x02\x00",
)  # ELF, Mach-O, Java, .lnk
_BRANDS = {  # ISO/IEC 14496-12: the kind of file that `ftyp` names first
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"), "video/mp4"),
    b"qt  ": "video/quicktime",
}
_COMPOUNDS = {
    "__properties_version1.0": "application/vnd.ms-outlook",
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
MAIN_PART = {
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{_OFFICE}presentationml.presentation",
}
_BLANK = b"\xef\xbb\xbf \t\r\n\x0b\x0c"  # with the mark of UTF-8
_MARKUP = re.compile(rb"<\s*(?:!doctype\s+)?(html|head|body|script|iframe|svg)\b", re.IGNORECASE)
_MAIL = re.compile(rb"(?:From |[!-9;-~]+:)")
_CODE = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml)$|/activex/|^(basic|scripts)/.", re.IGNORECASE)
READERS_HEADER = 1024  # bytes within which readers of PDF look for its header


@dataclass(frozen=True)
class Part:
    """One entry of a zip package; sizes in bytes."""

    name: str
    size: int
    packed: int
    encrypted: bool


def recognise(head: bytes, *, text: bool, parts: Sequence[Part] | None, mimetype: str, announced: str = "") -> str:
    """The media type of the content, "" if it is unknown.

    `head` is its first HEAD bytes, `text` whether all of it is readable text, `parts` the entries of a zip package
    (None if it isn't one) and `mimetype` the type that an OpenDocument package declares. What could be read as several types,
    such as a mail, which is text too, is of the `announced` one.
    """
    if parts is not None and head.startswith(b"PK\x03\x04"):
        return _package(parts, mimetype)
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "")
    begin = _without_prolog(head)
    found = _MARKUP.match(begin)
    if found:
        return "image/svg+xml" if found[1].lower() == b"svg" else "text/html"
    if announced == "application/pdf" and b"%PDF-" in head[:READERS_HEADER]:
        return announced
    if head.lstrip(_BLANK).startswith(b"<?xml") or (text and announced == "application/xml" and begin.startswith(b"<")):
        return "application/xml"
    if text and announced == "message/rfc822" and _MAIL.match(head):
        return announced
    return "text/plain" if text else ""


def _without_prolog(head: bytes) -> bytes:
    """What follows the blanks, declarations and comments at the beginning; each byte is looked at once."""
    place = 0
    while True:
        while head[place : place + 1] and head[place] in _BLANK:
            place += 1
        end = next((end for begin, end in ((b"<?", b"?>"), (b"<!--", b"-->")) if head.startswith(begin, place)), b"")
        closed = head.find(end, place) if end else -1
        if closed < 0:
            return head[place:]
        place = closed + len(end)


def compound(names: AbstractSet[str]) -> str:
    """The media type of a compound file with these streams and storages."""
    return next((media_type for name, media_type in _COMPOUNDS.items() if name in names), "application/x-ole-storage")


def is_program(head: bytes) -> bool:
    """Whether these first bytes are those of a program; text may begin with MZ, too."""
    return head.startswith(_PROGRAMS) or (head[:2] == b"MZ" and len(head) > 2 and not 0x20 <= head[2] < 0x7F)


def _package(parts: Sequence[Part], mimetype: str) -> str:
    names = {part.name for part in parts}
    if "[Content_Types].xml" in names:
        for main, media_type in MAIN_PART.items():
            if main in names:
                return media_type
    if mimetype.startswith("application/vnd.oasis.opendocument.") and "content.xml" in names:
        return mimetype
    return "application/zip"


def dangers(parts: Sequence[Part], size: int, content_types: bytes) -> tuple[str, ...]:
    """The dangers of a zip package of `size` bytes; `content_types` is Office's own list of what its parts are."""
    found = []
    unpacked = sum(part.size for part in parts)
    packed = sum(part.packed for part in parts)
    swollen = unpacked > SMALL and unpacked > RATIO_LIMIT * max(size, 1)
    if len(parts) > PARTS_LIMIT or unpacked > UNPACKED_LIMIT or swollen or packed > size:
        found.append("bomb")  # packed beyond the file's size: entries overlap (Fifield 2019)
    if any(part.encrypted for part in parts):
        found.append("encrypted")
    if b"macroenabled" in content_types.lower() or any(_CODE.search(part.name) for part in parts):
        found.append("macros")
    return tuple(found)
