"""Zip packages: documents of Office and OpenDocument, judged part by part, and plain archives, whose entries aren't opened.

Counts come before lists: the end of the central directory tells how many entries there are, and a package with too many isn't read.
"""

from __future__ import annotations

import io
import os
import posixpath
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO
from urllib.parse import unquote
from xml.parsers import expat

from shared.domain.files import file_types, package_rules
from shared.domain.files.file_types import Part
from shared.outside.foreign import plain
from shared.outside.foreign.danger import Danger, demand

TABLE = 4 * 1024 * 1024  # bytes of the list of entries
LISTS = 1024 * 1024  # bytes of a part that lists others
_TYPES = "[Content_Types].xml"
DEPTH = 3  # a workbook behind the chart of a slide, and one within it
_END, _END_64, _PLACE_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_FILES_WITHIN = (file_types.COMPOUND, b"%PDF-", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")
_COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class Package:
    """An opened package; refused where its list of entries is too long or doesn't say what its end says."""

    def __init__(self, file: BinaryIO) -> None:
        size = file.seek(0, os.SEEK_END)
        number, table = _counts(file, size)
        demand(number <= file_types.PARTS_LIMIT and table <= TABLE, "bomb")
        self.zip = zipfile.ZipFile(file)
        self.entries = self.zip.infolist()
        demand(len(self.entries) == number)
        self.parts = [Part(each.filename, each.file_size, each.compress_size, bool(each.flag_bits & 1)) for each in self.entries]
        for danger in file_types.dangers(self.parts, size, b""):
            raise Danger(danger)
        self.names = {each.filename: each for each in self.entries}

    def seen_as(self) -> str:
        """The media type that its parts make it."""
        return file_types.recognise(
            b"PK\x03\x04", text=False, parts=self.parts, mimetype=self.listed("mimetype")[:100].decode("ascii", "replace")
        )

    def listed(self, name: str) -> bytes:
        """The content of a part that lists something; b"" where it isn't there."""
        if name not in self.names:
            return b""
        demand(self.names[name].file_size <= LISTS, "bomb")
        return self.zip.read(self.names[name])

    def pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The content of one entry; its checksum is compared at the end."""
        with self.zip.open(entry) as stream:
            while piece := stream.read(plain.CHUNK):
                yield piece


def validate(package: Package, media_type: str, depth: int = 0) -> None:
    """Refuse what the package holds beside its document; every entry is unpacked once, and its checksum compared."""
    begin = {entry.filename: _begin(package, entry) for entry in package.entries}
    if media_type == "application/zip":
        return demand(not any(file_types.is_program(first) for first in begin.values()), "program")
    demand(len({entry.filename.lower() for entry in package.entries}) == len(package.entries))  # or two readers read two documents
    if media_type in package_rules.OFFICE:
        _validate_office(package, media_type)
    else:
        _validate_open_document(package)
    for entry in package.entries:
        first = begin[entry.filename]
        demand(entry.compress_type in _COMPRESSIONS)
        demand(not file_types.is_program(first) and not first.startswith(_FILES_WITHIN), "embedded")
        if first.startswith(b"PK\x03\x04"):
            _validate_within(package, entry, depth)
    return None


def _begin(package: Package, entry: zipfile.ZipInfo) -> bytes:
    """The first bytes of an entry; refused for a virus in any of them."""
    first = tail = b""
    for piece in package.pieces(entry):
        first = first or piece[:16]
        demand(file_types.EICAR not in tail + piece, "virus")
        tail = piece[-len(file_types.EICAR) :]
    return first


def _validate_within(package: Package, entry: zipfile.ZipInfo, depth: int) -> None:
    """A workbook behind a chart is a package itself: an office document by the same rules, or refused."""
    demand(depth < DEPTH and entry.file_size <= 16 * plain.CHUNK, "embedded")
    try:
        within = Package(io.BytesIO(package.zip.read(entry)))
    except zipfile.BadZipFile:
        raise Danger("embedded") from None
    kind = within.seen_as()
    demand(kind in package_rules.OFFICE, "embedded")
    validate(within, kind, depth + 1)


def _validate_office(package: Package, media_type: str) -> None:
    """Each part is of a type on the list, its relations stay within the package, and the main part is well-formed."""
    declared = _declared(package)
    for part in package.parts:
        if part.name.endswith("/") or part.name == _TYPES:
            continue
        danger = package_rules.of_part(declared(part.name))
        demand(not danger, danger)
        if part.name.endswith(".rels"):
            _validate_relations(package.listed(part.name))
        elif part.name.startswith("xl/externalLinks/") and part.name.endswith(".xml"):
            demand(not any(element == "ddeLink" for element, _ in _elements(package.listed(part.name))), "active")
    main = next(part for part, kind in file_types.MAIN_PART.items() if kind == media_type)
    demand(all(named == main for named in _mains(package.listed("_rels/.rels"))), "unchecked")
    for text in (main, *(part.name for part in package.parts if part.name != main and _holds_fields(part.name, declared(part.name)))):
        demand(not package_rules.CALLS.search(_well_formed(package, text)), "active")


def _declared(package: Package) -> Callable[[str], str]:
    """The types that the package declares: of a part by its name, of others by their extension."""
    by_extension, by_name = dict(package_rules.BY_EXTENSION), dict[str, str]()
    for name, attributes in _elements(package.listed(_TYPES)):
        if name == "Default":
            by_extension[attributes.get("Extension", "").lower()] = attributes.get("ContentType", "")
        elif name == "Override":
            by_name[attributes.get("PartName", "").lstrip("/").lower()] = attributes.get("ContentType", "")
    return lambda name: by_name.get(name.lower()) or by_extension.get(name.rpartition(".")[2].lower(), "")


def _validate_relations(content: bytes) -> None:
    for name, attributes in _elements(content):
        if name == "Relationship" and attributes.get("TargetMode", "").lower() == "external":
            danger = package_rules.of_relation(attributes.get("Type", ""), attributes.get("Target", ""))
            demand(not danger, danger)


def _holds_fields(name: str, declared: str) -> bool:
    """Whether it is a text beside a Word document's body, such as a header, under whatever name."""
    return "wordprocessingml" in declared or (name.startswith("word/") and name.endswith(".xml"))


def _mains(relations: bytes) -> list[str]:
    """The main parts that a package names: its readers show these, whatever their names."""
    targets = [
        attributes.get("Target", "")
        for name, attributes in _elements(relations)
        if name == "Relationship" and attributes.get("Type", "").endswith("/officeDocument")
    ]
    return [posixpath.normpath("/" + unquote(target)).lstrip("/") for target in targets]


def _validate_open_document(package: Package) -> None:
    """The list of parts, the main part, no script, and no password."""
    manifest = package.listed("META-INF/manifest.xml")
    demand(b"encryption-data" not in manifest, "encrypted")
    _well_formed(package, "content.xml")
    for name in ("content.xml", "styles.xml"):
        if name in package.names:
            tail = b""
            for piece in package.pieces(package.names[name]):
                demand(not package_rules.MACRO_CALLS.search(tail + piece), "macros")
                tail = piece[-64:]


def _elements(content: bytes) -> list[tuple[str, dict[str, str]]]:
    """Every element of a small XML part with its attributes."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = parser_without_entities()
    parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(" ")[2], attributes))
    if content:
        try:
            parser.Parse(content, True)  # noqa: FBT003 - expat's own signature
        except expat.ExpatError:
            raise Danger from None
    return found


def _well_formed(package: Package, name: str) -> str:
    """Refuse a main part that isn't well-formed XML; return what its fields instruct a reader to do."""
    instructions: list[str] = []
    inside = False

    def begin(element: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        inside = element.rpartition(" ")[2] == "instrText"
        instructions.extend(value for key, value in attributes.items() if key.rpartition(" ")[2] == "instr")

    def end(_: str) -> None:
        nonlocal inside
        inside = False

    def data(value: str) -> None:
        if inside and len(instructions) < 100_000:
            instructions.append(value)

    parser = parser_without_entities()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, data
    demand(name in package.names)
    try:
        for piece in package.pieces(package.names[name]):
            parser.Parse(piece, False)  # noqa: FBT003 - expat's own signature
        parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError:
        raise Danger from None
    return "".join(instructions)


def parser_without_entities() -> expat.XMLParserType:
    """A parser that refuses a document type, which could define entities."""

    def refuse(*_: object) -> None:
        raise Danger("active")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    return parser


def _counts(file: BinaryIO, size: int) -> tuple[int, int]:
    """How many entries the end of the central directory tells of, and how many bytes their list has."""
    start = max(0, size - 65_557)  # 22 bytes and the longest comment
    file.seek(start)
    tail = file.read()
    place = tail.rfind(_END)
    demand(place >= 0 and place + 22 <= len(tail))
    number, table = struct.unpack("<H", tail[place + 10 : place + 12])[0], struct.unpack("<I", tail[place + 12 : place + 16])[0]
    if place >= 20 and tail[place - 20 : place - 16] == _PLACE_64:
        file.seek(struct.unpack("<Q", tail[place - 12 : place - 4])[0])
        record = file.read(56)
        demand(record.startswith(_END_64) and len(record) == 56)
        number, table = struct.unpack("<QQ", record[32:48])
    return number, table


def validate_xml(file: BinaryIO) -> None:
    """Refuse XML that isn't well-formed, declares entities, or has a program open or transform it."""
    parser = parser_without_entities()

    def instruct(target: str, _: str) -> None:
        demand(not re.fullmatch(r"xml-stylesheet|mso-.*", target, re.IGNORECASE), "active")

    def begin(name: str, _: object) -> None:
        demand(name.rpartition(" ")[2].lower() not in {"script", "iframe"}, "active")

    parser.ProcessingInstructionHandler, parser.StartElementHandler = instruct, begin
    try:
        for piece in plain.chunks(file):
            parser.Parse(piece, False)  # noqa: FBT003 - expat's own signature
        parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError:
        raise Danger from None
