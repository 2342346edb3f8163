"""The mail of the year in the inbox of this machine: what is older is cleared away, what stays arrived when it was sent."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from infra.local.environment import SENDGRID_KEY
from infra.local.inbox import KEPT_IN, Inbox
from infra.local.place import Place


def clear(at: Place) -> None:
    """Throw away all mail."""
    with closing(sqlite3.connect(at.mail / KEPT_IN, timeout=10)) as database, database:
        database.execute("delete from messages")


@contextmanager
def arriving(at: Place, moment: dt.datetime) -> Iterator[None]:
    """Let the mail that comes meanwhile have come at `moment`."""
    Inbox(at.mail / KEPT_IN, SENDGRID_KEY)  # it may be the first mail
    with closing(sqlite3.connect(at.mail / KEPT_IN, timeout=10)) as database:
        (newest,) = database.execute("select coalesce(max(number), 0) from messages").fetchone()
        yield
        with database:
            said = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            database.execute("update messages set sent_at = ? where number > ?", (said, newest))
