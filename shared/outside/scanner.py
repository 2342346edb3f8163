"""A virus scanner, where one is configured: ClamAV's clamd over TCP, by its command INSTREAM (clamd(8)).

QFACTS_SCANNER names it as host:port. Where none is configured, the structural rules and the test pattern alone are judged, and the log
says so once. One that is configured and doesn't answer refuses the upload for the moment: what should be scanned isn't kept unscanned.
"""

from __future__ import annotations

import functools
import socket
import struct
import time
from typing import BinaryIO

from shared.domain.kernel.errors import Unavailable
from shared.domain.kernel.sentences import Sentence
from shared.outside import config, telemetry

CONNECT = 3.0  # seconds
DEADLINE = 20.0  # seconds from the first byte to the answer
ANSWER = 1024  # bytes
_CHUNK = 256 * 1024


def dangers(file: BinaryIO) -> tuple[str, ...]:
    """What the scanner finds in the file: ("infected",) or nothing; raises Unavailable where it doesn't answer."""
    place = config.current().scanner
    if not place:
        _tell_once()
        return ()
    host, _, port = place.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), CONNECT) as connection:
            answer = _scanned(connection, file, time.monotonic() + DEADLINE)
    except (OSError, ValueError) as trouble:
        telemetry.log("ERROR", "the virus scanner is out of reach", trouble=type(trouble).__name__)
        raise _unavailable() from None
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        telemetry.log("WARNING", "the virus scanner refused a file")
        return ("infected",)
    if answer != "stream: OK":
        telemetry.log("ERROR", "the virus scanner didn't scan a file", answer=answer[:100])
        raise _unavailable()
    return ()


def _scanned(connection: socket.socket, file: BinaryIO, until: float) -> str:
    """Send the file; return clamd's answer."""
    file.seek(0)
    connection.sendall(b"zINSTREAM\0")
    while chunk := file.read(_CHUNK):
        connection.settimeout(_left(until))
        connection.sendall(struct.pack(">I", len(chunk)) + chunk)
    connection.sendall(struct.pack(">I", 0))
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < ANSWER:
        connection.settimeout(_left(until))
        piece = connection.recv(ANSWER)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\r\n").decode("utf-8", "replace")


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _unavailable() -> Unavailable:
    return Unavailable(
        Sentence("scanner_out_of_reach", "The virus scanner doesn't answer, and nothing is kept unscanned. Try again in a minute."),
        retry_after=60,
    )


@functools.cache
def _tell_once() -> None:
    telemetry.log("NOTICE", "no virus scanner is configured (QFACTS_SCANNER): uploads are judged by the product's own rules alone")
