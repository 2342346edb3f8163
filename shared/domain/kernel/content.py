"""Typed content: the fields that a kind of record may hold, each of which checks values and describes itself as JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Protocol, TypeGuard
from uuid import UUID

from shared.domain.kernel import text
from shared.domain.kernel.errors import Invalid, gathered
from shared.domain.kernel.sentences import MISSING, TWICE, Sentence, must_be
from shared.domain.kernel.values import dataclass

Content = Mapping[str, object]
FIRST_YEAR, LAST_YEAR = 1900, 2199
YEARS = "^(19|20|21)"  # the same bounds as a pattern for dates; for a date-time the local year may differ by a day:
YEARS_ANYWHERE = "^(1899-12-31|19|20|21|2200-01-01)"


class Type(Protocol):
    """A type of field: `check` returns the accepted value or raises Invalid; `schema` is its JSON Schema (2020-12)."""

    def check(self, path: str, value: object) -> object:
        """The accepted value."""

    def schema(self) -> dict[str, object]:
        """Its JSON Schema."""

    def files(self, path: str, value: object) -> Iterator[tuple[str, UUID]]:
        """The files that the value names, by path."""


class Plain:
    """A type that names no file."""

    def files(self, path: str, value: object) -> Iterator[tuple[str, UUID]]:  # noqa: ARG002 - the protocol's shape
        """The files that a value names: none."""
        return iter(())


@dataclass(frozen=True)
class Text(Plain):
    """Text a person wrote, at most `longest` characters."""

    longest: int = text.PROSE

    def check(self, path: str, value: object) -> object:
        """The text without outer white space."""
        if not isinstance(value, str):
            raise Invalid(path, must_be("text"))
        return text.check(path, value, self.longest)

    def schema(self) -> dict[str, object]:
        """A string."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest}


@dataclass(frozen=True)
class Integer(Plain):
    """A whole number within bounds, both included."""

    least: int
    most: int

    def check(self, path: str, value: object) -> object:
        """The number."""
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            between = {"least": self.least, "most": self.most}
            raise Invalid(path, Sentence("whole_number_between", "This must be a whole number from {least} to {most}.", **between))
        return value

    def schema(self) -> dict[str, object]:
        """An integer."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Flag(Plain):
    """Yes or no, as JSON's own true and false."""

    def check(self, path: str, value: object) -> object:
        """The flag."""
        if not isinstance(value, bool):
            raise Invalid(path, must_be("true or false"))
        return value

    def schema(self) -> dict[str, object]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Choice(Plain):
    """One of a list of words."""

    words: tuple[str, ...]

    def check(self, path: str, value: object) -> object:
        """The word."""
        if value not in self.words:
            raise Invalid(path, Sentence("not_among", "This must be one of: {words}.", words=tuple(self.words)))
        return value

    def schema(self) -> dict[str, object]:
        """An enumeration."""
        return {"type": "string", "enum": [str(word) for word in self.words]}


@dataclass(frozen=True)
class Day(Plain):
    """A calendar date (ISO 8601) between FIRST_YEAR and LAST_YEAR."""

    def check(self, path: str, value: object) -> object:
        """The date as YYYY-MM-DD."""
        try:
            found = date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            raise Invalid(path, must_be("a date that exists, as YYYY-MM-DD")) from None
        if found.isoformat() != value or not FIRST_YEAR <= found.year <= LAST_YEAR:
            years = {"first": FIRST_YEAR, "last": LAST_YEAR}
            raise Invalid(path, Sentence("date_between", "This must be a date from {first} to {last}, as YYYY-MM-DD.", **years))
        return value

    def schema(self) -> dict[str, object]:
        """A date."""
        return {"type": "string", "format": "date", "pattern": YEARS}


@dataclass(frozen=True)
class Moment(Plain):
    """A moment with its offset from UTC (RFC 3339 date-time); without the offset it would be ambiguous."""

    def check(self, path: str, value: object) -> object:
        """The moment in UTC, as YYYY-MM-DDTHH:MM:SS+00:00."""
        found = moment(value)
        if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise Invalid(path, must_be("a date and time with its offset from UTC, such as 2030-01-31T09:00:00Z"))
        return found.isoformat(timespec="seconds")

    def schema(self) -> dict[str, object]:
        """A date and time."""
        return {"type": "string", "format": "date-time", "pattern": YEARS_ANYWHERE}


@dataclass(frozen=True)
class Identifier(Plain):
    """The id of something else in the organisation."""

    def check(self, path: str, value: object) -> object:
        """The id in its usual form."""
        return str(identifier(path, value))

    def schema(self) -> dict[str, object]:
        """A UUID."""
        return {"type": "string", "format": "uuid"}


@dataclass(frozen=True)
class FileId(Identifier):
    """The id of an uploaded file."""

    def files(self, path: str, value: object) -> Iterator[tuple[str, UUID]]:
        """The file itself."""
        yield path, UUID(str(value))


@dataclass(frozen=True)
class ListOf:
    """Several values of one type, each once, at most `most`."""

    item: Type
    most: int = 100

    def check(self, path: str, value: object) -> object:
        """The list."""
        if not _is_list(value) or len(value) > self.most:
            raise Invalid(path, Sentence("list_of_at_most", "This must be a list of at most {most}.", most=self.most))
        checked = [self.item.check(f"{path}.{index}", item) for index, item in enumerate(value)]
        for index, item in enumerate(checked):
            if item in checked[:index]:
                raise Invalid(f"{path}.{index}", TWICE)
        return checked

    def schema(self) -> dict[str, object]:
        """An array."""
        return {"type": "array", "items": self.item.schema(), "maxItems": self.most, "uniqueItems": True}

    def files(self, path: str, value: object) -> Iterator[tuple[str, UUID]]:
        """The files that the items name."""
        for item in value if _is_list(value) else ():
            yield from self.item.files(path, item)


class Fields:
    """Named fields: a record's content, or a part of it. Null clears a field."""

    def __init__(self, **types: Type) -> None:
        self.types = types

    def check(self, path: str, value: object) -> dict[str, object]:
        """The content with every field checked; raises Invalid naming every one that is bad or unknown."""
        if not isinstance(value, Mapping):
            raise Invalid(path, must_be("an object with named fields"))
        there_are = Sentence("unknown_field", "There is no such field; there are: {fields}.", fields=tuple(self.types))
        unknown = [Invalid(f"{path}.{name}", there_are) for name in value if name not in self.types]
        known = {name: item for name, item in value.items() if name in self.types}
        checks = {name: partial(self.types[name].check, f"{path}.{name}", item) for name, item in known.items() if item is not None}
        return dict.fromkeys(known) | gathered(checks, unknown)

    def schema(self) -> dict[str, object]:
        """An object without other properties."""
        return {
            "type": "object",
            "properties": {name: {"anyOf": [item.schema(), {"type": "null"}]} for name, item in self.types.items()},
            "additionalProperties": False,
        }

    def files(self, path: str, value: object) -> Iterator[tuple[str, UUID]]:
        """Every (field, file id) that the content names."""
        for name, item in value.items() if isinstance(value, Mapping) else ():
            if item is not None and name in self.types:
                yield from self.types[name].files(f"{path}.{name}" if path else name, item)


class Whole(Fields):
    """Fields that are all required, because they mean something only together."""

    def check(self, path: str, value: object) -> dict[str, object]:
        """The content; raises Invalid naming every bad, unknown or missing field."""
        checked = super().check(path, value)
        if missing := [Invalid(f"{path}.{name}", MISSING) for name in self.types if checked.get(name) is None]:
            raise Invalid.together(missing)
        return checked

    def schema(self) -> dict[str, object]:
        """An object with every property."""
        properties = {name: item.schema() for name, item in self.types.items()}
        return {"type": "object", "properties": properties, "required": list(self.types), "additionalProperties": False}


class Tree(Fields):
    """A tree: each node holds child nodes in the field `branch`, `deepest` levels at most; its first field is required."""

    def __init__(self, branch: str, deepest: int, widest: int, **types: Type) -> None:
        self.branch, self.last = branch, deepest <= 1
        self.first = next(iter(types))
        below = ListOf(Text(), 0) if self.last else ListOf(Tree(branch, deepest - 1, widest, **types), widest)
        super().__init__(**types, **{branch: below})

    def check(self, path: str, value: object) -> dict[str, object]:
        """The node and its descendants without empty fields; raises Invalid naming the first bad, missing or too deep field."""
        if self.last and isinstance(value, Mapping) and value.get(self.branch):
            raise Invalid(f"{path}.{self.branch}", Sentence("too_deep_in_tree", "This goes deeper than the tree may; say it one level up."))
        kept = {name: item for name, item in super().check(path, value).items() if item is not None}
        if self.first not in kept:
            raise Invalid(f"{path}.{self.first}", MISSING)
        return kept

    def schema(self) -> dict[str, object]:
        """An object whose branch is described level by level, so that the schema limits its depth."""
        described = super().schema()
        properties = described["properties"]
        assert isinstance(properties, dict)  # noqa: S101 - made above
        return {**described, "properties": {**properties, self.first: self.types[self.first].schema()}, "required": [self.first]}


def merge(base: Content, given: Content) -> dict[str, object]:
    """`base` updated with `given`: an omitted field keeps its value, null clears it; a nested object is replaced as a whole."""
    return {name: value for name, value in {**base, **given}.items() if value is not None}


def identifier(path: str, value: object) -> UUID:
    """A UUID of any version, from its usual form; raises Invalid naming `path`."""
    try:
        found = UUID(value if isinstance(value, str) else "")
    except ValueError:
        raise Invalid(path, must_be("an id (a UUID)")) from None
    if str(found) != str(value).lower():
        raise Invalid(path, must_be("an id (a UUID) with its hyphens"))
    return found


def moment(value: object) -> datetime | None:
    """The moment in UTC that an RFC 3339 text states; None if it states none."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})")


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)
