"""The text of a file, for searching and comparing.

It never raises: for an unreadable file it returns "" and logs the reason, without the content.
"""

from __future__ import annotations

import ctypes
import logging
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from shared.outside.imports import importing

LIMIT = 1_000_000  # characters
PAGES_LIMIT = 2_000
PART_LIMIT = 64 * 1024 * 1024  # bytes of one part of a package
TIME_LIMIT = 10.0  # seconds
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
    """The reason why there is no text, for the log."""


def text(file: BinaryIO, media_type: str) -> str:
    """The text of `file` (seekable), at most LIMIT characters; "" where there is none or it can't be read."""
    pieces: list[str] = []

    def read() -> None:
        left = LIMIT
        for piece in _pieces(file, media_type):
            pieces.append(piece[:left])
            left -= len(piece)
            if left <= 0:
                return

    _within(TIME_LIMIT, read, media_type)
    return "".join(pieces).replace("\x00", "").encode("utf-8", "ignore").decode("utf-8").strip()


def needs_password(file: BinaryIO) -> bool:
    """Whether the PDF in `file` opens only with a password; False for a damaged one."""
    answers: list[bool] = []

    def read() -> None:
        with importing():
            import pypdf

        reader = pypdf.PdfReader(file)
        answers.append(reader.is_encrypted and not reader.decrypt(""))

    _within(TIME_LIMIT, read, "application/pdf")
    return answers == [True]


def _within(seconds: float, read: Callable[[], None], media_type: str) -> None:
    """Run `read` in a thread of its own and abort it after `seconds`.

    A hostile file can keep a parser busy for hours. Raising an exception in a running thread is safe only here: this
    one touches nothing but the file, no connection and no lock.
    """

    def run() -> None:
        try:
            read()
        except Unreadable as reason:
            log.info("no text of a file of type %s: %s", media_type, reason)
        except Exception as trouble:  # noqa: BLE001 - parsers meet hostile files; an upload mustn't fail for its text
            log.info("no text of a file of type %s: %s", media_type, type(trouble).__name__)

    file_reader = threading.Thread(target=run, name="extract", daemon=True)
    file_reader.start()
    file_reader.join(seconds)
    if file_reader.is_alive() and file_reader.ident is not None:
        log.warning("reading a file of type %s was given up after %s seconds", media_type, seconds)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(file_reader.ident), ctypes.py_object(TimeoutError))
        file_reader.join(1)


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
