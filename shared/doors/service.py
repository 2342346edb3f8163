"""One process for several functions: those of an area share a service, its instances and its database connections.

functions-framework loads each function at its first request, as it would alone, so that a cold start loads only the requested function.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from shared.domain.kernel.errors import NotFound, Refusal
from shared.domain.kernel.sentences import Sentence
from shared.doors.door import HEALTH, alive
from shared.doors.problem import SECURITY, problem
from shared.outside import config, telemetry
from shared.outside.imports import importing

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]

API = "/api/"
SIGNATURE = "http"  # functions-framework's name for functions that take a request


class Service:
    """The WSGI application of several functions: `/api/<function>` calls it, `/health` answers the probe, any other path is a 404."""

    def __init__(self, sources: Iterable[Path]) -> None:
        import functions_framework

        config.refuse_unsafe_start()
        self.sources = {API + source.stem: source for source in sources}
        self.loaded: dict[str, Application] = {}
        if missing := [str(source) for source in self.sources.values() if not source.is_file()]:
            raise config.Misconfigured(f"There is no function at {', '.join(missing)}. Correct FUNCTION_SOURCE and FUNCTION_TARGET.")
        self._make: Callable[..., Application] = functions_framework.create_app
        # The framework sets both at each load; set now, because adding one while threads read is unsafe.
        os.environ.setdefault("FUNCTION_TARGET", "")
        os.environ["FUNCTION_SIGNATURE_TYPE"] = SIGNATURE

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on as the cloud does: the function sees the path /."""
        path = str(environ.get("PATH_INFO", ""))
        if path == HEALTH:
            return alive()(environ, start_response)
        try:
            function = self._function(path)
        except Refusal as refusal:
            return _refuse(refusal, environ, start_response)
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = path, "/"
        return function(environ, start_response)

    def _function(self, path: str) -> Application:
        """The function at this path, loaded by the first request; raises NotFound, or a 500 refusal if loading fails."""
        if path in self.loaded:
            return self.loaded[path]
        if path not in self.sources:
            raise NotFound(Sentence("no_such_function", "There is no such function."))
        source = self.sources[path]
        with importing():
            if path not in self.loaded:
                try:
                    self.loaded[path] = self._make(source.stem, str(source), SIGNATURE)
                except Exception as error:
                    telemetry.log("ERROR", "a fault of ours", function=source.stem, where=telemetry.where(error))
                    fault = Refusal(Sentence("fault_of_ours", "Something went wrong on our side; nothing was changed."))
                    fault.status, fault.title = 500, "Our fault"
                    raise fault from error
        return self.loaded[path]


def _refuse(refusal: Refusal, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Respond with a refusal of the service itself, as problem+json (RFC 9457)."""
    from flask import Response

    request_id = str(uuid4())
    status, text, headers = problem(refusal, request_id)
    return Response(text, status, {**SECURITY, "X-Request-Id": request_id, **headers})(environ, start_response)


def create() -> Service:
    """The service of this process: FUNCTION_SOURCE is the area's folder, FUNCTION_TARGET the comma-separated names of its functions."""
    folder = Path(os.environ["FUNCTION_SOURCE"])
    return Service([folder / f"{name}.py" for name in os.environ["FUNCTION_TARGET"].split(",")])
