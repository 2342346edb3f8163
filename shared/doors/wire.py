"""A client's socket that never makes a thread wait for long: reading ends after five seconds in all, writing is left to the loop."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable

BODY_SECONDS = 5.0  # for the whole of a body, from the first time that a thread waits for it
SEND_SECONDS = 30.0  # for an answer that its reader takes slowly
PIECE = 64 * 1024
MOST_UNSENT = 32 * 1024 * 1024  # bytes of answers that a process keeps for slow readers; beyond that a thread waits


class Room:
    """What all clients of a process share: how many threads may wait for bodies, and how many bytes wait to be sent."""

    def __init__(self, waits: int) -> None:
        self.waits = threading.BoundedSemaphore(waits)
        self.unsent = 0
        self.lock = threading.Lock()

    def note(self, size: int) -> None:
        """Count bytes that wait to be sent, or with a minus that are gone."""
        with self.lock:
            self.unsent += size


class Wire:
    """As much of a socket as gunicorn uses, not blocking beneath."""

    def __init__(self, client: socket.socket, room: Room) -> None:
        client.settimeout(0)
        self.client = client
        self.room = room
        self.until: float | None = None
        self.waits = False  # whether a thread waits for the body at this moment
        self.told: Callable[[], None] = lambda: None  # of that
        self.unsent: deque[memoryview] = deque()

    def receive(self) -> bytes | None:
        """What has arrived; empty at the end, None where nothing has."""
        try:
            return self.client.recv(PIECE)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""

    def recv(self, size: int) -> bytes:
        """Bytes of a body; raises TimeoutError once they have taken too long, or where too many threads wait for bodies already."""
        while True:
            try:
                return self.client.recv(size)
            except (BlockingIOError, InterruptedError):
                pass
            self.until = self.until or time.monotonic() + BODY_SECONDS
            if not self.room.waits.acquire(blocking=False):
                raise TimeoutError
            self.waits = True
            self.told()
            try:
                self._wait(select.POLLIN, self.until)
            finally:
                self.waits = False
                self.room.waits.release()

    def sendall(self, data: bytes) -> None:
        """Send what goes at once; the loop sends the rest."""
        self.unsent.append(memoryview(data))
        self.room.note(len(data))
        if not self.flush() and self.room.unsent > MOST_UNSENT:
            until = time.monotonic() + SEND_SECONDS
            while not self.flush():
                self._wait(select.POLLOUT, until)

    def send(self, data: bytes) -> int:
        """The same, as gunicorn says it of an interim response."""
        self.sendall(data)
        return len(data)

    def flush(self) -> bool:
        """Send what goes; whether nothing is left. Raises OSError where nobody reads any more."""
        while self.unsent:
            try:
                sent = self.client.send(self.unsent[0])
            except (BlockingIOError, InterruptedError):
                return False
            self.room.note(-sent)
            rest = self.unsent.popleft()[sent:]
            if rest:
                self.unsent.appendleft(rest)
        return True

    def shut(self) -> None:
        """Tell the client that nothing more comes."""
        try:
            self.client.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def close(self) -> None:
        """Let go of the client and of what it didn't take."""
        self.room.note(-sum(map(len, self.unsent)))
        self.unsent.clear()
        self.client.close()

    def fileno(self) -> int:
        """For selectors."""
        return self.client.fileno()

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 - a socket's own signature
        """It never blocks, whatever gunicorn asks for."""

    def settimeout(self, value: float | None) -> None:
        """Nor has it another time limit."""

    def gettimeout(self) -> float:
        """As a socket that doesn't block says it."""
        return 0.0

    def _wait(self, event: int, until: float) -> None:
        poll = select.poll()
        poll.register(self.client, event)
        if not poll.poll(max(0.0, until - time.monotonic()) * 1000):
            raise TimeoutError
