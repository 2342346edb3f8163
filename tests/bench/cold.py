"""Cold start: from a new process to the first answer of every function, against an empty function of the same framework."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

from infra import register
from tests.bench.ground import BARE, Ground, firm

START = """
import sys, time, os
began = time.perf_counter()
import functions_framework
client = functions_framework.create_app(sys.argv[1], sys.argv[2], 'http').test_client()
loaded = time.perf_counter()
headers = {'Authorization': 'Bearer ' + sys.argv[4], 'X-Organisation': sys.argv[5], 'Content-Type': 'application/json'}
response = client.open('/', method=sys.argv[3], headers=headers, data=b'{}' if sys.argv[3] == 'POST' else None)
answered = time.perf_counter()
sys.stderr.write(f'{(loaded - began) * 1000:.1f} {(answered - began) * 1000:.1f} {response.status_code}')
"""
TRIES = 3


def measure(on: Ground) -> list[tuple[str, str, str, str, str]]:
    """The rows of the table: the empty function, every area's slowest function, and the slowest of all."""
    made = firm(on)
    empty = statistics.median(_start("empty", str(BARE), "GET", "", "")[1] for _ in range(7))
    taken: dict[str, float] = {}
    for function in register.read():
        method = "POST" if function.trigger != "http" else _method(function)
        who = made.tokens["admin" if function.area == "organisations" else "qa"]
        taken[function.name] = statistics.median(_start(function.name, str(function.source), method, who, made.id)[1] for _ in range(TRIES))
    slowest = sorted(taken.items(), key=lambda item: -item[1])
    rows = [(f"cold start of {name}", f"{value:.0f} ms", f"{empty:.0f} ms", f"{value / empty:.2f}", "<= 3") for name, value in slowest]
    median = statistics.median(taken.values())
    return [("cold start, median of every function", f"{median:.0f} ms", f"{empty:.0f} ms", f"{median / empty:.2f}", "<= 3"), *rows]


def _method(function: register.Function) -> str:
    return "GET" if "@query" in function.source.read_text() else "POST"


def _start(target: str, source: str, method: str, token: str, organisation: str) -> tuple[float, float]:
    environment = {**os.environ, "PYTHONPATH": str(BARE.parents[2])}
    command = [sys.executable, "-c", START, target, source, method, token or "none", organisation or "none"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    loaded, answered, _ = done.stderr.split()[-3:]
    return float(loaded), float(answered)
