"""One stack at a time in one home directory. Standard library only."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator

from infra.local.place import Place, SetUpError


class AlreadyRunningError(SetUpError):
    """A stack is running in this home directory; the sentence says which."""


@contextlib.contextmanager
def hold(place: Place) -> Iterator[None]:
    """Keep the home directory to ourselves; the kernel lets go of it however this process ends. Raises AlreadyRunningError."""
    place.run.mkdir(parents=True, exist_ok=True)
    path = place.run / "lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            where = file.read().strip() or "it is just starting"
            message = f"QFacts already runs with the data in {place.home}: {where}. Stop it first (Ctrl-C)."
            raise AlreadyRunningError(message) from None
        file.truncate(0)
        file.write(place.ports.origin)
        file.flush()
        yield
