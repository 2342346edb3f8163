"""Whatever a body or a query holds: twice as much takes at most two and a half times as long, in seconds of the processor."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from shared.doors.arrival import DEEPEST, MOST_BYTES
from tests.bench.ground import Firm, Ground, firm

AIM = 2.5
TIMES = 5


def _fill(item: Callable[[int], str], size: int, begin: str = "{", end: str = "}") -> bytes:
    """As many items as `size` bytes hold, with a comma between them."""
    count = (size - len(begin) - len(end)) // (len(item(10_000_000)) + 1)
    return (begin + ",".join(item(10_000_000 + number) for number in range(count)) + end).encode()


def _deep(size: int) -> bytes:
    """Objects in objects as deep as they may be, each under a long name, and fields in the innermost."""
    name = "n" * (size // (4 * DEEPEST))
    begin = f'{{"{name}":' * (DEEPEST - 2)
    return _fill(lambda number: f'"f{number}":1', size, begin + "{", "}" * (DEEPEST - 1))


# What a body of `size` bytes is full of.
BODIES: dict[str, Callable[[int], bytes]] = {
    "names": lambda size: _fill(lambda number: f'"f{number}":1', size),
    "a name twice at the end": lambda size: _fill(lambda number: f'"f{number}":1', size - 30, end=',"f10000000":1}'),
    "numbers": lambda size: _fill(lambda number: f"{number}.5e10", size, '{"name":[', "]}"),
    "one long number": lambda size: b'{"name":1.' + b"1" * (size - 20) + b"}",
    "lists": lambda size: _fill(lambda _: "[[]]", size, '{"name":[', "]}"),
    "objects under long names": _deep,
    "a list under a long name": lambda size: _fill(lambda _: "1", size, '{"' + "n" * (size // 2) + '":[', "]}"),
    "one ASCII text": lambda size: json.dumps({"name": "x" * (size - 20)}).encode(),
    "one text of other letters": lambda size: json.dumps({"name": "é" * (size // 2 - 20)}, ensure_ascii=False).encode(),
    "escapes": lambda size: json.dumps({"name": "é" * (size // 6 - 20)}).encode(),
    "white space": lambda size: b'{"name":' + b" " * (size - 20) + b"1}",
    "what isn't JSON at its end": lambda size: _fill(lambda number: f'"f{number}":1', size - 30, end=",}"),
    "ids": lambda size: _fill(lambda number: f'"0192f0c1-7b7c-7000-8000-0000{number}"', size, '{"name":[', "]}"),
}
# Of 8 KB.
QUERIES: dict[str, Callable[[int], str]] = {
    "names in a query": lambda size: "&".join(f"f{number}=1" for number in range(1000, 1000 + size // 8)),
    "a name again and again in a query": lambda size: "&".join("limit=1" for _ in range(size // 8)),
    "a long value in a query": lambda size: "cursor=" + "e" * size,
}


def measure(on: Ground) -> list[tuple[str, str, str, str, str]]:
    """The rows of the table: at the limit, at half of it, and the one by the other."""
    small = firm(on, staffed=False)
    rows = [_row(what, lambda size, make=make: _posted(on, small, make(size)), MOST_BYTES) for what, make in BODIES.items()]  # type: ignore[misc]
    return rows + [_row(what, lambda size, make=make: _read(on, small, make(size)), 8000) for what, make in QUERIES.items()]  # type: ignore[misc]


def _row(what: str, asking: Callable[[int], Callable[[], None]], limit: int) -> tuple[str, str, str, str, str]:
    half, whole = (_least(asking(size)) for size in (limit // 2, limit))
    return f"a request full of {what}", f"{whole:.1f} ms", f"{half:.1f} ms", f"{whole / half:.2f}", f"<= {AIM}"


def _least(work: Callable[[], None]) -> float:
    work()
    taken = []
    for _ in range(TIMES):
        began = time.thread_time()
        work()
        taken.append((time.thread_time() - began) * 1000)
    return min(taken)


def _posted(on: Ground, by: Firm, data: bytes) -> Callable[[], None]:
    headers = {"Authorization": f"Bearer {by.tokens['admin']}", "X-Organisation": by.id, "Content-Type": "application/json"}

    def post() -> None:
        assert on.client("create_team").post("/", headers=headers, data=data).status_code == 422

    return post


def _read(on: Ground, by: Firm, query: str) -> Callable[[], None]:
    headers = {"Authorization": f"Bearer {by.tokens['admin']}", "X-Organisation": by.id}

    def read() -> None:
        assert on.client("list_teams").get(f"/?{query}", headers=headers).status_code == 422

    return read
