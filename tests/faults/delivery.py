"""One delivery of a scheduled function in a process of its own, held at a moment: `python -m tests.faults.delivery JOB SLOT TOKEN MOMENT`.

A moment is just before a statement or a commit. There the process says "held" and waits for a line: whoever started it kills it, or its
database, meanwhile. Without a moment it runs to its end. It prints the status that the function answered.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shared.app import orphaned_files
from shared.db.database import Database
from shared.db.transaction import Transaction

if TYPE_CHECKING:
    from flask import Flask

MOMENTS = ((Transaction, "_run"), (Transaction, "_copy"), (Transaction, "commit"), (Database, "alone"))


@contextmanager
def each_moment(happens: Callable[[], None]) -> Iterator[None]:
    """Call `happens` at each moment inside."""
    originals = {(owner, name): getattr(owner, name) for owner, name in MOMENTS}

    def told(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            happens()
            return original(*given, **named)

        return call

    for (owner, name), original in originals.items():
        setattr(owner, name, told(original))
    try:
        yield
    finally:
        for (owner, name), original in originals.items():
            setattr(owner, name, original)


def tell(word: str) -> None:
    """A line for whoever started this process."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(job: str, slot: str, token: str, moment: int) -> None:
    """Deliver once."""
    import functions_framework

    from infra import register

    found = register.find(register.read(), job)
    assert found is not None
    os.environ.pop("FUNCTION_SIGNATURE_TYPE", None)
    made: Callable[..., Flask] = functions_framework.create_app
    client = made(job, str(found.source), "http").test_client()
    orphaned_files.DAY = timedelta(seconds=-60)  # type: ignore[misc]  # the storage's own clock can't be moved, the collector's measure can
    seen = 0

    def hold() -> None:
        nonlocal seen
        seen += 1
        if seen == moment:
            tell("held")
            sys.stdin.readline()

    with each_moment(hold):
        answer = client.post("/", headers={"Authorization": f"Bearer {token}", "X-CloudScheduler-ScheduleTime": slot})
    tell(str(answer.status_code))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
