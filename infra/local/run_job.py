"""Calls a scheduled function now, as Cloud Scheduler's "force run" does, and prints its counts as JSON: `run_job NAME`."""

from __future__ import annotations

import datetime as dt
import json
import sys

from infra import register
from infra.local import place, scheduler
from infra.local.http_call import Unreachable


def main(arguments: list[str]) -> int:
    """0 when the function answered with its counts."""
    try:
        functions = register.scheduled(register.read())
    except register.BadRegister as error:
        print(error, file=sys.stderr)
        return 1
    names = ", ".join(sorted(function.name for function in functions))
    function = register.find(functions, arguments[0].strip()) if arguments else None
    if function is None:
        print(f"Name a scheduled function: make run-job JOB=name. There are: {names or 'none yet'}.", file=sys.stderr)
        return 2
    # A forced run carries the present moment, to the microsecond: a slot of its own, even at a moment that the schedule names too.
    slot = scheduler.Slot(dt.datetime.now(dt.UTC))
    try:
        at = place.current()
        reply = scheduler.attempt(at, function, slot)
    except place.SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    except FileNotFoundError:
        print("QFacts has never been started here: make start", file=sys.stderr)
        return 1
    except Unreachable as error:
        print(f"{error}. Start QFacts first: make start", file=sys.stderr)
        return 1
    try:
        print(json.dumps(reply.json))
    except ValueError:
        print(reply.text)
    return 0 if reply.is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
