"""A function's door: its method, who may call it, and the callable that the cloud calls."""

from __future__ import annotations

import functools
import inspect
import io
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Concatenate, Protocol

from shared.domain.kernel.values import dataclass
from shared.domain.people import people
from shared.domain.people.people import Group

if TYPE_CHECKING:
    from flask import Request, Response

    from shared.app.call import Call

    Function = Callable[Concatenate[Call, ...], Mapping[str, object]]  # a function's own parameters are checked against its body or query
    Reading = Callable[Concatenate[Call, ...], object]  # one whose answer is made `after` its transaction


HEALTH = "/health"


@dataclass(frozen=True)
class Door:
    """How a function is called: its method, who may, whether for one organisation, what runs `before` its transaction and `after`.

    `of` loads what `before` works on, and refuses where it isn't the caller's to have it worked on.
    """

    function: Reading
    method: str
    who: Group
    organisation: bool = True
    of: Callable[..., object] | None = None
    before: Callable[[Any], object] | None = None
    after: Callable[..., Mapping[str, object]] | None = None

    @property
    def answer(self) -> Callable[..., object]:
        """What returns the answer, and so says its shape: the function, or what runs after it."""
        return self.after or self.function

    @property
    def name(self) -> str:
        """The function's name, which is also the endpoint's."""
        return self.function.__name__

    @property
    def signs(self) -> bool:
        """Whether the step is signed."""
        return "challenge_id" in _parameters(self.function)

    @property
    def open_to_visitors(self) -> bool:
        """Whether no sign-in is needed."""
        return self.who is people.VISITORS

    @property
    def lists(self) -> bool:
        """Whether the function returns a page of a list."""
        return "limit" in _parameters(self.function)


class Entrance(Protocol):
    """A function as the cloud calls it, with its door, which OpenAPI, the role matrix and the house rules read."""

    door: Door

    def __call__(self, request: Request, /) -> Response:
        """The response to one request."""
        ...


def alive() -> Response:
    """The answer to the liveness probe: this process answers. It asks nothing else, so that no database's trouble ends a service."""
    from flask import Response

    return Response('{"status": "alive"}', 200, {"Content-Type": "application/json", "Cache-Control": "no-store"})


def entered(function: Callable[..., object], respond: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """`respond` with the name and docstring of `function`; a function alone answers the liveness probe, too."""

    @functools.wraps(function)
    def enter(request: Request) -> Response:
        if request.path == HEALTH:
            return alive()
        response = respond(request)
        request.stream = io.BytesIO()  # functions-framework reads what is left of a body, however slowly it comes
        return response

    del enter.__wrapped__  # functions-framework looks at the parameters of what it calls
    _serve_by_our_worker()
    return enter


def _serve_by_our_worker() -> None:
    """Where functions-framework serves one function, it configures gunicorn itself: what it leaves out is ours."""
    if "functions_framework._cli" in sys.modules:
        from gunicorn.config import WorkerClass

        WorkerClass.default = "shared.doors.worker.Worker"


@functools.cache
def _parameters(function: Callable[..., object]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)
