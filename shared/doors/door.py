"""A door as data: how a function is entered, and who may; and a function as the cloud calls it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Concatenate, Protocol

from shared.domain.kernel.values import dataclass
from shared.domain.people.people import Group

if TYPE_CHECKING:
    from flask import Request, Response

    from shared.app.call import Call

    Function = Callable[Concatenate[Call, ...], Mapping[str, object]]  # a function's own parameters are checked against its body or query


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


class Entrance(Protocol):
    """A function as the cloud calls it, with the door that it is entered by: OpenAPI, the matrix and the house rules read it there."""

    door: Door

    def __call__(self, request: Request, /) -> Response:
        """The response to one request."""
        ...


def entered(function: Callable[..., object], respond: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """`respond` under the name and the words of `function`."""

    @functools.wraps(function)
    def enter(request: Request) -> Response:
        return respond(request)

    del enter.__wrapped__  # functions-framework looks at the parameters of what it calls
    return enter


@functools.cache
def _parameters(function: Callable[..., object]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)
