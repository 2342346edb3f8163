"""Places for work that takes memory: a few at once in a process, and one for each organisation, so that none fills them all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from shared.domain.kernel.errors import Unavailable
from shared.domain.kernel.sentences import Sentence


class Places:
    """So many places; whoever waits longest and has none yet comes next."""

    def __init__(self, number: int, seconds: float, full: Sentence) -> None:
        self._free = number
        self._seconds = seconds
        self._full = full
        self._taken: set[UUID] = set()
        self._waiting: list[tuple[object, UUID]] = []
        self._changed = threading.Condition()

    @contextmanager
    def taken(self, organisation_id: UUID) -> Iterator[None]:
        """A place of this organisation; raises Unavailable if none is free in time."""
        ticket = (object(), organisation_id)
        with self._changed:
            self._waiting.append(ticket)
            try:
                if not self._changed.wait_for(lambda: self._next() is ticket, self._seconds):
                    raise Unavailable(self._full, retry_after=5)
            finally:
                self._waiting.remove(ticket)
            self._free -= 1
            self._taken.add(organisation_id)
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._taken.discard(organisation_id)
                self._changed.notify_all()

    def _next(self) -> tuple[object, UUID] | None:
        return next((ticket for ticket in self._waiting if ticket[1] not in self._taken), None) if self._free else None
