"""Text as it is read: kept up to a limit, counted beyond it, so that what was left out can be said."""

from __future__ import annotations

import hashlib
from typing import IO

from shared.domain.files.extents import PAGE_END, PAGED, UNREAD, Extent, Unit, measured
from shared.domain.kernel.values import dataclass

# Every limit is a count, never a time: what is read of a file doesn't depend on how busy the machine is.
CHARACTERS = 1_000_000  # of a file's text that are kept
FULL = f"at most {CHARACTERS:,} characters of a file are kept"
_BLOCK = 256 * 1024  # bytes


@dataclass(frozen=True)
class Reading:
    """The text of a file, its pages separated by form feeds, and how much of the file that is."""

    text: str
    extent: Extent


NOTHING_READ = Reading("", UNREAD)


class Unreadable(Exception):  # noqa: N818 - a reason, never an error of ours
    """Why a file can't be compared, in words that follow "because" or a colon."""


class Gathering:
    """The text of one file while it is read."""

    def __init__(self, unit: Unit = Unit.CHARACTERS) -> None:
        self.unit = unit
        self.why: list[str] = []  # why it isn't the whole
        self.by_hash = 0  # pictures and embedded parts that are there by their hash
        self.seen = 0  # characters, those beyond the limit included
        self.of: int | None = None  # pages there are, where that is known before they are read
        self.pages = 0  # whole pages that were kept
        self._kept: list[str] = []
        self._page: list[str] = []
        self._left = CHARACTERS

    @property
    def full(self) -> bool:
        """Whether the limit is reached; what comes after is only counted."""
        return self._left <= 0

    def add(self, piece: str) -> None:
        """Take the next piece of text."""
        self.seen += len(piece)
        if self._left > 0 and piece:
            self._page.append(piece[: self._left])
            self._left -= len(piece)

    def mark(self, kind: str, sha256: str) -> None:
        """Say that there is something without text, such as a picture, by its hash: when it is replaced, the line differs."""
        self.by_hash += 1
        self.add(f"[{kind}, SHA-256 {sha256}]\n")

    def end_page(self) -> None:
        """End a page, slide or sheet."""
        if self._left >= 0:
            self.pages += 1
        self._keep()

    def _keep(self) -> None:
        self._kept.append(_clean("".join(self._page)).rstrip())
        self._page = []

    def reading(self) -> Reading:
        """The text and its extent; raises Unreadable if there is a reason why there is no text."""
        if "".join(self._page).strip():
            self._keep()
        text = PAGE_END.join(self._kept)
        paged = self.unit in PAGED
        why = list(self.why)
        if (self.seen > CHARACTERS and FULL not in why) or (not why and self.of is not None and self.pages < self.of):
            why.append(FULL)
        if why and not text.strip():
            raise Unreadable("; ".join(why))
        read = self.pages if paged else len(text)
        of = self.of if paged or self.why else self.seen  # how much there is isn't known where reading ended before
        return Reading(text, measured(text, self.unit, read=read, of=of, why=why, by_hash=self.by_hash))


def _clean(text: str) -> str:
    """The text without what no database keeps: NUL and lone surrogates."""
    return text.replace("\x00", "").replace(PAGE_END, " ").encode("utf-8", "ignore").decode("utf-8")


def digest(stream: IO[bytes]) -> str:
    """The SHA-256 of a stream."""
    found = hashlib.sha256()
    while block := stream.read(_BLOCK):
        found.update(block)
    return found.hexdigest()


def digest_of(content: bytes) -> str:
    """The SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()
