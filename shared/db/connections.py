"""The few connections that a process keeps to its database, lent to one transaction at a time.

Cloud Run lets a process serve eight requests at once, and the server has connections for two of each: the others wait their turn, and
are told to come again where it takes too long. What a connection goes through while it is lent is judged by `shared.db.database`;
why no library does this: `docs/decisions/0007-connections-of-our-own.md`.
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
    """A connection in one transaction's hands, with the statements that the server keeps prepared for it."""

    connection: Any  # pg8000's; it has no types
    prepared: dict[str, Any] = dataclasses.field(default_factory=dict)


class Connections:
    """At most `size` connections, made by `connect` when one is needed and none is free."""

    def __init__(self, connect: Callable[[], Any], *, size: int) -> None:
        self.patience: float = PATIENCE
        self._connect = connect
        self._size = size
        self._idle: list[Lent] = []
        self._open = 0  # the idle ones, those lent, and those being made
        self._changed = threading.Condition()

    @property
    def lent(self) -> int:
        """How many are in use at this moment."""
        with self._changed:
            return self._open - len(self._idle)

    def take(self) -> Lent:
        """The connection that came back last, the least likely to have been lost meanwhile, or a new one.

        Raises Unavailable where none comes free in time, and what `connect` raises; nobody waits while another one connects.
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
        """Keep a connection for the next transaction, rolled back; where even that fails, the server rolls back and it is thrown away."""
        try:
            lent.connection.rollback()  # says nothing to the server where no transaction is open
        except Exception:  # noqa: BLE001 - whatever it was: what the transaction came to is decided, and stands
            self.discard(lent)
            return
        except BaseException:
            self.discard(lent)
            raise
        with self._changed:
            self._idle.append(lent)
            self._changed.notify()

    def discard(self, lent: Lent) -> None:
        """Throw a connection away without another word on it: an answer may still be under way."""
        self._free_place()
        _hang_up(lent.connection)

    def close(self) -> None:
        """Close every connection that no transaction is using; a later transaction makes new ones."""
        with self._changed:
            idle, self._idle = self._idle, []
            self._open -= len(idle)
            self._changed.notify_all()
        for lent in idle:
            try:
                lent.connection.close()
            except Exception:  # noqa: BLE001 - lost while idle: there is nobody to take leave of
                _hang_up(lent.connection)

    def _free_place(self) -> None:
        with self._changed:
            self._open -= 1
            self._changed.notify()


def _hang_up(connection: Any) -> None:  # noqa: ANN401 - pg8000 has no types
    """Close the connection's socket. pg8000's own close says goodbye first, which can block, and fails where a message was cut short."""
    with suppress(Exception):
        connection._usock.shutdown(socket.SHUT_RDWR)  # noqa: SLF001 - pg8000 offers no abrupt close
    for part in (connection._sock, connection._usock):  # noqa: SLF001 - the same
        with suppress(Exception):
            part.close()
