"""How much of a file was read as text: the whole, the first part, or nothing, and why.

Evidence is never shortened without a mark (EU GMP Annex 11 §7, ALCOA+ "complete"), so the extent is kept beside the text and said
wherever two files are compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from enum import StrEnum

from shared.domain.kernel.values import dataclass, replace

PAGE_END = "\f"  # between two pages, slides or sheets of a text
MOST_NAMED = 10  # pages named one by one; of more, their number


class State(StrEnum):
    """How much of a file was read, and of two files compared."""

    WHOLE = "whole"
    IN_PART = "in_part"
    NOT_COMPARED = "not_compared"


class Unit(StrEnum):
    """What a text is divided into."""

    PAGES = "pages"
    SLIDES = "slides"
    SHEETS = "sheets"
    CHARACTERS = "characters"


PAGED = frozenset({Unit.PAGES, Unit.SLIDES, Unit.SHEETS})


@dataclass(frozen=True)
class Extent:
    """How much of a file was read: `read` of `of` units (None where the rest wasn't counted), and why not more.

    `lines`, `characters` and `text_sha256` are of the text that was read; `by_hash` counts the pictures and embedded parts that stand in
    it by their hash alone.
    """

    state: str
    why: str = ""
    unit: str = Unit.CHARACTERS
    read: int = 0
    of: int | None = None
    lines: int = 0
    characters: int = 0
    by_hash: int = 0
    text_sha256: str = ""

    @property
    def words(self) -> str:
        """What was read, in words: "60 pages", "the first 50 of 60 pages"."""
        if self.state == State.NOT_COMPARED:
            return self.why
        if self.state == State.WHOLE:
            return counted(self.read, self.unit)
        if not self.read:
            return f"{f'the first {self.lines:,} lines' if self.unit in PAGED else 'a part of it'}, because {self.why}"
        of = f" of {self.of:,}" if self.of is not None else ""
        return f"the first {self.read:,}{of} {self.unit}, because {self.why}" if self.read != self.of else f"not all, because {self.why}"

    @property
    def sentence(self) -> str:
        """What couldn't be read, as a sentence; "" where all was."""
        if self.state == State.WHOLE:
            return ""
        return f"Text not read: {self.why}." if self.state == State.NOT_COMPARED else f"Text read in part: {self.words}."


UNKNOWN = Extent(State.IN_PART, "how much of it was read wasn't recorded then")  # of texts kept before extents were
TOO_LARGE = Extent(State.NOT_COMPARED, "the file is too large to compare")
UNREADABLE = Extent(State.NOT_COMPARED, "no text could be read of it then, and why wasn't recorded")
UNREAD = Extent(State.NOT_COMPARED, "its text was never read")


def not_read(why: str) -> Extent:
    """The extent of a file without text: a picture, a scan, encrypted, too large."""
    return Extent(State.NOT_COMPARED, why)


def measured(text: str, unit: Unit, *, read: int | None = None, of: int | None = None, why: Sequence[str] = (), by_hash: int = 0) -> Extent:
    """The extent of a text that was read: whole, unless there is a reason why it isn't."""
    done = len(text) if read is None else read
    return Extent(
        state=State.IN_PART if why else State.WHOLE,
        why="; ".join(why),
        unit=unit,
        read=done,
        of=of if why else done,
        lines=len(lines_of(text)),
        characters=len(text),
        by_hash=by_hash,
        text_sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
    )


def from_json(kept: Mapping[str, object] | None) -> Extent:
    """The extent as it was kept beside a text: UNREAD where no text is, UNKNOWN or UNREADABLE where the text is older."""
    if kept is None:
        return UNREAD
    if "state" in kept:
        return Extent(**kept)  # type: ignore[arg-type]  # as it was written
    characters, lines = (int(str(kept[name])) for name in ("characters", "lines"))
    return replace(UNKNOWN, characters=characters, lines=lines) if characters else UNREADABLE


def lines_of(text: str) -> list[str]:
    """The lines of a text, over all its pages."""
    return [line for page in text.split(PAGE_END) for line in page.splitlines()]


def pages_of(text: str) -> list[int]:
    """For each line of a text, the page that it stands on, counted from 1."""
    return [number for number, page in enumerate(text.split(PAGE_END), 1) for _ in page.splitlines()]


def counted(number: int, unit: str) -> str:
    """A number of units: "1 page", "60 pages"."""
    return f"{number:,} {unit.removesuffix('s') if number == 1 else unit}"


def numbered(pages: Sequence[int], unit: str) -> str:
    """Pages by their numbers: "page 3", "pages 3, 5 and 9"; of many their count."""
    if len(pages) > MOST_NAMED:
        return f"{len(pages):,} {unit}"
    said = [str(page) for page in pages]
    return f"{unit.removesuffix('s')} {said[0]}" if len(said) == 1 else f"{unit} {', '.join(said[:-1])} and {said[-1]}"
