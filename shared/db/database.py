"""Access to the database: short transactions on verified connections.

A pooled connection whose last read was interrupted would return that read's rows to its next user. So each transaction opens with a
statement that sets role and organisation and must return a nonce; and after any exception but a refusal or an error of the server,
the connection is discarded. PostgreSQL limits the time (`statement_timeout`, `lock_timeout`).
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from shared.db.connections import Connections, Lent
from shared.db.server_errors import BUSY_SENTENCE
from shared.db.transaction import Transaction, raise_meaning, texts
from shared.domain.kernel.errors import Unavailable
from shared.outside.imports import importing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from shared.outside.config import Config

POOL_SIZE: Final = 2  # eight threads queue for two connections
SOCKET_TIMEOUT: Final = 20  # seconds; longer than any statement may take, so it ends only lost connections
CONNECT_TIMEOUT: Final = 10  # seconds

TIMESTAMPTZ: Final = 1184  # PostgreSQL's number of that type


class Database:
    """The connections of this process to one database."""

    def __init__(self, connect: Callable[[], Any], *, size: int = POOL_SIZE, detailed: bool = False) -> None:
        """Use `connect` to make pg8000 connections, at most `size` at once; `detailed` lets faults quote the server's message."""

        def ready() -> Any:  # noqa: ANN401 - pg8000 has no types
            from datetime import datetime

            with importing():  # once, before any thread connects
                import pg8000.dbapi  # noqa: F401 - for what connects
            connection = connect()
            # pg8000 parses times by strptime, forty times slower.
            connection.register_in_adapter(TIMESTAMPTZ, datetime.fromisoformat)
            return connection

        self.connections = Connections(ready, size=size)
        self._size = size
        self._detailed = detailed

    @classmethod
    def on_socket(
        cls, directory: str, name: str, *, user: str = "qfacts_login", size: int = POOL_SIZE, timeout: int = SOCKET_TIMEOUT
    ) -> Database:
        """The local stack's database, through the Unix socket in `directory`."""
        address = {"user": user, "database": name, "unix_sock": f"{directory}/.s.PGSQL.5432", "timeout": timeout}

        def connect() -> Any:  # noqa: ANN401 - pg8000 has no types
            import pg8000.dbapi

            # Without ssl_context=False, pg8000 reads every certificate authority first (40 ms).
            return pg8000.dbapi.connect(**address, application_name="qfacts", ssl_context=False)

        return cls(connect, size=size, detailed=True)

    @classmethod
    def in_the_cloud(cls, instance: str, name: str, *, user: str, size: int = POOL_SIZE, timeout: int = SOCKET_TIMEOUT) -> Database:
        """The database of Cloud SQL `instance`, with IAM authentication; certificates are fetched on demand, without a thread."""
        from google.cloud.sql.connector import Connector

        connector = Connector(ip_type="private", refresh_strategy="lazy", enable_iam_auth=True, timeout=CONNECT_TIMEOUT)

        def connect() -> Any:  # noqa: ANN401 - pg8000 has no types
            # The connector's socket is TLS already; ssl_context=False keeps pg8000 from TLS inside TLS.
            made = connector.connect(instance, "pg8000", user=user, db=name, ssl_context=False, application_name="qfacts")
            made._usock.settimeout(timeout)  # noqa: SLF001 - pg8000 gives a socket that it was handed no time limit
            return made

        return cls(connect, size=size)

    @contextmanager
    def transaction(self, *, role: str, settings: Mapping[str, object] | None = None, opening: str = "begin") -> Iterator[Transaction]:
        """A transaction as `role` with transaction-local `settings`; it commits at the end and rolls back on an exception.

        Raises what `Transaction.rows` raises, and Unavailable if no connection is to be had. A commit whose answer is lost raises
        Unavailable too; then only an Idempotency-Key tells whether it happened.
        """
        lent, tx = self._open(role, settings or {}, opening)
        try:
            yield tx
            tx.commit()
        except BaseException as error:
            self._give_up(lent, clean=tx.leaves_clean(error))
            raise
        self.connections.give_back(lent)

    def alone(self, statement: str) -> None:
        """Run a statement that can't run in a transaction, such as `create database`, and close the connection."""
        lent = self._connection()
        try:
            lent.connection.execute_simple(f"set statement_timeout = '{SOCKET_TIMEOUT * 10}s'")
            lent.connection.execute_simple(statement)
        except BaseException as error:  # noqa: BLE001 - an interruption above all puts the connection out of step
            raise_meaning(error, detailed=self._detailed)
        finally:
            self.connections.discard(lent)

    def close(self) -> None:
        """Close the idle connections."""
        self.connections.close()

    def _open(self, role: str, settings: Mapping[str, object], opening: str) -> tuple[Lent, Transaction]:
        """A verified connection with its transaction begun; a connection lost while idle is replaced."""
        chosen = texts({"role": role, **settings})
        for _ in range(self._size + 1):
            lent = self._connection()
            tx = Transaction(lent.connection, lent.prepared, detailed=self._detailed)
            try:
                proven = tx.begin(chosen, opening)
            except BaseException as error:
                self._give_up(lent, clean=tx.leaves_clean(error))
                if tx.is_lost():
                    continue
                raise
            if proven:
                return lent, tx
            self._give_up(lent, clean=False)
        raise Unavailable(BUSY_SENTENCE)

    def _connection(self) -> Lent:
        """A connection; raises Unavailable if none is free in time or the server can't be reached."""
        try:
            return self.connections.acquire()
        except Exception as error:  # noqa: BLE001 - the connector's errors have no common class
            raise_meaning(error, detailed=self._detailed)

    def _give_up(self, lent: Lent, *, clean: bool) -> None:
        """Return the connection to the pool if it is clean; else discard it, because an answer may still be on its way."""
        if clean:
            self.connections.give_back(lent)
        else:
            self.connections.discard(lent)


_current: Database | None = None


def current() -> Database:
    """This process's database, made at the first call (a connector made before gunicorn forks would hang)."""
    global _current  # noqa: PLW0603 - one per process, by design
    if _current is None:
        with importing():
            if _current is None:
                from shared.outside import config

                _current = open_database(config.current())
    return _current


def open_database(config: Config, *, timeout: int = SOCKET_TIMEOUT) -> Database:
    """The database that `config` names; QFACTS_POOL_SIZE overrides how many connections a process keeps (the local stack)."""
    size = int(os.environ.get("QFACTS_POOL_SIZE", POOL_SIZE))
    name, of = config.database_name, {"user": config.database_user, "size": size, "timeout": timeout}
    if config.database_socket:
        return Database.on_socket(config.database_socket, name, **of)  # type: ignore[arg-type]  # a user and two numbers
    return Database.in_the_cloud(config.database_instance, name, **of)  # type: ignore[arg-type]  # the same
