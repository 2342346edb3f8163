"""A process's small pool of database connections, each lent to one transaction at a time.

A process on Cloud Run serves eight requests at once on two connections; the others wait, and get Unavailable after PATIENCE.
`shared.db.database` decides whether a connection is kept after use. `docs/decisions/0007-connections-of-our-own.md` says why no
library does this.
"""

from __future__ import annotations

import dataclasses
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from shared.db.server_errors import BUSY_SENTENCE
from shared.domain.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE: Final = 5  # seconds a request waits for a connection


@dataclasses.dataclass(eq=False)
class Lent:
    """A connection lent to a transaction, with the statements prepared on it."""

    connection: Any  # pg8000's; it has no types
    prepared: dict[str, Any] = dataclasses.field(default_factory=dict)


class Connections:
    """A pool of at most `size` connections, made by `connect` when none is idle."""

    def __init__(self, connect: Callable[[], Any], *, size: int) -> None:
        self.patience: float = PATIENCE
        self._connect = connect
        self._size = size
        self._idle: list[Lent] = []
        self._open = 0  # idle, lent and being made
        self._changed = threading.Condition()

    @property
    def lent(self) -> int:
        """The number of connections in use."""
        with self._changed:
            return self._open - len(self._idle)

    def acquire(self) -> Lent:
        """The most recently returned connection, which is the least likely to be lost, or a new one.

        Raises Unavailable if none is free in time, and what `connect` raises; connecting blocks no other thread.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._idle or self._open < self._size, self.patience):
                raise Unavailable(BUSY_SENTENCE)
            if self._idle:
                return self._idle.pop()
            self._open += 1
        try:
            return Lent(self._connect())
        except BaseException:
            self._free_place()
            raise

    def give_back(self, lent: Lent) -> None:
        """Roll back and return a connection to the pool; if the rollback fails, discard it, and the server rolls back."""
        try:
            lent.connection.rollback()  # sends nothing if no transaction is open
        except Exception:  # noqa: BLE001 - the transaction's result is settled already
            self.discard(lent)
            return
        except BaseException:
            self.discard(lent)
            raise
        with self._changed:
            self._idle.append(lent)
            self._changed.notify()

    def discard(self, lent: Lent) -> None:
        """Discard a connection without using it again: an answer may still be on its way."""
        self._free_place()
        _hang_up(lent.connection)

    def close(self) -> None:
        """Close the idle connections; a later transaction makes new ones."""
        with self._changed:
            idle, self._idle = self._idle, []
            self._open -= len(idle)
            self._changed.notify_all()
        for lent in idle:
            try:
                lent.connection.close()
            except Exception:  # noqa: BLE001 - lost while idle
                _hang_up(lent.connection)

    def _free_place(self) -> None:
        with self._changed:
            self._open -= 1
            self._changed.notify()


def _hang_up(connection: Any) -> None:  # noqa: ANN401 - pg8000 has no types
    """Close the connection's socket; pg8000's own close sends a message first, which can block, and fails after a partial message."""
    with suppress(Exception):
        connection._usock.shutdown(socket.SHUT_RDWR)  # noqa: SLF001 - pg8000 offers no abrupt close
    for part in (connection._sock, connection._usock):  # noqa: SLF001 - the same
        with suppress(Exception):
            part.close()
