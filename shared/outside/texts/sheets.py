"""The cells of Excel workbooks as their reader sees them: by sheet and reference, dates as dates, a formula beside its value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from shared.domain.kernel.values import dataclass
from shared.outside.texts import formats
from shared.outside.texts.gathering import Gathering
from shared.outside.texts.packages import Bounded, Handler, Package, Words

STRINGS, STRING_CHARACTERS = 200_000, 8_000_000  # shared texts kept in memory
SHEET = r"xl/worksheets/sheet\d+\.xml"
NEW_LINE = " ⏎ "  # a line break within a cell


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its name, its part, and whether it is hidden."""

    name: str
    part: str
    hidden: bool = False


@dataclass(frozen=True)
class Book:
    """What cells refer to: shared texts, and by style the kind of its number format and the format where it says words of its own."""

    strings: Sequence[str]
    kinds: Sequence[str]
    words: Sequence[str]
    from_1904: bool


def read_workbook(package: Package, found: Gathering) -> None:
    """The text of a workbook: its named formulas, then each sheet."""
    workbook = _Workbook()
    package.read("xl/workbook.xml", workbook)
    relations = package.relations("xl/workbook.xml")
    named = [Sheet(name, relations[of].target, hidden) for name, of, hidden in workbook.sheets if of in relations]
    shown = {sheet.part for sheet in named}
    sheets = [*named, *(Sheet(part.rpartition("/")[2].removesuffix(".xml"), part) for part in package.matching(SHEET) if part not in shown)]
    found.of = len(sheets)
    styles, strings = _Styles(), _Strings()
    package.read("xl/styles.xml", styles)
    try:
        package.read("xl/sharedStrings.xml", strings)
    except Bounded as reason:
        found.why.append(str(reason))
    book = Book(strings.found, styles.kinds, styles.words, workbook.from_1904)
    for place, sheet in enumerate(sheets):
        found.add(f"[sheet {sheet.name}{', hidden' if sheet.hidden else ''}]\n")
        if not place:
            found.add("".join(f"[name {name} = {formula}]\n" for name, formula in workbook.names))
        package.read(sheet.part, Cells(book, found))
        for relation in package.relations(sheet.part).values():
            if relation.kind in ("comments", "threadedComment") and not relation.outside:
                element = "comment" if relation.kind == "comments" else "threadedComment"
                package.read(relation.target, Words(element, lambda of, said: found.add(f"comment on {of.get('ref', '')}: {said}\n")))
            elif relation.kind == "drawing" and not relation.outside:
                package.read(relation.target, Words("sp", lambda _, said: found.add(f"shape: {said}\n") if said else None))
        if place == len(sheets) - 1:
            package.show_others(found)
        found.end_page()


class Cells(Handler):
    """Reads one sheet, a cell a line."""

    def __init__(self, book: Book, found: Gathering) -> None:
        self.book, self.found = book, found
        self.row, self.column = 0, 0
        self.hidden = ""
        self.cell: Mapping[str, str] = {}
        self.pieces: dict[str, list[str]] = {}
        self.formula: Mapping[str, str] = {}
        self.inside: str | None = None
        self.skipped = 0
        self.shared: dict[str, str] = {}  # where each shared formula is written out

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self.skipped += name == "rPh"
        if name == "row":
            self.row = int(attributes.get("r") or self.row + 1)
            self.column = 0
            self.hidden = " (hidden row)" if attributes.get("hidden") in ("1", "true") else ""
        elif name == "c":
            self.column += 1
            self.cell, self.pieces, self.formula = attributes, {}, {}
            if reference := attributes.get("r"):
                self.column = column_number(reference)
        elif name in ("v", "t", "f", "oddHeader", "oddFooter"):
            self.inside = name
            self.pieces.setdefault(name, [])
            if name == "f":
                self.formula = attributes

    def data(self, text: str) -> None:
        """Text."""
        if self.inside and not self.skipped:
            self.pieces[self.inside].append(text)

    def end(self, name: str) -> None:
        """An element ends."""
        self.skipped -= name == "rPh"
        if name == self.inside:
            self.inside = None
            if name in ("oddHeader", "oddFooter"):
                self.found.add(f"[{name[3:].lower()}: {''.join(self.pieces.pop(name))}]\n")
        elif name == "c":
            self._say()

    def _say(self) -> None:
        reference = self.cell.get("r") or f"{column_name(self.column)}{self.row}"
        value, formula = self._value().replace("\r", "").replace("\n", NEW_LINE), self._formula(reference)
        if value or formula:
            said = " ".join(filter(None, (value, f"(={formula})" if formula else "")))
            self.found.add(f"{reference}: {said}{self.hidden}\n")

    def _value(self) -> str:
        kind, value = self.cell.get("t", "n"), "".join(self.pieces.get("v", ()))
        if kind == "s":
            place = int(value or -1)
            return self.book.strings[place] if 0 <= place < len(self.book.strings) else f"[text {value}]"
        if kind == "inlineStr":
            return "".join(self.pieces.get("t", ()))
        if kind == "b":
            return {"1": "TRUE", "true": "TRUE"}.get(value, "FALSE")
        if kind != "n" or not value:
            return value
        style = int(self.cell.get("s") or 0)
        shown = self.book.kinds[style] if 0 <= style < len(self.book.kinds) else formats.GENERAL
        said = formats.written(value, shown, from_1904=self.book.from_1904)
        words = self.book.words[style] if 0 <= style < len(self.book.words) else ""
        return f"{said} [shown as {words}]" if words else said

    def _formula(self, reference: str) -> str:
        """The formula as it is written; a shared one is written out in its first cell alone."""
        written, group = "".join(self.pieces.get("f", ())), self.formula.get("si", "")
        if self.formula.get("t") == "shared":
            if written:
                self.shared[group] = reference
            else:
                return f"as in {self.shared.get(group, 'another cell')}"
        return f"{written} over {self.formula.get('ref', '')}" if written and self.formula.get("t") == "array" else written


class _Workbook(Handler):
    """The sheets in their order, the named formulas, and which calendar dates count by."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.names: list[tuple[str, str]] = []
        self.from_1904 = False
        self.name: str | None = None
        self.pieces: list[str] = []

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sheet":
            self.sheets.append((attributes.get("name", ""), attributes.get("r:id", ""), attributes.get("state", "visible") != "visible"))
        elif name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "definedName":
            self.name, self.pieces = attributes.get("name", ""), []

    def data(self, text: str) -> None:
        if self.name is not None:
            self.pieces.append(text)

    def end(self, name: str) -> None:
        if name == "definedName" and self.name is not None:
            self.names.append((self.name, "".join(self.pieces)))
            self.name = None


class _Styles(Handler):
    """The kind of number format of each cell style."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.words: list[str] = []
        self.codes: dict[int, str] = {}
        self.inside = False

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self.codes[int(attributes.get("numFmtId") or 0)] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.inside = True
        elif name == "xf" and self.inside:
            number = int(attributes.get("numFmtId") or 0)
            code = self.codes.get(number)
            self.kinds.append(formats.BUILT_IN.get(number, formats.GENERAL) if code is None else formats.kind_of(code))
            self.words.append(formats.words_of(code or ""))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.inside = False


class _Strings(Handler):
    """The texts that cells share, in their order; without the readings beside Japanese ones."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.pieces: list[str] = []
        self.inside = 0
        self.skipped = 0
        self.characters = 0

    def begin(self, name: str, _: Mapping[str, str]) -> None:
        self.skipped += name == "rPh"
        self.inside += name == "t"

    def end(self, name: str) -> None:
        self.skipped -= name == "rPh"
        self.inside -= name == "t"
        if name == "si":
            self.found.append("".join(self.pieces))
            self.pieces = []
            if len(self.found) > STRINGS or self.characters > STRING_CHARACTERS:
                message = f"at most {STRINGS:,} texts of cells with {STRING_CHARACTERS:,} characters are read"
                raise Bounded(message)

    def data(self, text: str) -> None:
        if self.inside and not self.skipped:
            self.pieces.append(text)
            self.characters += len(text)


def column_number(reference: str) -> int:
    """The number of a reference's column: 28 for AB7."""
    number = 0
    for letter in re.sub("[^A-Z]", "", reference[:12].upper()):
        number = number * 26 + ord(letter) - 64
    return number


def column_name(number: int) -> str:
    """The name of a column: AB for 28."""
    name = ""
    while number > 0:
        number, letter = divmod(number - 1, 26)
        name = chr(65 + letter) + name
    return name
