"""One HTTP request to another part of the stack, with a time limit; never through a proxy."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


class Unreachable(Exception):  # noqa: N818 - the part is unreachable
    """No answer; the sentence says from where."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_good(self) -> bool:
        """Whether it succeeded: any 2xx."""
        return self.status // 100 == 2

    @property
    def json(self) -> Any:
        """The body as JSON; raises ValueError."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body, or as much of it as a message needs."""
        return self.body[:500].decode("utf-8", "replace")


def call(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None, timeout: float = 10) -> Answer:
    """The answer to one request (`timeout` in seconds per read); raises Unreachable."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    except (OSError, http.client.HTTPException) as error:
        message = f"{parts.netloc} doesn't answer: {error}"
        raise Unreachable(message) from error
    finally:
        connection.close()


def send_json(method: str, url: str, document: object, *, headers: Mapping[str, str] | None = None, timeout: float = 10) -> Answer:
    """The answer to one request whose body is JSON; raises Unreachable."""
    given = {"Content-Type": "application/json", **(headers or {})}
    return call(method, url, headers=given, body=json.dumps(document).encode(), timeout=timeout)


def answers(url: str, statuses: range = range(100, 600)) -> bool:
    """Whether `url` answers right now, with one of `statuses`."""
    try:
        return call("GET", url, timeout=2).status in statuses
    except Unreachable:
        return False
