"""Removes all data of the stack on this machine; the installed packages stay. Standard library only."""

from __future__ import annotations

import shutil
import sys

from infra.local import place
from infra.local.lock import hold


def main() -> int:
    """0 when nothing is left."""
    try:
        at = place.current()
        at.run.mkdir(parents=True, exist_ok=True)
        with hold(at):
            short_socket = at.socket
            for directory in at.data:
                if directory.exists():
                    shutil.rmtree(directory)
            if short_socket.parent != at.run:
                shutil.rmtree(short_socket, ignore_errors=True)
    except place.SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"All data in {at.home} are gone; the next start begins afresh.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
