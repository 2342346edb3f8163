"""The text of OpenDocument files: texts with notes and tracked changes, spreadsheets by cell, presentations by slide."""

from __future__ import annotations

from collections.abc import Mapping

from shared.domain.files.extents import Unit
from shared.outside.texts import formats
from shared.outside.texts.gathering import Gathering, Unreadable
from shared.outside.texts.packages import Handler, Package
from shared.outside.texts.sheets import NEW_LINE, column_name

CONTENT, STYLES, MANIFEST = "content.xml", "styles.xml", "META-INF/manifest.xml"
PARAGRAPHS = {"p", "h"}
BEGUN = {"tab": "\t", "line-break": "\n", "change-end": "]", "note": "[note ", "annotation": "[comment ", "notes": "\n[notes]\n"}
ENDED = {"p": "\n", "h": "\n", "note": "] ", "annotation": "] ", "note-citation": ": "}
ASIDES = {"note", "annotation"}
SILENT = {"change-info", "tracked-changes"}
SPACES = 1_000  # repeated spaces of one element
LONGEST_CELL = 100_000  # characters that are put together in memory
DELETED = 100_000  # characters of deleted text
CHANGES = {"insertion": "inserted", "format-change": "formatted", "deletion": "deleted"}


def read_opendocument(package: Package, found: Gathering) -> None:
    """The text of an OpenDocument file; raises Unreadable for one that is encrypted."""
    encrypted = _Encrypted()
    package.read(MANIFEST, encrypted)
    if encrypted.found:
        message = "it opens only with a password"
        raise Unreadable(message)
    package.read(CONTENT, Content(package, found))
    if found.unit is Unit.CHARACTERS:
        found.add("\n")
        package.read(STYLES, _Margins(found))
    package.show_others(found)


class Content(Handler):
    """Reads content.xml."""

    def __init__(self, package: Package, found: Gathering) -> None:
        self.package, self.found = package, found
        self.paragraphs = 0
        self.silent = 0
        self.asides = 0
        self.changes: dict[str, str] = {}  # what each tracked change did
        self.deleted: dict[str, list[str]] = {}
        self.change: str | None = None  # the one that is described just now
        self.gathered = 0
        self.row, self.column = 0, 0
        self.cell: list[str] | None = None
        self.beside: int | None = None  # where in the cell a comment begins
        self.comments: list[str] = []
        self.waiting = 0  # characters in the open cell
        self.cell_attributes: Mapping[str, str] = {}
        self.row_attributes: Mapping[str, str] = {}

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self.silent += name in SILENT
        self.paragraphs += name in PARAGRAPHS
        self.asides += name in ASIDES
        if name == "annotation" and self.cell is not None:
            self.beside = len(self.cell)
        if name in BEGUN:
            self.say(BEGUN[name])
        elif name == "s":
            self.say(" " * min(_count(attributes, "c"), SPACES))
        elif name in ("image", "object"):
            self._picture(attributes.get("href", "").removeprefix("./"))
        elif name.startswith(("table", "covered-table")):
            self._table(name, attributes)
        else:
            self._track(name, attributes)

    def _track(self, name: str, attributes: Mapping[str, str]) -> None:
        """Say a tracked change: what was inserted between two marks, what was deleted where it stood."""
        of = attributes.get("change-id", "")
        if name == "changed-region":
            self.change = attributes.get("id", "")
        elif name in CHANGES and self.change is not None:
            self.changes[self.change] = CHANGES[name]
        elif name == "change-start":
            self.say(f"[{self.changes.get(of, 'changed')}: ")
        elif name == "change":
            self.say(f"[deleted: {''.join(self.deleted.get(of, ())).strip()}]")

    def end(self, name: str) -> None:
        """An element ends."""
        self.paragraphs -= name in PARAGRAPHS
        self.asides -= name in ASIDES
        if name in ENDED:
            self.say(" " if self.asides and name in PARAGRAPHS else ENDED[name])
        if name == "annotation" and self.cell is not None and self.beside is not None:
            self.comments += self.cell[self.beside :]
            del self.cell[self.beside :]
            self.beside = None
        elif name == "changed-region":
            self.change = None
        elif name in ("table-cell", "covered-table-cell") and self.cell is not None:
            self._end_cell()
        elif name == "table-row":
            self._end_row()
        elif (name == "table" and self.found.unit is Unit.SHEETS) or (name == "page" and self.found.unit is Unit.SLIDES):
            self.found.end_page()
        self.silent -= name in SILENT

    def data(self, text: str) -> None:
        """Text."""
        if self.paragraphs:
            self.say(text)

    def say(self, words: str) -> None:
        """Take words: of a deleted passage for where it stood, of a cell for its line."""
        if self.change is not None and self.changes.get(self.change) == "deleted" and self.silent == 1:
            if self.gathered <= DELETED < self.gathered + len(words):
                self.found.why.append(f"at most {DELETED:,} characters of deleted text are read")
            self.gathered += len(words)
            if self.gathered <= DELETED:
                self.deleted.setdefault(self.change, []).append(words)
        elif self.silent:
            return
        elif self.cell is not None:
            self.cell.append(words)
            self.waiting += len(words)
            if self.waiting > LONGEST_CELL:
                self.found.add("".join(self.cell))
                self.cell.clear()
                self.waiting = 0
        else:
            self.found.add(words)

    def _picture(self, part: str) -> None:
        if self.cell is None and not self.silent:
            self.package.show(part, self.found)

    def _table(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table":
            self.row = 0
            if self.found.unit is Unit.SHEETS:
                self.found.add(f"[sheet {attributes.get('name', '')}]\n")
        elif name == "table-row":
            self.row_attributes, self.column = attributes, 0
        elif name in ("table-cell", "covered-table-cell"):
            self.cell, self.cell_attributes, self.comments, self.beside = [], attributes, [], None
            self.waiting = 0

    def _end_cell(self) -> None:
        """Say a cell; one that is repeated is said once, with where it stands."""
        words = "".join(self.cell or ()).strip().replace("\n", NEW_LINE if self.found.unit is Unit.SHEETS else " / ")
        self.cell, repeated = None, _count(self.cell_attributes, "number-columns-repeated")
        if self.found.unit is not Unit.SHEETS:
            self.found.add(f"{' | ' if self.column else ''}{words}")
            self.column += 1
            return
        value, formula = _value(self.cell_attributes, words), self.cell_attributes.get("formula", "").removeprefix("of:=").removeprefix("=")
        comment = " ".join("".join(self.comments).split())
        if value or formula or comment:
            rows = _count(self.row_attributes, "number-rows-repeated")
            first = f"{column_name(self.column + 1)}{self.row + 1}"
            last = f"{column_name(self.column + repeated)}{self.row + rows}"
            place = first if first == last else f"{first}:{last}"
            self.found.add(f"{place}: {value}{f' (={formula})' if formula else ''} {comment}".rstrip() + "\n")
        self.column += repeated

    def _end_row(self) -> None:
        if self.found.unit is Unit.SHEETS:
            self.row += _count(self.row_attributes, "number-rows-repeated")
        elif self.column:
            self.found.add("\n")
            self.column = 0


class _Margins(Handler):
    """The headers and footers of pages, which stand among the styles."""

    def __init__(self, found: Gathering) -> None:
        self.found = found
        self.inside = 0

    def begin(self, name: str, _: Mapping[str, str]) -> None:
        if name in ("header", "footer", "header-left", "footer-left"):
            self.inside += 1
            self.found.add(f"[{name}] ")

    def end(self, name: str) -> None:
        if name in ("header", "footer", "header-left", "footer-left"):
            self.inside -= 1
            self.found.add("\n")
        elif self.inside and name in PARAGRAPHS:
            self.found.add(" ")

    def data(self, text: str) -> None:
        if self.inside:
            self.found.add(text.strip("\n"))


class _Encrypted(Handler):
    found = False

    def begin(self, name: str, _: Mapping[str, str]) -> None:
        self.found = self.found or name == "encryption-data"


def _count(attributes: Mapping[str, str], name: str) -> int:
    """How often something is repeated: once where it isn't said."""
    said = attributes.get(name, "1")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 8 else 1


def _value(cell: Mapping[str, str], words: str) -> str:
    """A cell's value in full; what is shown may be rounded."""
    kind = cell.get("value-type", "")
    if kind in ("float", "currency"):
        return cell.get("value", words)
    if kind == "percentage":
        return formats.percent(cell.get("value", words))
    if kind == "boolean":
        return cell.get("boolean-value", words).upper()
    return {"date": cell.get("date-value", words), "time": cell.get("time-value", words)}.get(kind, words)
