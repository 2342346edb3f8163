"""`make bench`: prints one table; each figure is a ratio of ours to the bare parts, measured in the same run."""

from __future__ import annotations

import argparse
import contextlib
import io
import sys

from tests.bench import cold, growth, inputs, masses, reads, reminders, share, trail, usage, waiting, writes
from tests.bench.ground import ground

Row = tuple[str, str, str, str, str]
PARTS = {
    "reads": reads.measure,
    "masses": masses.measure,
    "writes": writes.measure,
    "trail": trail.measure,
    "cold": cold.measure,
    "usage": usage.measure,
    "reminders": reminders.measure,
    "inputs": inputs.measure,
    "growth": growth.measure,
    "share": share.measure,
    "waiting": waiting.measure,
}


def main() -> None:
    """Measure the parts named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="which tables; all when left out")
    chosen = parser.parse_args().parts or list(PARTS)
    print(f"{'what':<64}{'ours':>12}{'bare':>12}{'ratio':>9}   aim", flush=True)
    with ground() as on:
        for part in chosen:
            quiet = io.StringIO()
            with contextlib.redirect_stdout(quiet):  # the functions' own log
                rows = PARTS[part](on)
            for what, ours, bare, ratio, aim in rows:
                print(f"{what:<64}{ours:>12}{bare:>12}{ratio:>9}   {aim}", file=sys.stdout, flush=True)


if __name__ == "__main__":
    main()
