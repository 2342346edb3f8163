"""gunicorn's threaded worker, in which a thread only ever holds a request that can go on.

In gunicorn's own, a thread waits for a connection's first bytes, for its head, for its body and for whoever reads the answer slowly, and
the loop itself waits for a refused client to hang up: eight half-sent requests stop a process of eight threads. Here the loop collects the
head, organisations take turns for threads (`turns`), a body has five seconds (`wire`), and the loop sends what a reader takes slowly.
"""

from __future__ import annotations

import errno
import re
import sys
import time
from functools import cache, partial
from selectors import EVENT_READ, EVENT_WRITE
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from gunicorn.http.body import ChunkedReader, LengthReader
from gunicorn.workers.gthread import TConn, ThreadWorker

from shared.domain.kernel.errors import Refusal, TooMany
from shared.domain.kernel.sentences import Sentence
from shared.domain.people.limits import HEAVY
from shared.doors.arrival import BODY_IS_HERE
from shared.doors.problem import SECURITY, problem, unreadable
from shared.doors.turns import Head, Turns, share_of
from shared.doors.wire import PIECE, SEND_SECONDS, Room, Wire
from shared.outside import telemetry

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from gunicorn.http import Request
    from gunicorn.http.body import Body

REQUEST_ID = b"00000000-0000-0000-0000-000000000000"  # in what is sent to many: each gets its own in its place
HOST = "localhost"
HEAD_SECONDS = 5.0
HEAD_BYTES = 128 * 1024
LINGER_SECONDS = 2.0  # for a refused client to hang up (RFC 9112 §9.6)
LOOKS_SECONDS = 0.25  # between two looks for connections whose time is over
SWITCH_SECONDS = 0.0005  # Python's own 5 ms make a short request wait that long for a busy thread after each statement
PASSING = {errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK}
NAMED = {name: re.compile(rb"(?i)\r\n" + name + rb":[ \t]*([^\r\n]*)") for name in (b"x-organisation", b"authorization")}
TARGET = re.compile(rb"[A-Z]+ [^ ?\r\n]*/([a-z_]+)[ ?]")


class Connection(TConn):
    """A client, the head of its next request as far as it has come, and what happens when it can go on."""

    sock: Wire  # type: ignore[assignment]  # as much of a socket as gunicorn uses

    def __init__(self, *arguments: Any) -> None:  # noqa: ANN401 - gunicorn's own
        super().__init__(*arguments)
        self.head = bytearray()
        self.until = 0.0
        self.goes_on: Callable[[], None] = lambda: None
        self.lives = False
        self.left = PIECE  # bytes that are read and thrown away before a refused client is cut off
        self.data_ready = True  # gunicorn needn't wait for it in a thread

    def init(self) -> None:
        """Hand gunicorn's parser the head that the loop collected."""
        super().init()
        assert self.parser is not None  # noqa: S101 - made by the line above
        self.parser.unreader.unread(bytes(self.head))  # type: ignore[union-attr]  # HTTP/1.1 alone is configured
        self.head.clear()


class Worker(ThreadWorker):
    """One process: the loop in its main thread, the functions in the others."""

    WAITING: int | None = None  # requests of one token that may wait for a thread, where no front end counts those under way

    def init_process(self) -> None:
        """Begin with nobody connected."""
        threads = self.cfg.threads
        self.room = Room(max(1, threads - 2))  # two threads never wait for a body
        self.turns: Turns[Connection] = Turns(threads, share_of(threads, self.WAITING), lambda conn: not conn.sock.waits)
        self.held: dict[Connection, None] = {}
        self.looked_at = 0.0
        sys.setswitchinterval(SWITCH_SECONDS)
        super().init_process()

    def load_wsgi(self) -> None:
        """Tell the application whether a body has come, and no name of a host, which Flask would judge before the door does."""
        super().load_wsgi()
        application = cast("Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]", self.wsgi)

        def told(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            environ["HTTP_HOST"] = HOST
            environ[BODY_IS_HERE] = partial(_is_here, environ["wsgi.input"])
            return application(environ, start_response)

        self.wsgi = cast("Any", told)

    def accept(self, listener: socket.socket) -> None:
        """Take a connection; no thread knows of it until it has sent a head."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in PASSING:
                raise
            return
        self.nr_conns += 1
        conn = Connection(self.cfg, Wire(client, self.room), address, listener.getsockname())
        conn.sock.told = partial(self.method_queue.defer, self._go_round)
        self._hold(conn, EVENT_READ, self._read_head, HEAD_SECONDS)

    def handle_request(self, req: Request, conn: TConn) -> bool:
        """Answer, and say that the connection closes where a body is left unread: nothing drains it."""
        closes = req.should_close
        req.should_close = lambda: closes() or _is_unread(req.body)  # type: ignore[method-assign]
        made, began = cast("Connection", conn), time.monotonic()
        made.sock.until = None
        try:
            return super().handle_request(req, conn)
        finally:
            time.sleep(self.turns.rest(made, time.monotonic() - began))

    def finish_request(self, conn: TConn, fs: Future[bool]) -> None:
        """Give the thread to the next; the loop sends what is left of the answer."""
        made = cast("Connection", conn)
        self.turns.done(made)
        self._go_round()
        made.lives = not fs.cancelled() and fs.exception() is None and fs.result() is True
        self._send(made, first=True)

    def handle_error(self, req: Request | None, client: Any, addr: Any, exc: BaseException) -> None:  # noqa: ANN401, ARG002 - gunicorn's own
        """Refuse what is no request of HTTP, as every door refuses; gunicorn would answer in HTML, and quote it in the log."""
        fault = unreadable(exc)
        telemetry.log("INFO" if fault.status < 500 else "ERROR", "no request of HTTP", status=fault.status, where=telemetry.where(exc))
        client.sendall(_whole(fault, str(uuid4())))

    def murder_keepalived(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - gunicorn's signature
        """Let go of everybody at the end."""
        for conn in list(self.held) if force else ():
            self._drop(conn)

    def murder_pending(self) -> None:
        """Let go of those whose time is over, and of the oldest where there is no place for more."""
        now = time.monotonic()
        if now - self.looked_at < LOOKS_SECONDS and self.nr_conns < self.worker_connections:
            return
        self.looked_at = now
        for conn in [one for one in self.held if one.until < now]:
            self._drop(conn)
        while self.nr_conns >= self.worker_connections and self.held:
            self._drop(next(iter(self.held)))

    def _read_head(self, conn: Connection) -> None:
        data = conn.sock.receive()
        if data == b"":
            return self._drop(conn)
        if not conn.head:
            conn.until = time.monotonic() + HEAD_SECONDS  # from the first byte
        conn.head += data or b""
        return self._judge_head(conn, len(conn.head) - len(data or b""))

    def _judge_head(self, conn: Connection, seen: int = 0) -> None:
        """Let a request with a whole head wait for its turn."""
        if conn.head.startswith(b"\r\n"):
            conn.head = conn.head.lstrip(b"\r\n")  # RFC 9112 §2.2
            seen = 0
        if conn.head.find(b"\r\n\r\n", max(0, seen - 3)) < 0 and len(conn.head) <= HEAD_BYTES:
            if conn not in self.held:
                self._hold(conn, EVENT_READ, self._read_head, HEAD_SECONDS)
            return None
        self._release(conn)
        if not self.turns.add(conn, _told(conn.head)):
            conn.lives = False
            conn.sock.sendall(_busy().replace(REQUEST_ID, str(uuid4()).encode()))
            return self._send(conn, first=True)
        return self._go_round()

    def _go_round(self) -> None:
        while (conn := self.turns.next()) is not None:
            self.enqueue_req(conn)

    def _send(self, conn: Connection, *, first: bool = False) -> None:
        """Send what is left of an answer, then wait for the next request or hang up."""
        try:
            sent = conn.sock.flush()
        except OSError:
            return self._drop(conn)
        if not sent:
            return self._hold(conn, EVENT_WRITE, self._send, SEND_SECONDS) if first else None
        self._release(conn)
        if conn.lives and self.alive:
            return self._await_next(conn)
        conn.sock.shut()
        return self._hold(conn, EVENT_READ, self._linger, LINGER_SECONDS)

    def _await_next(self, conn: Connection) -> None:
        assert conn.parser is not None  # noqa: S101 - it was just answered
        conn.head = bytearray(conn.parser.unreader.take_buffered())  # type: ignore[union-attr]  # HTTP/1.1
        if conn.head:
            return self._judge_head(conn)
        return self._hold(conn, EVENT_READ, self._read_head, self.cfg.keepalive)

    def _linger(self, conn: Connection) -> None:
        """Read what a refused client still sends, so that its system doesn't throw the answer away."""
        data = conn.sock.receive()
        conn.left -= len(data or b"")
        if data == b"" or conn.left < 0:
            self._drop(conn)

    def _hold(self, conn: Connection, event: int, then: Callable[[Connection], None], seconds: float) -> None:
        """Wait for a client without a thread, for so long at most."""
        self._release(conn)
        conn.until = time.monotonic() + seconds
        self.held[conn] = None
        self.poller.register(conn.sock, event, lambda _: then(conn))

    def _release(self, conn: Connection) -> None:
        if conn in self.held:
            del self.held[conn]
            self.poller.unregister(conn.sock)

    def _drop(self, conn: Connection) -> None:
        self._release(conn)
        self.nr_conns -= 1
        conn.sock.close()


@cache
def _busy() -> bytes:
    """The answer to one request too many of a token; the loop sends it, so that it costs no thread and next to no time."""
    refusal = TooMany(
        Sentence("too_many_waiting", "Too many of your requests wait for an answer. Send them one after the other."), retry_after=1
    )
    return _whole(refusal, REQUEST_ID.decode())


def _whole(refusal: Refusal, request_id: str) -> bytes:
    """A refusal as it is sent, after which the connection closes."""
    status, text, headers = problem(refusal, request_id)
    lines = {**SECURITY, "X-Request-Id": request_id, **headers, "Content-Length": str(len(text)), "Connection": "close"}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} {refusal.title}\r\n{head}\r\n{text}".encode()


def _told(head: bytearray) -> Head:
    """What a head says of whose it is. The door proves it later."""
    said = {name: found[1].strip().lower() if (found := pattern.search(head)) else b"" for name, pattern in NAMED.items()}
    target = TARGET.match(head)
    heavy = target is not None and target[1].decode("ascii") in HEAVY
    token = said[b"authorization"]
    return Head(said[b"x-organisation"].decode("latin-1") if token else "", token.decode("latin-1"), heavy and bool(token))


def _is_here(body: Body) -> bool:
    """Whether the whole body can be read without waiting; a chunked one never says so."""
    reader = body.reader
    if not isinstance(reader, LengthReader):
        return False
    wire, kept = cast("Wire", reader.unreader.sock), reader.unreader.buf  # type: ignore[attr-defined]  # a socket's unreader
    kept.seek(0, 2)
    while kept.tell() < reader.length and (data := wire.receive()):
        kept.write(data)
    return bool(kept.tell() >= reader.length)


def _is_unread(body: Body | None) -> bool:
    reader = body.reader if body else None
    if isinstance(reader, ChunkedReader):
        return reader.parser is not None
    return bool(getattr(reader, "length", 0))
