"""The one way to the database: short transactions on connections that prove themselves.

A pooled connection on which a read was broken off hands its next user the former user's rows. So each transaction opens with a
nonce that must come back, in the same statement that sets role and organisation; and after any exception but a refusal or a server's
own error, the connection is thrown away. Time is limited by PostgreSQL (`statement_timeout`, `lock_timeout`).

How statements are written: `shared.db.statements`.
"""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NoReturn

from shared.db.connections import Connections, Lent
from shared.db.server_errors import BUSY_SENTENCE, StatementFailed, ends_connection, lost, translate
from shared.db.statements import parameters, row_type
from shared.domain.kernel.errors import Refusal, Unavailable
from shared.outside.imports import importing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from shared.google.vault import Sink
    from shared.outside.config import Config

POOL_SIZE: Final = 2  # eight threads queue for two connections
SOCKET_TIMEOUT: Final = 20  # seconds; longer than any statement may take, so it ends only what the network has lost
CONNECT_TIMEOUT: Final = 10  # seconds
PREPARED: Final = 256  # statements kept prepared on each connection

# The role takes effect with the statement's end; the settings last until the transaction's.
OPENING: Final = """
select :nonce::text as nonce, now() as now,
    (select count(set_config(s.key, s.value, true)) from jsonb_each_text(:settings::jsonb) s) as settings
"""
SETTING: Final = "select count(set_config(s.key, s.value, true)) from jsonb_each_text(:settings::jsonb) s"
TIMESTAMPTZ: Final = 1184  # PostgreSQL's number of that type


class Transaction:
    """One transaction in progress. `now` is the database's time at its beginning, in UTC; `statements` counts its round trips."""

    def __init__(self, connection: Any, prepared: dict[str, Any], *, detailed: bool) -> None:  # noqa: ANN401 - pg8000 has no types
        self._connection = connection
        self._prepared = prepared
        self._detailed = detailed
        self._failure: BaseException | None = None  # the last one, as it came
        self.statements = 0
        self.now: datetime

    def rows(self, sql: str, **values: object) -> list[Any]:
        """Run one statement; its rows, or none for one that returns nothing.

        Raises Conflict, Contention or Unavailable where the server's refusal means that, else StatementFailed.
        """
        try:
            return self._run(sql, values)
        except BaseException as error:  # noqa: BLE001 - an interruption above all puts the connection out of step
            self._failure = error
            raise_meaning(error, detailed=self._detailed)

    def row(self, sql: str, **values: object) -> Any:  # noqa: ANN401 - its columns are the statement's
        """Run one statement; its first row, or None."""
        found = self.rows(sql, **values)
        return found[0] if found else None

    def copy_out(self, sql: str, to: Sink) -> int:
        """Write what `copy ... to stdout` gives to `to`, row by row as it comes; how many rows. It takes no parameters."""
        return self._copy(sql, to)

    def copy_in(self, sql: str, chunks: Iterable[bytes]) -> int:
        """Feed `copy ... from stdin` with `chunks`; how many rows."""
        return self._copy(sql, chunks)

    def set(self, **settings: object) -> None:
        """Set more of the transaction's settings: `tx.set(**{"app.person_id": person.id})`."""
        self.rows(SETTING, settings=_texts(settings))

    def begin(self, settings: dict[str, str], opening: str = "begin") -> bool:
        """Begin, with these settings; whether the connection gave back the nonce, which means that it is in step."""
        nonce = secrets.token_hex(16)
        try:
            self._connection.execute_simple(opening)
            found = self._run(OPENING, {"nonce": nonce, "settings": settings})
        except BaseException as error:  # noqa: BLE001 - an interruption above all puts the connection out of step
            self._failure = error
            raise_meaning(error, detailed=self._detailed)
        self.statements = 0
        if len(found) != 1 or found[0][0] != nonce:
            return False
        self.now = found[0].now
        return True

    def commit(self) -> None:
        """Commit; raises what a deferred trigger refuses, and the failure of a statement that the caller overlooked."""
        try:
            if self._failure is not None:
                raise self._failure
            self._connection.execute_simple("commit")
        except BaseException as error:  # noqa: BLE001 - an interruption above all puts the connection out of step
            self._failure = error
            raise_meaning(error, detailed=self._detailed)

    def leaves_clean(self, error: BaseException) -> bool:
        """Whether the connection is in step after `error`: a refusal of ours, or a server's error, and nothing but that."""
        answered = self._failure is None or not ends_connection(self._failure)
        return answered and isinstance(error, (Refusal, StatementFailed))

    def is_lost(self) -> bool:
        """Whether the connection was found to be gone."""
        failure = self._failure
        return failure is not None and (lost(failure) or ends_connection(failure)) and isinstance(failure, Exception)

    def _copy(self, sql: str, stream: object) -> int:
        self.statements += 1
        try:
            return int(self._connection.execute_unnamed(sql, stream=stream).row_count)
        except BaseException as error:  # noqa: BLE001 - an interruption above all puts the connection out of step
            self._failure = error
            raise_meaning(error, detailed=self._detailed)

    def _run(self, sql: str, values: Mapping[str, object]) -> list[Any]:
        from pg8000.converters import make_params

        statement, names = parameters(sql)
        if values.keys() != set(names):
            message = f"The statement takes {sorted(names)} and was given {sorted(values)}: {sql[:80]}"
            raise TypeError(message)
        arguments = make_params(self._connection.py_types, [values[name] for name in names])
        self.statements += 1
        name, columns, readers, make = self._prepare(statement)
        context = self._connection.execute_named(name, arguments, columns, readers, statement)
        return [make(row) for row in context.rows or ()]

    def _prepare(self, statement: str) -> tuple[Any, Any, Any, Any]:
        """The statement as prepared on this connection; the oldest goes where too many are kept."""
        known = self._prepared.get(statement)
        if known is None:
            if len(self._prepared) >= PREPARED:
                self._connection.close_prepared_statement(self._prepared.pop(next(iter(self._prepared)))[0])
            name, columns, readers = self._connection.prepare_statement(statement, ())
            make = row_type(tuple(column["name"] for column in columns or ()))
            known = self._prepared[statement] = (name, columns, readers, make)
        return known


class Database:
    """The connections of this process to one database."""

    def __init__(self, connect: Callable[[], Any], *, size: int = POOL_SIZE, detailed: bool = False) -> None:
        """`connect` makes a pg8000 connection; at most `size` are open at once; `detailed` lets faults quote the server."""

        def ready() -> Any:  # noqa: ANN401 - pg8000 has no types
            from datetime import datetime

            with importing():  # by one thread, before any makes a connection
                import pg8000.dbapi  # noqa: F401 - for what connects
            connection = connect()
            # pg8000 reads a time by strptime, forty times as slowly.
            connection.register_in_adapter(TIMESTAMPTZ, datetime.fromisoformat)
            return connection

        self.connections = Connections(ready, size=size)
        self._size = size
        self._detailed = detailed

    @classmethod
    def on_socket(
        cls, directory: str, name: str, *, user: str = "qfacts_login", size: int = POOL_SIZE, timeout: int = SOCKET_TIMEOUT
    ) -> Database:
        """The database of the stack on one machine, by the Unix socket in `directory`."""
        address = {"user": user, "database": name, "unix_sock": f"{directory}/.s.PGSQL.5432", "timeout": timeout}

        def connect() -> Any:  # noqa: ANN401 - pg8000 has no types
            import pg8000.dbapi

            # Without ssl_context=False, pg8000 reads every certificate authority first (40 ms).
            return pg8000.dbapi.connect(**address, application_name="qfacts", ssl_context=False)

        return cls(connect, size=size, detailed=True)

    @classmethod
    def in_the_cloud(cls, instance: str, name: str, *, user: str, size: int = POOL_SIZE, timeout: int = SOCKET_TIMEOUT) -> Database:
        """The database of Cloud SQL `instance`, with IAM authentication; certificates are fetched when needed, by no thread."""
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
        """A transaction as `role` with the transaction-local `settings`; committed at the end, rolled back on an exception.

        Raises what `Transaction.rows` raises, and Unavailable where no connection is free or none can be made. A commit whose
        answer is lost raises Unavailable too: only an Idempotency-Key tells whether it happened.
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
        """Run a statement that no transaction may hold, such as `create database`; the connection is closed afterwards."""
        lent = self._connection()
        try:
            lent.connection.execute_simple(f"set statement_timeout = '{SOCKET_TIMEOUT * 10}s'")
            lent.connection.execute_simple(statement)
        except BaseException as error:  # noqa: BLE001 - an interruption above all puts the connection out of step
            raise_meaning(error, detailed=self._detailed)
        finally:
            self.connections.discard(lent)

    def close(self) -> None:
        """Close every connection that no transaction is using."""
        self.connections.close()

    def _open(self, role: str, settings: Mapping[str, object], opening: str) -> tuple[Lent, Transaction]:
        """A proven connection with its transaction begun; one that was lost while idle is replaced."""
        chosen = _texts({"role": role, **settings})
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
        """A connection; raises Unavailable where none comes free in time or the server can't be reached."""
        try:
            return self.connections.take()
        except Exception as error:  # noqa: BLE001 - the connector's errors have no common class
            raise_meaning(error, detailed=self._detailed)

    def _give_up(self, lent: Lent, *, clean: bool) -> None:
        """Roll back and give the connection back; throw it away where it may still have an answer under way."""
        if clean:
            self.connections.give_back(lent)
        else:
            self.connections.discard(lent)


def raise_meaning(error: BaseException, *, detailed: bool) -> NoReturn:
    """Raise what `error` means; without a trace of the server's message, which may quote personal data."""
    meaning = translate(error, detailed=detailed)
    if meaning is error:
        raise error
    raise meaning from None


def _texts(settings: Mapping[str, object]) -> dict[str, str]:
    """Settings are texts; none is the empty one."""
    return {name: "" if value is None else str(value) for name, value in settings.items()}


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
