"""The virus scanner by clamd's own protocol, over a real socket: what it finds is refused, and what it doesn't answer isn't kept."""

from __future__ import annotations

import io
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from shared.domain.files import dangers
from shared.domain.kernel.errors import Unavailable
from shared.outside import config, scanner
from tests.contents import VIRUS


class Clamd:
    """What clamd does with INSTREAM: it reads chunks up to an empty one and answers; nothing else of it runs here."""

    def __init__(self, answer: bytes | None = None) -> None:
        self.answer = answer
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.received = b""
        self.held = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    @property
    def place(self) -> str:
        """As QFACTS_SCANNER names it."""
        return f"127.0.0.1:{self.listening.getsockname()[1]}"

    def _serve(self) -> None:
        connection, _ = self.listening.accept()
        with connection, connection.makefile("rb") as sent:
            assert sent.read(10) == b"zINSTREAM\0"
            while size := struct.unpack(">I", sent.read(4))[0]:
                self.received += sent.read(size)
            found = b"stream: Eicar-Test-Signature FOUND\0" if VIRUS in self.received else b"stream: OK\0"
            if self.answer == b"":
                self.held.wait(10)
            else:
                connection.sendall(self.answer or found)


@pytest.fixture
def clamd(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Clamd]:
    """One that answers as its parameter says, or as clamd does."""
    running = Clamd(getattr(request, "param", None))
    monkeypatch.setenv("QFACTS_SCANNER", running.place)
    config.current.cache_clear()
    yield running
    running.held.set()
    running.thread.join(10)
    running.listening.close()
    config.current.cache_clear()


def test_what_the_scanner_finds_is_refused(clamd: Clamd) -> None:
    content = b"x" * 1_000_000 + VIRUS
    assert scanner.dangers(io.BytesIO(content)) == ("infected",)
    assert clamd.received == content
    assert "scanner" in dangers.DANGERS["infected"]


def test_what_it_finds_nothing_in_is_kept(clamd: Clamd) -> None:
    assert scanner.dangers(io.BytesIO(b"Cleaning of tank 7")) == ()


@pytest.mark.parametrize("clamd", [b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK ERROR\0", b"\0", b"x" * 5_000], indirect=True)
def test_an_answer_that_says_neither_is_no_permission(clamd: Clamd) -> None:
    with pytest.raises(Unavailable, match="virus scanner"):
        scanner.dangers(io.BytesIO(b"Cleaning of tank 7"))


@pytest.mark.parametrize("clamd", [b""], indirect=True)
def test_a_scanner_that_is_silent_is_waited_for_so_long_and_no_longer(clamd: Clamd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "DEADLINE", 0.3)
    started = time.monotonic()
    with pytest.raises(Unavailable) as refused:
        scanner.dangers(io.BytesIO(b"Cleaning of tank 7"))
    assert refused.value.retry_after == 60
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("place", ["127.0.0.1:1", "127.0.0.1", "nowhere.invalid:x"])
def test_one_that_is_configured_and_out_of_reach_keeps_nothing_unscanned(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    monkeypatch.setenv("QFACTS_SCANNER", place)
    config.current.cache_clear()
    with pytest.raises(Unavailable, match="nothing is kept unscanned"):
        scanner.dangers(io.BytesIO(b"x"))
    config.current.cache_clear()


def test_where_there_is_none_the_log_says_so_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("QFACTS_SCANNER", raising=False)
    config.current.cache_clear()
    scanner._tell_once.cache_clear()
    assert scanner.dangers(io.BytesIO(VIRUS)) == scanner.dangers(io.BytesIO(b"x")) == ()
    assert capsys.readouterr().out.count("no virus scanner is configured") == 1
