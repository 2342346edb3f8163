"""What a foreign file is and says, read by a process of its own (shared.outside.foreign): bytes from outside are never parsed in this one.

A process for each file: it is started anew without the server's memory, environment and descriptors, and killed with all that it may
have started when its time is over. A file that stops or swells it harms nobody else, and its place is free again.
"""

from __future__ import annotations

import functools
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import BinaryIO

from shared.domain.files import dangers
from shared.domain.files.extents import TOO_LARGE, UNREAD, Extent, State, Unit, from_json
from shared.domain.kernel.untyped import as_object
from shared.domain.kernel.values import dataclass
from shared.outside import telemetry

DEADLINE = 45.0  # seconds from start to end; the process's own limits of processor time end it sooner
ANSWER = 8 * 1024 * 1024  # bytes
TEXT = 1_000_000  # characters
LONGEST = 1_000  # characters of a reason
_ROOT = str(Path(__file__).resolve().parents[2])
_PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from shared.outside.foreign.child import main; main()"
_SEEN_AS = re.compile(r"[a-z0-9.+/-]{0,100}")


@dataclass(frozen=True)
class Findings:
    """The media type that was recognised, the danger in it, its text, and how much of the file that is."""

    seen_as: str
    danger: str
    text: str
    extent: Extent


def examine(file: BinaryIO, media_type: str) -> Findings:
    """Read a file that was announced as this media type; whatever it does to its reader, the answer comes within DEADLINE."""
    file.flush()
    file.seek(0)
    process = subprocess.Popen(  # noqa: S603 - this program, and a media type of our own list
        [sys.executable, "-I", "-B", "-c", _PROGRAM, _ROOT, media_type],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        close_fds=True,
        start_new_session=True,
    )
    try:
        answer = _received(process, time.monotonic() + DEADLINE)
    finally:
        _end(process)
    found = _findings(answer)
    if found.danger == "unchecked" or found.extent == TOO_LARGE:
        telemetry.log("WARNING", "a file was too much for its reader", media_type=media_type, ended=process.returncode)
    return found


def _received(process: subprocess.Popen[bytes], until: float) -> bytes:
    """What the process writes until it ends, at most ANSWER bytes, and no longer than `until`."""
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    descriptor = process.stdout.fileno()
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLHUP)
    pieces, left = list[bytes](), ANSWER
    while left > 0 and (seconds := until - time.monotonic()) > 0:
        if poll.poll(seconds * 1000):
            piece = os.read(descriptor, min(left, 65_536))
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
    return b"".join(pieces)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and whatever it may have started; it has answered, or its time is over."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _findings(answer: bytes) -> Findings:
    """The answer, believed only as far as it could be true."""
    lines = answer.split(b"\n")
    judged = _line(lines, 0)
    seen_as, danger, confined = judged.get("seen_as"), judged.get("danger"), judged.get("confined")
    if not (isinstance(seen_as, str) and _SEEN_AS.fullmatch(seen_as) and (danger == "" or danger in dangers.DANGERS)):
        return Findings("", "unchecked", "", UNREAD)
    if confined != ["limits", "calls"]:
        _tell_once()
    if danger:
        return Findings(seen_as, str(danger), "", UNREAD)
    read = _line(lines, 1)
    text, extent = read.get("text"), _extent(as_object(read.get("extent")))
    if not (isinstance(text, str) and len(text) <= TEXT and "\0" not in text) or extent is None:
        return Findings(seen_as, "", "", TOO_LARGE)
    return Findings(seen_as, "", text, extent)


def _extent(given: Mapping[str, object]) -> Extent | None:
    """The extent that the process tells of; None where it has another form than ours, or more words."""
    for one in fields(Extent):
        value = given.get(one.name)
        wanted: type = str if one.name == "state" or isinstance(one.default, str) else int
        if type(value) is not wanted and not (one.name == "of" and value is None):
            return None
        if isinstance(value, str) and (len(value) > LONGEST or "\0" in value):
            return None
    known = given["state"] in set(State) and given["unit"] in set(Unit) and len(given) == len(fields(Extent))
    return from_json(given) if known else None


def _line(lines: list[bytes], place: int) -> dict[str, object]:
    """One line of the answer; empty where it didn't come whole."""
    try:
        return dict(as_object(json.loads(lines[place]))) if place + 1 < len(lines) else {}
    except (ValueError, RecursionError):
        return {}


@functools.cache
def _tell_once() -> None:
    telemetry.log("WARNING", "this kernel filters no system calls: readers of files are held by limits of resources alone")
