"""What a signed step is told beside its subject: the signature covers it (21 CFR 11.70)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.kernel import text
from shared.domain.kernel.content import Day, Fields, Moment, Plain, Text
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import MISSING
from shared.domain.kernel.values import dataclass

if TYPE_CHECKING:
    from shared.domain.kernel.content import Type


class Arguments(Fields):
    """Named arguments, of which those in `needed` can't be left out, and those in `cleared` may be null, which takes a value back."""

    def __init__(self, *needed: str, **types: Type) -> None:
        super().__init__(**types)
        self.needed = needed
        self.cleared: frozenset[str] = frozenset()

    def clearing(self, *names: str) -> Arguments:
        """The same, of which these may be null."""
        found = type(self)(*self.needed, **self.types)
        found.cleared = frozenset(names)
        return found

    def says(self, name: str, value: object) -> bool:
        """Whether a value tells the step something: null does where it takes a value back."""
        return name in self.types and (value is not None or name in self.cleared)

    def check(self, path: str, value: object) -> dict[str, object]:
        """The given arguments in their one written form; raises Invalid naming the first bad, unknown or missing one."""
        checked = {name: item for name, item in super().check(path, value).items() if self.says(name, item)}
        for name in self.needed:
            if name not in checked:
                raise Invalid(f"{path}.{name}", MISSING)
        return checked


@dataclass(frozen=True)
class DayOrMoment(Plain):
    """A calendar date, which counts whole, or a moment."""

    def check(self, path: str, value: object) -> object:
        """The date as YYYY-MM-DD, or the moment in UTC."""
        return (Moment() if isinstance(value, str) and "T" in value.upper() else Day()).check(path, value)

    def schema(self) -> dict[str, object]:
        """A date, or a date and time."""
        return {"anyOf": [Day().schema(), Moment().schema()]}


NOTHING = Arguments()
REASON = Arguments("reason", reason=Text(text.REASON))
MAYBE_REASON = Arguments(reason=Text(text.REASON))
