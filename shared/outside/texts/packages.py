"""Office and OpenDocument packages: their parts, how these refer to each other, and their XML as a stream.

Own code over expat rather than openpyxl and python-docx: openpyxl shows a formula or its value and not both, python-docx holds the whole
tree in ten times its size and knows no tracked changes or footnotes, and neither refuses a document type or has a bound.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import IO, BinaryIO
from urllib.parse import unquote
from xml.parsers import expat

from shared.domain.kernel.values import dataclass
from shared.outside.texts.gathering import FULL, Gathering, Unreadable, digest

UNPACKED = 32 * 1024 * 1024  # bytes of XML that are read of one package
PARTS = 10_000
DEEPEST = 200  # elements within elements
KNOWN = 1_000  # names of elements and attributes that are remembered
NONE: Mapping[str, str] = {}
_CHUNK = 64 * 1024  # bytes
# Parts that hold what can be seen and is no text: when they are replaced, their hash differs.
_SEEN = re.compile(r"(?:^|/)(media|embeddings|charts|diagrams|drawings|ink|Pictures|ObjectReplacements|Object [0-9]+)/", re.IGNORECASE)
_KINDS = {"media": "picture", "pictures": "picture", "charts": "chart", "diagrams": "diagram", "embeddings": "embedded file"}
_OF_A_PART = re.compile(r"(?:^|/)_rels/|/(colors|style)[0-9]*\.xml$")


@dataclass(frozen=True)
class Relation:
    """Where a part refers to: another part, or an address outside."""

    kind: str
    target: str
    outside: bool


class Bounded(Exception):  # noqa: N818 - a reason, never an error of ours
    """Why a package isn't read to its end; what was read until then counts."""


class Package:
    """One package; every read counts against the same limit of unpacked bytes, and ends when no more text is kept."""

    def __init__(self, file: BinaryIO, found: Gathering) -> None:
        self._found = found
        self._zip = zipfile.ZipFile(file)
        entries = self._zip.infolist()
        if len(entries) > PARTS:
            message = f"it has more than {PARTS:,} parts"
            raise Unreadable(message)
        if any(one.flag_bits & 1 for one in entries):
            message = "it is encrypted"
            raise Unreadable(message)
        self.parts = {one.filename: one for one in entries}
        self._left = UNPACKED
        self._hashes: dict[str, str] = {}
        self._shown: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self.parts

    def matching(self, pattern: str) -> list[str]:
        """The parts of this name, by their number: slide2 before slide10."""
        wanted = re.compile(pattern)
        return sorted(filter(wanted.fullmatch, self.parts), key=_order)

    def read(self, name: str, handler: Handler) -> None:
        """Read one part's XML with `handler`; nothing where there is no such part."""
        if name in self.parts:
            with self._zip.open(self.parts[name]) as stream:
                parse(self._bounded(stream), handler)

    def relations(self, part: str) -> dict[str, Relation]:
        """What a part refers to, by the reference's id."""
        folder, _, name = part.rpartition("/")
        found = _Relations(folder)
        self.read(f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels", found)
        return found.relations

    def show(self, name: str, found: Gathering) -> None:
        """Say of a part that isn't text, where it stands, what it is and its hash."""
        if name in self.parts and _SEEN.search(name):
            self._shown.add(name)
            found.mark(_kind(name), self._hash(name))

    def show_others(self, found: Gathering) -> None:
        """Say the same of those that nothing referred to."""
        for name in sorted(self.parts):
            if _SEEN.search(name) and name not in self._shown and not _OF_A_PART.search(name) and not name.endswith("/"):
                found.mark(f"{_kind(name)} {posixpath.basename(name)}", self._hash(name))

    def _hash(self, name: str) -> str:
        if name not in self._hashes:
            with self._zip.open(self.parts[name]) as stream:
                self._hashes[name] = digest(stream)
        return self._hashes[name]

    def _bounded(self, stream: IO[bytes]) -> Iterator[bytes]:
        while chunk := stream.read(_CHUNK):
            if self._found.full:
                raise Bounded(FULL)
            self._left -= len(chunk)
            if self._left < 0:
                message = f"at most {UNPACKED // 1024 // 1024} MiB of a file's unpacked parts are read"
                raise Bounded(message)
            yield chunk


class Handler:
    """What reads the elements of one part, by their names without namespace."""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def data(self, text: str) -> None:
        """Text."""


def parse(chunks: Iterator[bytes], handler: Handler) -> None:
    """Read XML; raises Unreadable for a document type, which could define entities, and for elements too deep."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    begun, ended, deep = handler.begin, handler.end, 0

    def refuse(*_: object) -> None:
        message = "it declares a document type"
        raise Unreadable(message)

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal deep
        deep += 1
        if deep > DEEPEST:
            message = "its elements lie too deep in each other"
            raise Unreadable(message)
        begun(_local(name), {_attribute(one): value for one, value in attributes.items()} if attributes else NONE)

    def end(name: str) -> None:
        nonlocal deep
        deep -= 1
        ended(_local(name))

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.data
    for chunk in chunks:
        parser.Parse(chunk, False)  # noqa: FBT003 - expat's own signature
    parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature


class Words(Handler):
    """The text of one part that is short, such as a cell's comment: calls `say` at the end of each element of this name."""

    def __init__(self, element: str, say: Callable[[Mapping[str, str], str], None]) -> None:
        self.element, self.say = element, say
        self.inside = 0
        self.attributes: Mapping[str, str] = {}
        self.pieces: list[str] = []

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if name == self.element:
            self.attributes, self.pieces = attributes, []
        self.inside += name == "t"

    def end(self, name: str) -> None:
        """An element ends."""
        self.inside -= name == "t"
        if name == "p":
            self.pieces.append(" ")
        if name == self.element:
            self.say(self.attributes, " ".join("".join(self.pieces).split()))

    def data(self, text: str) -> None:
        """Text."""
        if self.inside:
            self.pieces.append(text)


class _Relations(Handler):
    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.relations: dict[str, Relation] = {}

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship":
            target, outside = attributes.get("Target", ""), attributes.get("TargetMode") == "External"
            if not outside:
                target = posixpath.normpath(posixpath.join("/" + self.folder, unquote(target))).lstrip("/")
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.relations[attributes.get("Id", "")] = Relation(kind, target, outside)


@lru_cache(KNOWN)
def _local(name: str) -> str:
    return name.rpartition(" ")[2]


@lru_cache(KNOWN)
def _attribute(name: str) -> str:
    """An attribute's name; a reference to another part, such as `r:id`, keeps its prefix, as some elements have an `id` of their own."""
    space, _, local = name.rpartition(" ")
    return f"r:{local}" if space.endswith("/relationships") else local


def _kind(name: str) -> str:
    found = _SEEN.search(name)
    return _KINDS.get(found[1].lower(), "part") if found else "part"


def _order(name: str) -> tuple[str, int]:
    """A sort key by number: slide2 before slide10."""
    number = re.search(r"\d+", name)
    return re.sub(r"\d+", "", name), int(number[0]) if number else 0
