"""The text of a file, for searching and comparing. It never raises: for an unreadable file it returns ""."""

from __future__ import annotations

import logging
import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from shared.domain.files import files
from shared.domain.kernel.values import dataclass
from shared.outside.imports import importing

LIMIT = 1_000_000  # characters
PAGES_LIMIT = 2_000
PART_LIMIT = 64 * 1024 * 1024  # bytes of one part of a package
_CHUNK = 64 * 1024  # bytes

_OFFICE = "application/vnd.openxmlformats-officedocument."
_PARTS = {
    f"{_OFFICE}wordprocessingml.document": r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml",
    f"{_OFFICE}spreadsheetml.sheet": r"xl/(sharedStrings|worksheets/sheet\d+)\.xml",
    f"{_OFFICE}presentationml.presentation": r"ppt/slides/slide\d+\.xml",
    "application/vnd.oasis.opendocument.text": r"content\.xml",
    "application/vnd.oasis.opendocument.spreadsheet": r"content\.xml",
    "application/vnd.oasis.opendocument.presentation": r"content\.xml",
}
_LINE = {"p", "h", "br", "row", "table-row", "si"}  # elements after which a new line begins
_GAP = {"tab", "tc", "c", "table-cell", "s"}  # elements after which a gap begins
_WORDS = {"t", "v"}  # the elements that hold text in Office files; in OpenDocument any element may

log = logging.getLogger(__name__)


class Unreadable(Exception):  # noqa: N818 - a reason, never an error of ours
    """The reason why there is no text."""


@dataclass(frozen=True)
class Reading:
    """The text that could be read out of a file, and a sentence about what couldn't."""

    text: str
    extent: str


def read_text(file: BinaryIO, media_type: str) -> Reading:
    """The text of `file` (seekable), at most LIMIT characters; "" where there is none or it can't be read.

    It runs only in the process of shared.outside.foreign.child, which has limits of time and memory: a hostile file can keep a parser
    busy for hours.
    """
    pieces: list[str] = []
    left = LIMIT
    try:
        for piece in _pieces(file, media_type):
            pieces.append(piece[:left])
            left -= len(piece)
            if left <= 0:
                break
    except MemoryError:
        return Reading("", files.TOO_LARGE)
    except Unreadable as reason:
        log.info("no text of a file of type %s: %s", media_type, reason)
    except Exception as trouble:  # noqa: BLE001 - parsers meet hostile files; what was read until then is kept
        log.info("no text of a file of type %s: %s", media_type, type(trouble).__name__)
    text = "".join(pieces).replace("\x00", "").encode("utf-8", "ignore").decode("utf-8").strip()
    return Reading(text, "")


def _pieces(file: BinaryIO, media_type: str) -> Iterator[str]:
    file.seek(0)
    if media_type == "application/pdf":
        yield from _pdf(file)
    elif media_type in _PARTS:
        yield from _package(file, re.compile(_PARTS[media_type]))
    elif media_type.startswith("text/"):
        start = file.read(4 * LIMIT)
        try:
            yield start.decode("utf-8-sig")
        except UnicodeDecodeError:
            yield start.decode("cp1252", "replace")  # what Excel writes in Europe


def _pdf(file: BinaryIO) -> Iterator[str]:
    with importing():
        import pypdf

    for number, page in enumerate(pypdf.PdfReader(file).pages):
        if number >= PAGES_LIMIT:
            return
        yield page.extract_text() + "\n"


def _package(file: BinaryIO, wanted: re.Pattern[str]) -> Iterator[str]:
    with zipfile.ZipFile(file) as package:
        for part in sorted(package.infolist(), key=lambda part: _order(part.filename)):
            if wanted.fullmatch(part.filename):
                if part.file_size > PART_LIMIT:
                    message = "a part is too large"
                    raise Unreadable(message)
                with package.open(part) as stream:
                    yield from _xml(stream, everything=part.filename == "content.xml")  # type: ignore[arg-type]
                yield "\n"


def _order(name: str) -> tuple[str, int]:
    """A sort key by number: slide2 before slide10."""
    number = re.search(r"\d+", name)
    return re.sub(r"\d+", "", name), int(number[0]) if number else 0


def _xml(stream: BinaryIO, *, everything: bool) -> Iterator[str]:
    """The text of one XML part, piece by piece; raises Unreadable for a document type, which could define entities."""
    pieces: list[str] = []
    inside = 0
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_: object) -> None:
        message = "it declares a document type"
        raise Unreadable(message)

    def begin(name: str, _: object) -> None:
        nonlocal inside
        inside += name.rpartition(" ")[2] in _WORDS

    def end(name: str) -> None:
        nonlocal inside
        local = name.rpartition(" ")[2]
        inside -= local in _WORDS
        if local in _LINE:
            pieces.append("\n")
        elif local in _GAP:
            pieces.append("\t" if local != "s" else " ")

    def data(value: str) -> None:
        if everything or inside:
            pieces.append(value)

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk, False)  # noqa: FBT003 - expat's own signature
        yield "".join(pieces)
        pieces.clear()
    parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature
    yield "".join(pieces)
