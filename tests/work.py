"""How much work a call is, as a count that is the same on every machine: the lines of our own code that it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = str(Path(__file__).resolve().parents[1] / "shared")


def lines_run(call: Callable[[], object], *, within: str = ROOT) -> int:
    """How many lines of the code under `within` a call runs."""
    count = 0

    def line(_frame: FrameType, event: str, _value: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    def enter(frame: FrameType, _event: str, _value: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(within) else None

    traced = sys.gettrace()
    sys.settrace(enter)
    try:
        call()
    finally:
        sys.settrace(traced)
    return count


def growth(call: Callable[[int], Callable[[], object]], size: int) -> float:
    """How many times the work ten times the input is."""
    return lines_run(call(10 * size)) / lines_run(call(size))
