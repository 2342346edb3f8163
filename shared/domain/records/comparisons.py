"""What of two files could be compared, as a statement: whole, in part, or not at all, and why.

The statement is part of what an approval signs (21 CFR 11.70): who signs a diff must know what it doesn't show. It is made from what was
recorded when the files were read, so it is the same whoever asks and however busy the machine is.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from shared.domain.files.extents import PAGED, UNREAD, Extent, State, counted
from shared.domain.kernel import canonical
from shared.domain.kernel.ids import ids_in
from shared.domain.kernel.values import dataclass, replace

if TYPE_CHECKING:
    from shared.domain.kernel.canonical import Json

Pair = tuple[str | None, str | None]  # the ids of the files before and now


@dataclass(frozen=True)
class Room:
    """How much text is compared for one change or in one answer, both sides together; what doesn't fit is said."""

    characters: int
    lines: int


ROOM = Room(4_000_000, 100_000)
ROOM_IN_STEP = Room(400_000, 10_000)  # the answer of a step is made within its transaction
LEFT_OUT = f"One answer compares {ROOM.lines:,} lines of text; compare these two versions by themselves (compare_versions)."
LEFT_OUT_OF_STEP = "The answer of a step compares short files alone; get_change compares these."


@dataclass(frozen=True)
class FileText:
    """A file as it is compared: its name and hash, how much of it was read, and its text where that was loaded."""

    id: str
    filename: str
    media_type: str
    sha256: str
    extent: Extent = UNREAD
    text: str | None = None


@dataclass(frozen=True)
class Compared:
    """What was compared of a file field, before and now."""

    state: str
    in_words: str
    before: FileText | None = None
    after: FileText | None = None

    def as_json(self) -> Json:
        """The statement as answers, exports and signed rounds hold it."""
        return {"state": str(self.state), "in_words": self.in_words, "before": _side(self.before), "after": _side(self.after)}


@dataclass(frozen=True)
class Evidence:
    """The files that are compared, by id, and which pairs of them aren't; `renditions` maps a rendition's field to its source's.

    `names` are what other ids in what is compared are called: people, teams, records.
    """

    files: Mapping[str, FileText]
    renditions: Mapping[str, str] = field(default_factory=dict)
    # How many lines of each side are compared, for the pairs that don't fit as a whole.
    allotted: Mapping[Pair, int] = field(default_factory=dict)
    left_out: frozenset[Pair] = frozenset()  # pairs whose lines an answer doesn't hold
    why_left_out: str = LEFT_OUT
    names: Mapping[str, str] = field(default_factory=dict)

    def naming(self, names: Mapping[str, str]) -> Evidence:
        """The same, with what ids are called."""
        return replace(self, names=names)

    def names_in(self, *values: object) -> dict[str, str]:
        """What the ids anywhere in values are called, as far as it is known."""
        if not self.names:
            return {}
        return {one: self.names[one] for one in sorted(ids_in([canonical.plain(value) for value in values])) if one in self.names}

    def of(self, renditions: Mapping[str, str]) -> Evidence:
        """The same for another kind of record."""
        return replace(self, renditions=renditions)


NOTHING = Evidence({})


def pair_of(before: object, now: object, files: Container[str]) -> Pair | None:
    """Two values as files; None if neither is one."""
    ids = tuple(one if isinstance(one, str) and one in files else None for one in (before, now))
    return None if ids == (None, None) else (ids[0], ids[1])


def allot(pairs: Iterable[Pair], files: Mapping[str, FileText], room: Room) -> Mapping[Pair, int]:
    """How many lines of each side are compared, for the pairs that don't fit into `room` after those before them."""
    characters, lines, few = room.characters, room.lines, {}
    for pair in dict.fromkeys(pairs):
        extents = [files[one].extent for one in pair if one is not None and one in files]
        size, length = sum(one.characters for one in extents), sum(one.lines for one in extents)
        if size > characters:
            few[pair] = 0
            continue
        if length > lines:
            few[pair] = lines // len(extents)
        characters, lines = characters - size, max(0, lines - length)
    return few


def compare(pair: Pair, evidence: Evidence, beside: str = "") -> Compared:
    """What can be compared of two files, in words; `beside` is what else is to be said of the field."""
    before, now = (evidence.files[one] if one is not None else None for one in pair)
    state, words = _stated(before, now)
    most = evidence.allotted.get(pair)
    if most is not None and state != State.NOT_COMPARED and (before is None or now is None or before.sha256 != now.sha256):
        state, words = _cut(before, now, most)
    return Compared(state, f"{words} {beside}".strip(), before, now)


def lines(pair: Pair, evidence: Evidence) -> tuple[str, ...]:
    """A unified diff of the texts of two files, as far as they were loaded."""
    before, now = (evidence.files[one] if one is not None else None for one in pair)
    texts = [side.text if side is not None and side.text is not None else "" for side in (before, now)]
    if not any(texts) or pair in evidence.left_out:
        return ()
    unit = next((side.extent.unit for side in (now, before) if side is not None and side.text), "")
    from shared.domain.records import line_changes  # most changes compare no file

    return tuple(line_changes.of_texts(texts[0], texts[1], unit.removesuffix("s") if unit in PAGED else None, evidence.allotted.get(pair)))


def beside(field: str, before: Mapping[str, object], now: Mapping[str, object], evidence: Evidence) -> str:
    """What to say of a rendition that was replaced while its editable source stayed, or the reverse; "" if neither."""
    for rendition, source in evidence.renditions.items():
        for name, other, what in ((rendition, source, "editable source"), (source, rendition, "rendition that readers see")):
            kept = now.get(other)
            if field == name and kept is not None and kept == before.get(other) and now.get(name) is not None:
                named = evidence.files.get(str(kept))
                return f"The {what}{f' ({named.filename})' if named else ''} wasn't replaced with it: it is the same as before."
    return ""


def _cut(before: FileText | None, now: FileText | None, most: int) -> tuple[State, str]:
    """The statement of files that are longer than what one comparison holds."""
    sides = [(when, side) for when, side in (("before", before), ("now", now)) if side is not None]
    hashes = ", ".join(f"{side.sha256} {when}" for when, side in sides)
    if not most:
        why = f"the files compared here have more text than one comparison holds ({ROOM.characters:,} characters, {ROOM.lines:,} lines)"
        return State.NOT_COMPARED, f"Not compared: {why}. SHA-256 {hashes}."
    said = [f"{when} the first {min(most, side.extent.lines):,} of {side.extent.lines:,} lines" for when, side in sides]
    parts = [f" {when.capitalize()}, {side.extent.words} {'was' if side.extent.read == 1 else 'were'} read." for when, side in sides]
    why = f"because one comparison holds {ROOM.lines:,} lines"
    return State.IN_PART, f"Compared in part: {', '.join(said)}, {why}.{''.join(parts)} SHA-256 {hashes}."


def _stated(before: FileText | None, now: FileText | None) -> tuple[State, str]:
    one = now or before
    assert one is not None  # noqa: S101 - the caller knows a pair of files
    if before is None or now is None:
        return _alone(one, "Added" if before is None else "Removed")
    if before.sha256 == now.sha256:
        return State.WHOLE, "The file is the same, byte for byte."
    hashes = f"SHA-256 {before.sha256} before, {now.sha256} now."
    sides = (before.extent, now.extent)
    if State.NOT_COMPARED in {side.state for side in sides}:
        reasons = [f"{when}, {side.why}" for when, side in zip(("before", "now"), sides, strict=True) if side.state == State.NOT_COMPARED]
        why = sides[0].why if len(reasons) == 2 and sides[0].why == sides[1].why else "; ".join(reasons)
        return State.NOT_COMPARED, f"Replaced, but can't be compared: {why}. {hashes}"
    if State.IN_PART in {side.state for side in sides}:
        return State.IN_PART, f"Compared in part. Before: {sides[0].words}. Now: {sides[1].words}. {hashes}"
    read = f"{sides[0].words} before, {sides[1].words} now"
    if sides[0].text_sha256 == sides[1].text_sha256:
        return State.WHOLE, f"The whole text was compared and is the same ({read}); the files differ in what isn't text. {hashes}"
    return State.WHOLE, f"The whole text was compared ({read}).{_by_hash(sides)}"


def _alone(one: FileText, what: str) -> tuple[State, str]:
    """The statement of a file that comes or goes."""
    extent, named = one.extent, f"{one.filename}, SHA-256 {one.sha256}"
    if extent.state == State.NOT_COMPARED:
        return State.NOT_COMPARED, f"{what}; its text can't be shown: {extent.why}. {named}."
    if extent.state == State.IN_PART:
        return State.IN_PART, f"{what}; its text is shown in part: {extent.words}. {named}."
    return State.WHOLE, f"{what}; its whole text is shown ({extent.words}).{_by_hash((extent,))}"


def _by_hash(sides: Sequence[Extent]) -> str:
    """That pictures and embedded parts are compared by their hash alone, where there are any."""
    most = max(side.by_hash for side in sides)
    return f" {counted(most, 'pictures or embedded parts')} {'is' if most == 1 else 'are'} compared by the hash alone." if most else ""


def _side(one: FileText | None) -> Json | None:
    if one is None:
        return None
    extent = one.extent
    return {
        "file_id": one.id,
        "filename": one.filename,
        "sha256": one.sha256,
        "state": str(extent.state),
        "in_words": extent.words,
        "unit": str(extent.unit),
        "read": extent.read,
        "of": extent.of,
        "lines": extent.lines,
    }
