"""PDF (ISO 32000): whether it opens with a page and without a password, and whether it does anything by itself.

A document may have a million objects, so only those are parsed in which a name stands that could be dangerous. Names are looked for in
the bytes of the file and of its object streams, wherever they stand: what only seems to be one costs the parsing of one object.
"""

from __future__ import annotations

import bisect
import io
import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from shared.domain.files import file_types, pdf_rules
from shared.outside.foreign import streams
from shared.outside.foreign.danger import Danger, demand
from shared.outside.imports import importing

if TYPE_CHECKING:
    from pypdf import PdfReader

SUSPECTS = 20_000  # objects to parse
DEPTH = 200  # of what stands within one object, and of the tree of pages
_END = 8 * 1024  # bytes at the end in which the reference to the table of objects stands
_TABLES = re.compile(rb"startxref\s+\d")
_OBJECT = re.compile(rb"obj")
_NUMBERS = re.compile(rb"(?<!\d)(\d{1,10})[\0\t\n\f\r ]{1,10}(\d{1,5})[\0\t\n\f\r ]{1,10}$")
_SUSPECT = re.compile(rb"/(?:" + b"|".join(name[1:].encode() for name in sorted(pdf_rules.SUSPECT)) + rb")(?![^\0\t\n\f\r ()<>\[\]{}/%])")
_ESCAPED = re.compile(rb"/[A-Za-z0-9]{0,40}#[0-9A-Fa-f#A-Za-z]{2,120}")


def validate(file: BinaryIO) -> None:
    """Refuse a PDF that doesn't open, opens only with a password, has no page, or holds what acts by itself."""
    with importing():
        import pypdf

    file = from_header(file)
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END))
    demand(_TABLES.search(file.read()))
    file.seek(0)
    reader = pypdf.PdfReader(file)
    demand(not reader.is_encrypted or reader.decrypt(""), "encrypted")
    _open_first_page(reader)
    file.seek(0)
    content = file.read()
    objects = list(_objects(content))
    _judge_values(reader.trailer)
    for number, generation in _suspects(reader, content, objects):
        _judge_object(reader, number, generation)
    streams.validate(content, objects, reader if reader.is_encrypted else None)


def from_header(file: BinaryIO) -> BinaryIO:
    """The file from its header on: what stands before it, readers pass over, and places are counted from there."""
    file.seek(0)
    place = file.read(file_types.READERS_HEADER).find(b"%PDF-")
    if place <= 0:
        return file
    file.seek(place)
    return io.BytesIO(file.read())


def _open_first_page(reader: PdfReader) -> None:
    """Refuse a document whose first page a reader can't find."""
    with importing():
        from pypdf.generic import ArrayObject, DictionaryObject

    root = reader.trailer["/Root"].get_object()
    node = root.get("/Pages") if isinstance(root, DictionaryObject) else None
    for _ in range(DEPTH):
        node = node.get_object() if node is not None else None
        if not isinstance(node, DictionaryObject):
            raise Danger("pageless")
        kids = node.get("/Kids")
        if kids is None:
            return demand(node.get("/Type") == "/Page" and "/Count" not in node, "pageless")
        kids = kids.get_object()
        if not isinstance(kids, ArrayObject) or not kids:
            raise Danger("pageless")
        node = list.__getitem__(kids, 0)
    raise Danger


def _objects(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Where each object begins, its number and its generation."""
    for found in _OBJECT.finditer(content):
        numbers = _NUMBERS.search(content[max(0, found.start() - 40) : found.start()])
        if numbers:
            yield found.start(), int(numbers[1]), int(numbers[2])


def _suspects(reader: PdfReader, content: bytes, objects: list[tuple[int, int, int]]) -> set[tuple[int, int]]:
    """The objects in which a dangerous name stands."""
    with importing():
        from pypdf.generic import StreamObject

    places = [place for place, _, _ in objects]
    found = set[tuple[int, int]]()
    for place in _names(content):
        before = bisect.bisect_right(places, place) - 1
        if before >= 0:
            found.add(objects[before][1:])
        demand(len(found) <= SUSPECTS, "unchecked")
    within: dict[int, list[int]] = {}
    for number, (stream, _) in reader.xref_objStm.items():
        within.setdefault(stream, []).append(number)
    for stream, numbers in within.items():
        holder = reader.get_object(stream)
        if isinstance(holder, StreamObject) and next(_names(holder.get_data()), None) is not None:
            found |= {(number, 0) for number in numbers}
        reader.resolved_objects.pop((0, stream), None)  # it takes memory
        demand(len(found) <= SUSPECTS, "unchecked")
    return found


def _names(content: bytes) -> Iterator[int]:
    """Where dangerous names stand, those written with #xx too."""
    yield from (found.start() for found in _SUSPECT.finditer(content))
    for found in _ESCAPED.finditer(content):
        name = re.sub(rb"#([0-9A-Fa-f]{2})", lambda digits: bytes([int(digits[1], 16)]), found[0])
        if name.decode("latin-1") in pdf_rules.SUSPECT:
            yield found.start()


def _judge_object(reader: PdfReader, number: int, generation: int) -> None:
    with importing():
        from pypdf.generic import IndirectObject, NameObject

    found = reader.get_object(IndirectObject(number, generation, reader))
    if isinstance(found, NameObject):
        demand(not pdf_rules.of_dictionary({"/S": str(found), "/Type": str(found)}), "active")
    _judge_values(found)


def _judge_values(found: object) -> None:
    """Judge an object's dictionaries, those within it too; what it refers to is judged where it stands."""
    with importing():
        from pypdf.generic import ArrayObject, DictionaryObject

    waiting = [(found, 0)]
    while waiting:
        value, depth = waiting.pop()
        demand(depth < DEPTH)
        if isinstance(value, DictionaryObject):
            names = {str(key): _plain(value.raw_get(key)) if key in pdf_rules.TELLING else None for key in value}
            danger = pdf_rules.of_dictionary(names)
            demand(not danger, danger)
            waiting += [(value.raw_get(key), depth + 1) for key in value]
        elif isinstance(value, ArrayObject):
            waiting += [(one, depth + 1) for one in list.__iter__(value)]


def _plain(value: object) -> object:
    """A name as text; of a dictionary what it does; anything else as it is."""
    with importing():
        from pypdf.generic import DictionaryObject, IndirectObject, NameObject

    if isinstance(value, IndirectObject):
        value = value.get_object()
    if isinstance(value, DictionaryObject):
        kind = value.get("/S")
        return {"/S": str(kind) if isinstance(kind, NameObject) else ""}
    return str(value) if isinstance(value, NameObject) else value
