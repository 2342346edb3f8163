"""Heavy libraries are imported at their first use, by one thread at a time, and without looking for garbage meanwhile.

Python lets two threads import at once. Where they enter one circle of modules from different ends (firebase-admin, google-auth and
cachecontrol all lead to requests), each may see the other's half-made module, and what fails then stays broken until the process ends.

What an import makes stays, but Python's collector goes through all of it again and again: a tenth of a cold start while it grows, and
a twentieth of a step's time afterwards. So it is set aside for good.
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
    """Hold off every other thread that is about to import a heavy library; entered again by the same thread, it does nothing."""
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
