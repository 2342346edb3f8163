"""How two versions differ, field by field; a file by the lines of its text, with what of it was compared."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import field as defaulted

from shared.domain.kernel import canonical
from shared.domain.kernel.canonical import Json
from shared.domain.kernel.content import Content
from shared.domain.kernel.values import dataclass
from shared.domain.records import comparisons
from shared.domain.records.comparisons import NOTHING, Compared, Evidence, Pair, pair_of

CONTENT = "content"
SIDES = ("title", "owner_id", "team_id", CONTENT)  # what two versions, or two sides of an item, are compared in


@dataclass(frozen=True)
class Difference:
    """One field that differs. For a field that names a file, `lines` is a unified diff of the files' text.

    `compared` says what of the files could be compared, and `left_out` why the lines aren't here, where they are left out.
    """

    field: str
    before: object
    after: object
    lines: tuple[str, ...] = ()
    compared: Compared | None = None
    left_out: str | None = None
    names: Mapping[str, str] = defaulted(default_factory=dict)  # what ids in it are called

    def as_json(self) -> Json:
        """The difference as answers and exports hold it."""
        before, after = canonical.plain(self.before), canonical.plain(self.after)
        of_a_file = {"compared": self.compared.as_json(), "left_out": self.left_out} if self.compared else {}
        names = {"names": dict(self.names)} if self.names else {}
        return {"field": self.field, "before": before, "after": after, "lines": list(self.lines), **of_a_file, **names}


def sides(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Two rows as they are compared: title, owner, team and content."""
    old, new = ({name: side.get(name) for name in SIDES} for side in (before, after))
    return old, new


def differences(before: Content, after: Content, evidence: Evidence = NOTHING) -> list[Difference]:
    """The fields in which `after` differs from `before`, nested fields and list items by path.

    Rows with a key are matched by it, wherever they stand; an added or removed row is one difference, the whole row.
    """
    return [_difference(path, earlier, later, before, after, evidence) for path, earlier, later in _differing(before, after)]


def changed_files(before: Content, after: Content, files: Container[str]) -> list[Pair]:
    """The files before and now of each field in which they differ, by the field's path, so that the order of content doesn't matter.

    `files` are the ids of those that there are.
    """
    pairs = (pair_of(earlier, later, files) for _, earlier, later in sorted(_differing(before, after), key=_path))
    return [pair for pair in pairs if pair is not None]


def statements(before: Content, after: Content, evidence: Evidence) -> list[tuple[str, Compared]]:
    """What can be compared of each field whose file differs, by the field's path, without comparing it."""
    return [
        (path, comparisons.compare(pair, evidence, _beside(path, before, after, evidence)))
        for path, earlier, later in sorted(_differing(before, after), key=_path)
        if (pair := pair_of(earlier, later, evidence.files)) is not None
    ]


def _differing(before: Content, after: Content) -> list[tuple[str, object, object]]:
    old, new = dict(_leaves("", before, after)), dict(_leaves("", after, before))
    return [(path, old.get(path), new.get(path)) for path in dict.fromkeys((*old, *new)) if old.get(path) != new.get(path)]


def _path(one: tuple[str, object, object]) -> str:
    return one[0]


def _difference(path: str, earlier: object, later: object, before: Content, after: Content, evidence: Evidence) -> Difference:
    pair, names = pair_of(earlier, later, evidence.files), evidence.names_in(earlier, later)
    if pair is None:
        return Difference(path, earlier, later, names=names)
    compared = comparisons.compare(pair, evidence, _beside(path, before, after, evidence))
    left_out = evidence.why_left_out if pair in evidence.left_out else None
    return Difference(path, earlier, later, comparisons.lines(pair, evidence), compared, left_out, names)


def _beside(path: str, before: Content, after: Content, evidence: Evidence) -> str:
    """What to say of the field's counterpart; in `title`, `owner_id`, `team_id` and `content` the fields of a kind are those of content."""
    field = path.removeprefix(f"{CONTENT}.")
    sides = [side.get(CONTENT) if field != path else side for side in (before, after)]
    old, new = (side if isinstance(side, Mapping) else {} for side in sides)
    return comparisons.beside(field, old, new, evidence)


def values(given: Content) -> dict[str, object]:
    """Every value in content by its path, as `differences` names it."""
    return dict(_leaves("", given, given))


def _leaves(path: str, value: object, other: object) -> Iterable[tuple[str, object]]:
    """Every value with its path; a keyed row that the `other` side lacks comes as a whole."""
    keyed, others = _by_key(value), _by_key(other)
    if keyed and (others or not other):
        for key, row in keyed.items():
            if key in others:
                yield from _leaves(f"{path}.{key}", row, others[key])
            else:
                yield f"{path}.{key}", row
    elif isinstance(value, Mapping) and value:
        for name, item in value.items():
            yield from _leaves(f"{path}.{name}" if path else str(name), item, other.get(name) if isinstance(other, Mapping) else None)
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _leaves(f"{path}.{index}", item, other[index] if isinstance(other, list) and index < len(other) else None)
    elif value is not None and value not in ({}, []):
        yield path, value


def _by_key(value: object) -> dict[str, object]:
    """The rows of a list by key if each has a unique one, else nothing."""
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    keyed: dict[str, object] = {row["key"]: row for row in rows if isinstance(row.get("key"), str)}
    return keyed if isinstance(value, list) and len(keyed) == len(value) else {}
