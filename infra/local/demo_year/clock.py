"""The clock of the embedded PostgreSQL, which the demo organisation's year is lived by; nothing that is deployed can turn it.

The product knows the time from its database alone: `now()`. Here the superuser of the embedded server, reached on its Unix socket, gives
that function another body for as long as the year is being lived. PostgreSQL lets nobody else do so: no role of the product may, and
Cloud SQL hands out no superuser (tests/db/test_clock.py).
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from infra.local.postgres import DATABASE, SUPERUSER

# PostgreSQL calls a function of its own by number and keeps plans that hold one, whatever becomes of its body: so the planner puts the text
# of the body in the call's place. A schema that comes or goes ends all kept plans, in every connection.
SHIFT = """
drop schema if exists demo_clock cascade;
create schema demo_clock;
create table demo_clock.shift (by interval not null);
insert into demo_clock.shift values ('0');
create function demo_clock.behind() returns interval language plpgsql stable parallel safe security definer
as 'begin return (select s.by from demo_clock.shift s); end';
grant usage on schema demo_clock to public;
create or replace function pg_catalog.now() returns timestamptz language sql stable parallel safe
as 'select pg_catalog.transaction_timestamp() - demo_clock.behind()';
"""
RESTORE = """
create or replace function pg_catalog.now() returns timestamptz language internal stable strict parallel safe as 'now';
drop schema if exists demo_clock cascade;
"""


class Clock:
    """The clock of one server; it only goes forwards."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._since = 0.0  # when `latest` was the present, by this machine's monotonic clock
        self.latest = dt.datetime.fromtimestamp(0, dt.UTC)

    def now(self) -> dt.datetime:
        """What it shows."""
        return self.latest + dt.timedelta(seconds=time.monotonic() - self._since)

    def turn(self, to: dt.datetime) -> dt.datetime:
        """Turn it to that moment, from which it runs on, or a minute on where that is past; returns the moment."""
        self._since, present = time.monotonic(), dt.datetime.now(dt.UTC)
        moment = min(max(to, self.latest + dt.timedelta(minutes=1)), present)
        self._connection.run("update demo_clock.shift set by = make_interval(secs => :seconds)", seconds=(present - moment).total_seconds())
        self.latest = moment
        return moment


@contextmanager
def turned(socket: Path, database: str = DATABASE) -> Iterator[Clock]:
    """The clock of the server behind the socket in directory `socket`, right again afterwards."""
    connection = _connect(socket, database)
    try:
        _run(connection, SHIFT)
        yield Clock(connection)
    finally:
        _run(connection, RESTORE)
        connection.close()


def restore(socket: Path, database: str = DATABASE) -> None:
    """Let the server's clock tell the time, whatever a killed run left."""
    with closing(_connect(socket, database)) as connection:
        _run(connection, RESTORE)


def _connect(socket: Path, database: str) -> Any:
    import pg8000.native

    return pg8000.native.Connection(SUPERUSER, database=database, unix_sock=str(socket / ".s.PGSQL.5432"), timeout=30)


def _run(connection: Any, statements: str) -> None:
    """Run several statements as one transaction."""
    connection.execute_simple(statements)
