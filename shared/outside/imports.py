"""The import of heavy libraries at their first use, by one thread at a time and without garbage collection.

Python lets two threads import at once. If they enter a cycle of modules at different points (firebase-admin, google-auth and cachecontrol
all import requests), each may see the other's partial module, and a failed import then stays broken until the process ends.

Imported objects are never garbage, but the collector scans them repeatedly: a tenth of a cold start, and later a twentieth of a step's
time. So they are frozen, which exempts them from collection.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ALONE = threading.RLock()


@contextmanager
def importing() -> Iterator[None]:
    """Block other threads from importing heavy libraries; re-entrant for the same thread."""
    with _ALONE:
        collecting, known = gc.isenabled(), len(sys.modules)
        gc.disable()
        try:
            yield
        finally:
            if len(sys.modules) > known:
                gc.freeze()
            if collecting:
                gc.enable()
