"""How much work a call is, as a count that is the same on every machine: the lines of Python that it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines_run(call: Callable[[], object]) -> int:
    """How many lines of Python a call runs, those of libraries included."""
    count = 0

    def line(_frame: FrameType, event: str, _value: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    traced = sys.gettrace()
    sys.settrace(line)
    try:
        call()
    finally:
        sys.settrace(traced)
    return count


def growth(call: Callable[[int], Callable[[], object]], size: int) -> float:
    """How many times the work ten times the input is."""
    return lines_run(call(10 * size)) / lines_run(call(size))
