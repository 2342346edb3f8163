"""A hostile client in a process of its own, for as long as a block lasts (tests/faults/hostile.py)."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.doors.served import ROOT, Served
from tests.ports import launcher


@contextmanager
def again_and_again(served: Served, request: bytes, threads: int) -> Iterator[Counter[int]]:
    """A request sent by a client of its own until the end of the block; the statuses that it met."""
    met: Counter[int] = Counter()
    command = [*launcher(), sys.executable, "-m", "tests.faults.hostile", str(served.port), str(threads)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(base64.b64encode(request).decode() + "\n")
        process.stdin.flush()
        time.sleep(1)
        try:
            yield met
        finally:
            process.stdin.write("end\n")
            process.stdin.flush()
            met |= {int(status): times for status, times in json.loads(process.stdout.readline()).items()}
