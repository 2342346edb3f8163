"""Frozen dataclasses as Python's own, but made in a third of the time.

Python compiles six methods for every dataclass that is imported: with over a hundred classes, a tenth of each function's cold start.
Here all classes share five of them, and `__init__` is compiled when a class makes its first instance. The functions of `dataclasses`
work on these classes too; `replace` here is faster, because it doesn't look up the fields.

`OMITTED` is the default of what may be left out: whoever edits leaves a field as it is by leaving it out, and clears it with null.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

__all__ = ["OMITTED", "dataclass", "or_kept", "replace", "stated"]
T = TypeVar("T")


class _Omitted(Enum):
    """The one value that no request can give; documents show it as null."""

    OMITTED = None


OMITTED: Any = _Omitted.OMITTED  # the default of a parameter of any type


def or_kept(given: T, kept: T) -> T:
    """What was given, null included, or what is kept where it was left out."""
    return kept if given is OMITTED else given


def stated(given: T | None) -> T | None:
    """What was given; None where it was left out as well."""
    return None if given is OMITTED else given


if TYPE_CHECKING:
    from dataclasses import dataclass, replace
else:

    def dataclass(*, frozen: bool) -> object:
        """`@dataclass(frozen=True)`: compared and hashed by its values, and immutable."""
        assert frozen  # noqa: S101 - what may be altered is one of Python's own
        return _made

    def replace(row: object, /, **altered: object) -> object:
        """A copy with these fields replaced; raises TypeError for an unknown field."""
        made = object.__new__(type(row))
        kept = vars(made)
        kept.update(vars(row))
        if not altered.keys() <= kept.keys():
            message = f"a {type(row).__qualname__} has no {', '.join(sorted(altered.keys() - kept.keys()))}"
            raise TypeError(message)
        kept.update(altered)
        return made


def _made(cls: type) -> type:
    assert cls.__doc__  # noqa: S101 - else dataclasses writes one, for which it imports and reads much
    dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
    plain = all(row.init and row.compare and row.repr and not row.kw_only for row in dataclasses.fields(cls))
    assert plain and not hasattr(cls, "__post_init__")  # noqa: S101, PT018 - one that needs more is one of Python's own
    for name, method in SHARED.items():
        if name not in vars(cls):
            setattr(cls, name, method)
    return cls


def _first(self: object, *given: object, **named: object) -> None:
    """Make the first instance of a class and give the class an `__init__` of its own."""
    for cls in type(self).__mro__:
        if vars(cls).get("__init__") is _first:
            made = cls.__init__ = _init(cls)  # type: ignore[misc]  # replacing it is the purpose
            return made(self, *given, **named)
    return type(self).__init__(self, *given, **named)  # another thread was quicker


def _init(cls: type) -> Callable[..., None]:
    """The `__init__` of a class; it writes to `__dict__`, because `__setattr__` refuses."""
    known: dict[str, Any] = {}
    parameters, lines = ["self"], ["_kept = self.__dict__"]
    for row in dataclasses.fields(cls):
        default, value = "", row.name
        if row.default_factory is not dataclasses.MISSING:
            known |= {f"_make_{row.name}": row.default_factory, "_unset": dataclasses.MISSING}
            default, value = "=_unset", f"_make_{row.name}() if {row.name} is _unset else {row.name}"
        elif row.default is not dataclasses.MISSING:
            known[f"_default_{row.name}"] = row.default
            default = f"=_default_{row.name}"
        parameters.append(row.name + default)
        lines.append(f"_kept[{row.name!r}] = {value}")
    exec(f"def __init__({', '.join(parameters)}):\n    " + "\n    ".join(lines), known)  # noqa: S102 - as dataclasses does: names of fields only
    made: Callable[..., None] = known["__init__"]
    return made


def _equal(self: object, other: object) -> object:
    return vars(self) == vars(other) if type(other) is type(self) else NotImplemented


def _hash(self: object) -> int:
    return hash(tuple(vars(self).values()))


def _repr(self: object) -> str:
    return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


def _keep(self: object, name: str, _value: object = None) -> NoReturn:
    message = f"cannot alter {name!r} of a {type(self).__qualname__}"
    raise dataclasses.FrozenInstanceError(message)


SHARED = {"__init__": _first, "__eq__": _equal, "__hash__": _hash, "__repr__": _repr, "__setattr__": _keep, "__delattr__": _keep}
