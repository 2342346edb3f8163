"""How two versions differ, field by field; a file by the lines of its text."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from shared.domain.kernel.content import Content
from shared.domain.kernel.values import dataclass

DIFF_LINES = 2000


@dataclass(frozen=True)
class Difference:
    """One field that differs. For a field that names a file, `lines` is a unified diff of the files' extracted text."""

    field: str
    before: object
    after: object
    lines: tuple[str, ...] = ()


def differences(before: Content, after: Content, texts: Mapping[str, str] | None = None) -> list[Difference]:
    """The fields in which `after` differs from `before`, nested fields and list items by path.

    Rows with a key are matched by it, wherever they stand; an added or removed row is one difference, the whole row.
    `texts` maps a file's id to its extracted text, so that a new file shows as the lines that changed in it.
    """
    old, new = dict(_leaves("", before, after)), dict(_leaves("", after, before))
    found = []
    for path in dict.fromkeys((*old, *new)):
        earlier, later = old.get(path), new.get(path)
        if earlier != later:
            found.append(Difference(path, earlier, later, _lines(earlier, later, texts or {})))
    return found


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


def _lines(before: object, after: object, texts: Mapping[str, str]) -> tuple[str, ...]:
    old, new = texts.get(str(before)), texts.get(str(after))
    if old is None and new is None:
        return ()
    lines = difflib.unified_diff(
        (old or "").splitlines()[:DIFF_LINES], (new or "").splitlines()[:DIFF_LINES], "before", "after", lineterm=""
    )
    return tuple(lines)
