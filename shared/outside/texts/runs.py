"""The text of Word and PowerPoint parts: paragraphs, tables by row, tracked changes, notes, pictures and links where they stand."""

from __future__ import annotations

from collections.abc import Mapping

from shared.outside.texts.gathering import Gathering
from shared.outside.texts.packages import Handler, Package, Relation

DEEPEST_TABLE = 10  # tables within tables; deeper ones are read as plain paragraphs
LONGEST_ROW = 100_000  # characters of a row with its cells
TRACKED = {"ins": "inserted", "del": "deleted", "moveFrom": "moved away", "moveTo": "moved here"}
NOTED = {"footnoteReference": "footnote", "endnoteReference": "endnote", "commentReference": "comment"}
NOTES = {"footnote", "endnote", "comment"}
WORDS = {"t", "delText"}
BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "\u2011"}
SKIPPED = {"instrText", "rPh", "tblGrid"}  # field codes; readings of characters
CHOICES = {"Choice", "Fallback"}  # for newer readers and for others; which of them a reader shows is its own to decide
LOOKS = {"strike": "struck out", "dstrike": "struck out", "vanish": "hidden", "webHidden": "hidden"}
OFF = {"0", "false", "off", "noStrike"}


class Runs(Handler):
    """Reads one part into `found`."""

    def __init__(self, package: Package, relations: Mapping[str, Relation], found: Gathering) -> None:
        self.package, self.relations, self.found = package, relations, found
        self.inside = 0  # elements that hold text
        self.skipped = 0
        self.cells: list[list[str]] = []  # the text of each open cell
        self.rows: list[list[str]] = []  # the cells of each open row
        self.waiting = 0  # characters in open rows
        self.tracked: list[tuple[str, bool]] = []  # each open tracked change: its mark, and whether it was said
        self.looks = ""  # what a run's letters look like, where that alters what they say
        self.choices: list[dict[str, list[str]]] = []  # the words of each open choice
        self.choosing: list[str] = []

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self.skipped += name in SKIPPED
        if self.skipped:
            return
        self._look(name, attributes)
        self.inside += name in WORDS
        if name in BREAKS and (name != "tab" or not attributes.get("pos")):  # a tab stop has a position, a tab none
            self.say(BREAKS[name])
        elif name in TRACKED:
            by = attributes.get("author")
            self.tracked.append((f"[{TRACKED[name]}{f' by {by}' if by else ''}: ", False))
        elif name in NOTED:
            self.say(f"[{NOTED[name]} {attributes.get('id', '')}]")
        elif name in NOTES:
            by = attributes.get("author")
            self.say(f"[{name} {attributes.get('id', '')}{f' by {by}' if by else ''}] ")
        elif name == "sym":
            self.say(f"[symbol {attributes.get('char', '')}]")
        elif name == "tr" and len(self.rows) < DEEPEST_TABLE:
            self.rows.append([])
        elif name == "tc" and len(self.cells) < len(self.rows):
            self.cells.append([])
        self._refer(attributes)

    def _refer(self, attributes: Mapping[str, str]) -> None:
        """Say what a reference leads to where that isn't text: a picture, an embedded file, an address."""
        for attribute, value in attributes.items():
            relation = self.relations.get(value) if attribute.startswith("r:") else None
            if relation is None:
                continue
            if relation.outside:
                self.say(f"[link {relation.target}] ")
            elif not self.cells:
                self.package.show(relation.target, self.found)
            # inside a cell the mark would leave its row; the package says it at the end

    def end(self, name: str) -> None:
        """An element ends."""
        if self.skipped:
            self.skipped -= name in SKIPPED
            return
        self.inside -= name in WORDS
        if name in WORDS and self.looks:
            self.say("]")
        elif name in CHOICES and self.choosing:
            self.choosing.pop()
        elif name == "AlternateContent" and self.choices:
            self._compare_choices()
        if name == "p":
            self.say("\n", always=True)
        elif name in TRACKED and self.tracked:
            _, said = self.tracked.pop()
            if said:
                self.say("]", always=True)
        elif name == "tc" and self.cells and len(self.cells) == len(self.rows):
            self.rows[-1].append(" / ".join(line for line in map(str.strip, "".join(self.cells.pop()).split("\n")) if line))
        elif name == "tr" and self.rows and len(self.cells) < len(self.rows):
            self.say(f"{' | '.join(self.rows.pop())}\n", always=True)
            self.waiting = 0 if not self.rows else self.waiting

    def data(self, text: str) -> None:
        """Text."""
        if not self.inside or self.skipped:
            return
        if self.choosing and self.choices:
            self.choices[-1].setdefault(self.choosing[-1], []).append(text)
        if "Fallback" not in self.choosing:
            self.say(text)

    def _look(self, name: str, attributes: Mapping[str, str]) -> None:
        """Note what a run looks like, and say it before its words; note for which readers what follows is."""
        if name == "AlternateContent":
            self.choices.append({})
        elif name in CHOICES:
            self.choosing.append(name)
        elif name == "r":
            self.looks = ""
        elif name in LOOKS and attributes.get("val") not in OFF:
            self.looks = LOOKS[name]
        elif name == "rPr" and attributes.get("strike", "noStrike") not in OFF:
            self.looks = LOOKS["strike"]
        elif name in WORDS and self.looks:
            self.say(f"[{self.looks}: ")

    def _compare_choices(self) -> None:
        """Say what only some readers show, where that isn't what the others show."""
        said = self.choices.pop()
        chosen, other = ("".join("".join(said.get(name, ())).split()) for name in ("Choice", "Fallback"))
        if other and other != chosen:
            self.say(f"[other readers show: {' '.join(''.join(said['Fallback']).split())}]")

    def say(self, words: str, *, always: bool = False) -> None:
        """Take words; the first inside a tracked change come with its mark."""
        if not always:
            for place, (mark, said) in enumerate(self.tracked):
                if not said:
                    self.tracked[place] = (mark, True)
                    words = mark + words
        if not self.cells:
            self.found.add(words)
        else:
            self.cells[-1].append(words)
            self.waiting += len(words)
            if self.waiting > LONGEST_ROW:
                self._begin_row()

    def _begin_row(self) -> None:
        """Say what was read of the open rows: a row this long isn't put together in memory."""
        for row, cell in zip(self.rows, self.cells, strict=False):
            self.found.add(" | ".join([*row, "".join(cell)]))
            row.clear()
            cell.clear()
        self.waiting = 0


def read_runs(package: Package, part: str, found: Gathering) -> None:
    """Read one part."""
    package.read(part, Runs(package, package.relations(part), found))
