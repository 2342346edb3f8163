"""A transaction: statements, and settings that name the actor and the organisation.

`shared.db.statements` describes how to write statements.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final, NoReturn

from shared.db.server_errors import StatementFailed, ends_connection, lost, translate
from shared.db.statements import parameters, row_type
from shared.domain.kernel.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from shared.domain.people.organisations import Organisation
    from shared.google.vault import Sink

PREPARED: Final = 256  # statements kept prepared on each connection

# The settings, `role` among them, last until the end of the transaction.
OPENING: Final = """
select :nonce::text as nonce, now() as now,
    (select count(set_config(s.key, s.value, true)) from jsonb_each_text(:settings::jsonb) s) as settings
"""

SETTING: Final = "select count(set_config(s.key, s.value, true)) from jsonb_each_text(:settings::jsonb) s"


class Transaction:
    """One transaction in progress; `enter` sets its organisation.

    `now` is the database's time at its beginning, in UTC; `statements` counts its round trips.
    """

    def __init__(self, connection: Any, prepared: dict[str, Any], *, detailed: bool) -> None:  # noqa: ANN401 - pg8000 has no types
        self._connection = connection
        self._prepared = prepared
        self._detailed = detailed
        self._failure: BaseException | None = None  # the last exception, untranslated
        self._organisation: Organisation | None = None
        self.statements = 0
        self.now: datetime

    def enter(self, organisation: Organisation) -> None:
        """Set the organisation of the transaction; its settings restrict rows to the same organisation."""
        self._organisation = organisation

    @property
    def organisation(self) -> Organisation:
        """The organisation that the transaction is for."""
        assert self._organisation is not None  # noqa: S101 - the door enters it before a step runs
        return self._organisation

    @property
    def today(self) -> date:
        """The organisation's calendar day."""
        return self.organisation.today(self.now)

    def rows(self, sql: str, **values: object) -> list[Any]:
        """Run one statement and return its rows.

        Raises Conflict, Contention or Unavailable if the server's error means that, else StatementFailed.
        """
        try:
            return self._run(sql, values)
        except BaseException as error:  # noqa: BLE001 - an interruption above all puts the connection out of step
            self._failure = error
            raise_meaning(error, detailed=self._detailed)

    def row(self, sql: str, **values: object) -> Any:  # noqa: ANN401 - its columns are the statement's
        """Run one statement and return its first row, or None."""
        found = self.rows(sql, **values)
        return found[0] if found else None

    def copy_out(self, sql: str, to: Sink) -> int:
        """Run `copy ... to stdout`, stream its rows to `to` and return their number; it takes no parameters."""
        return self._copy(sql, to)

    def copy_in(self, sql: str, chunks: Iterable[bytes]) -> int:
        """Run `copy ... from stdin` on `chunks` and return the number of rows."""
        return self._copy(sql, chunks)

    def set(self, **settings: object) -> None:
        """Set further settings of the transaction: `tx.set(**{"app.person_id": person.id})`."""
        self.rows(SETTING, settings=texts(settings))

    def begin(self, settings: dict[str, str], opening: str = "begin") -> bool:
        """Begin with these settings; return whether the connection gave back the nonce, which proves it in sync."""
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
        """Commit; raises a deferred trigger's refusal, or the failure of an earlier statement that the caller suppressed."""
        try:
            if self._failure is not None:
                raise self._failure
            self._connection.execute_simple("commit")
        except BaseException as error:  # noqa: BLE001 - an interruption above all puts the connection out of step
            self._failure = error
            raise_meaning(error, detailed=self._detailed)

    def leaves_clean(self, error: BaseException) -> bool:
        """Whether the connection is in sync after `error`: only after a refusal of ours or an error of the server."""
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
        """The statement prepared on this connection; beyond PREPARED statements, the oldest is closed."""
        known = self._prepared.get(statement)
        if known is None:
            if len(self._prepared) >= PREPARED:
                self._connection.close_prepared_statement(self._prepared.pop(next(iter(self._prepared)))[0])
            name, columns, readers = self._connection.prepare_statement(statement, ())
            make = row_type(tuple(column["name"] for column in columns or ()))
            known = self._prepared[statement] = (name, columns, readers, make)
        return known


def raise_meaning(error: BaseException, *, detailed: bool) -> NoReturn:
    """Raise the translation of `error`, unchained, because the server's message may quote personal data."""
    meaning = translate(error, detailed=detailed)
    if meaning is error:
        raise error
    raise meaning from None


def texts(settings: Mapping[str, object]) -> dict[str, str]:
    """The settings as text; None becomes the empty text."""
    return {name: "" if value is None else str(value) for name, value in settings.items()}
