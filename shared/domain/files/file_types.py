"""The media type of a file's bytes, whatever its name says: from its first bytes and, in a package, from its parts.

Pure: shared.google.files reads the bytes and hands over their beginning and the package's table of contents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared.domain.kernel.values import dataclass

HEAD = 4096  # bytes of a file's beginning that `recognise` wants to see
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"  # eicar.org; split for scanners

PARTS_LIMIT = 10_000
UNPACKED_LIMIT = 300 * 1024 * 1024  # bytes
RATIO_LIMIT = 200  # unpacked to packed; spreadsheets reach 50
SMALL = 4 * 1024 * 1024  # bytes; below this any ratio is harmless

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"GIF8", "image/gif"),
    (b"MZ\x90", "application/vnd.microsoft.portable-executable"),
    (b"\x7fELF", "application/x-elf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"#!", "text/x-script"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MAIN_PART = {
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{_OFFICE}presentationml.presentation",
}
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<\s*(?:!doctype\s+)?(html|head|body|script|iframe|svg)\b",
    re.IGNORECASE | re.DOTALL,
)
_CODE = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml)$|/activex/|^(basic|scripts)/.", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """One entry of a zip package; sizes in bytes."""

    name: str
    size: int
    packed: int
    encrypted: bool


def recognise(head: bytes, *, text: bool, parts: Sequence[Part] | None, mimetype: str) -> str:
    """The media type of the content, "" if it is unknown.

    `head` is its first HEAD bytes, `text` whether all of it is readable text, `parts` the entries of a zip package
    (None if it isn't one) and `mimetype` the type that an OpenDocument package declares.
    """
    if parts is not None and head.startswith(b"PK\x03\x04"):
        return _package(parts, mimetype)
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    found = _MARKUP.match(head)
    if found:
        return "image/svg+xml" if found[1].lower() == b"svg" else "text/html"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml"):
        return "application/xml"
    return "text/plain" if text else ""


def _package(parts: Sequence[Part], mimetype: str) -> str:
    names = {part.name for part in parts}
    if "[Content_Types].xml" in names:
        for main, media_type in _MAIN_PART.items():
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
