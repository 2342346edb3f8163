"""What the process says of itself: one JSON line an event, as Cloud Logging reads it, with no personal data in it."""

from __future__ import annotations

import json
import re
import sys
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers

TRACE = re.compile(r"^(?:00-)?([0-9a-f]{32})(?:[/-].*)?$", re.IGNORECASE)


def log(severity: str, message: str, **fields: object) -> None:
    """Write one line: `severity` as Cloud Logging's LogSeverity, ids and counts as fields."""
    line = json.dumps({"severity": severity, "message": message, **fields}, default=str, ensure_ascii=True)
    print(line, file=sys.stdout, flush=True)


def trace(headers: Headers, project: str) -> dict[str, str]:
    """The request's trace as Cloud Logging links it (W3C traceparent, or X-Cloud-Trace-Context)."""
    found = TRACE.match(headers.get("traceparent", "") or headers.get("X-Cloud-Trace-Context", ""))
    return {"logging.googleapis.com/trace": f"projects/{project}/traces/{found[1]}"} if found else {}


def where(error: BaseException) -> list[str]:
    """Where an error came from: files, lines and its class, without its message, which may quote what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]] + [type(error).__name__]
