"""The log: one JSON line an event in Cloud Logging's format, without personal data."""

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
    """Log one event: `severity` is Cloud Logging's LogSeverity, `fields` are ids and counts."""
    line = json.dumps({"severity": severity, "message": message, **fields}, default=str, ensure_ascii=True)
    print(line, file=sys.stdout, flush=True)


def trace(headers: Headers, project: str) -> dict[str, str]:
    """The log field that links to the request's trace (W3C traceparent, or X-Cloud-Trace-Context)."""
    found = TRACE.match(headers.get("traceparent", "") or headers.get("X-Cloud-Trace-Context", ""))
    return {"logging.googleapis.com/trace": f"projects/{project}/traces/{found[1]}"} if found else {}


def where(error: BaseException) -> list[str]:
    """Where an error was raised: files, lines and its class, without its message, which may quote user input."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]] + [type(error).__name__]
