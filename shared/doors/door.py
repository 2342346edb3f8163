"""A door as data: how a function is entered, and who may."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable

from shared.domain.kernel.values import dataclass
from shared.domain.people.people import Group

Answer = dict[str, object]


Function = Callable[..., Answer]


@dataclass(frozen=True)
class Door:
    """How a function is entered: its method, who may, whether it is for one organisation, and what it prepares outside the transaction."""

    function: Function
    method: str
    who: Group
    organisation: bool = True
    before: Callable[..., object] | None = None

    @property
    def name(self) -> str:
        """The function's name, which is the endpoint's."""
        return self.function.__name__

    @property
    def signs(self) -> bool:
        """Whether the step takes a signature."""
        return "challenge_id" in _parameters(self.function)

    @property
    def lists(self) -> bool:
        """Whether its answer is one page of many."""
        return "limit" in _parameters(self.function)


@functools.cache
def _parameters(function: Function) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)
