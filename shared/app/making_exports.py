"""The job that makes the exports which were asked for: a page at a time, each in a transaction of its own, then into the bucket.

Whatever ends a run in the middle leaves an export that the next one begins anew. No transaction waits for Cloud Storage.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any, Final

from shared.answers.pages import moment_of_key
from shared.answers.sheets import write_rows
from shared.app.export_requests import sheet_of
from shared.app.record_archives import archive, asker, reading, size_and_hash
from shared.db.rows import save
from shared.domain.kernel.errors import Refusal, Unavailable
from shared.domain.kernel.outcomes import saved
from shared.domain.reports import registers, requested_exports
from shared.domain.reports.requested_exports import Export, Made, Status
from shared.google import files as storage
from shared.outside import telemetry
from shared.queries.requested_exports import expired_exports, forget_progress, next_export, touch

if TYPE_CHECKING:
    from datetime import datetime

    from shared.app.run import Turn
    from shared.app.sheets import Sheet
    from shared.db.transaction import Transaction

MOST: Final = 5  # exports of one organisation in a run
WRITTEN: Final = 95  # percent once all rows are written; the rest is storing


def make_all(turn: Turn) -> dict[str, int]:
    """Make the organisation's exports, a few in a run, and delete the files of those that are kept no longer."""
    counts = {"made": 0, "refused": 0, "swept": 0}
    for _ in range(MOST):
        with turn.transaction() as tx:
            export = next_export(tx)
            if export is None:
                break
            if export.status == Status.WAITING:  # what a killed run left is being made already
                export = _saved(tx, requested_exports.begin(export, tx.now))
            touch(tx, export, 0)
        counts[_make(turn, export)] += 1
    with turn.transaction() as tx:
        over = expired_exports(tx)
    for one in over:
        storage.discard_export(one.organisation_id, one.id)
        with turn.transaction() as tx:
            _saved(tx, requested_exports.expire(one, tx.now))
        counts["swept"] += 1
    return counts


def _make(turn: Turn, export: Export) -> str:
    """Make one export; what refuses it is kept as its cause, but for a service out of reach, with which a later run tries again."""
    try:
        with tempfile.TemporaryFile() as file:
            made = archive(turn, export, file) if export.function == "export_records" else _sheet(turn, export, file)
            storage.keep_export(export.organisation_id, export.id, file, made.size, made.media_type)
    except Unavailable:
        raise
    except Refusal as refusal:
        return _failed(turn, export, refusal.sentence)
    except Exception as error:  # noqa: BLE001 - one that can't be made never stops the others, and isn't tried for ever
        telemetry.log("ERROR", "an export can't be made", export=str(export.id), where=telemetry.where(error))
        return _failed(turn, export, "Something went wrong on our side. Ask for it again, and tell us if it stays.")
    with turn.transaction() as tx:
        _saved(tx, requested_exports.finish(export, made, tx.now))
        forget_progress(tx, export)
    return "made"


def _failed(turn: Turn, export: Export, cause: str) -> str:
    with turn.transaction() as tx:
        _saved(tx, requested_exports.fail(export, cause, tx.now))
        forget_progress(tx, export)
    return "refused"


def _sheet(turn: Turn, export: Export, file: IO[bytes]) -> Made:
    with turn.transaction() as tx, reading(tx):
        by, name = asker(tx, export)
        sheet = sheet_of(tx, export, by, name)
    heading = sheet.heading
    rows = registers.limited(heading.form, _rows(turn, export, sheet), sheet.most, heading.title)
    count = write_rows(heading, rows, file)  # type: ignore[arg-type]  # a temporary file is one of bytes
    return Made(heading.filename, heading.media_type, *size_and_hash(file), count)


def _rows(turn: Turn, export: Export, sheet: Sheet) -> Iterator[Any]:
    """The rows of a sheet, each page read in a transaction of its own, by whoever asked as they are then."""
    cursor: str | None = None
    while True:
        with turn.transaction() as tx:
            with reading(tx):
                by, _ = asker(tx, export)
                page, cursor = sheet.page(tx, by, cursor)
            if cursor is not None:
                touch(tx, export, percent(cursor, begun=tx.organisation.created_at, now=tx.now))
        yield from page
        if cursor is None:
            return


def percent(cursor: str, *, begun: datetime, now: datetime) -> int:
    """How far back in the organisation's time a list has been read, by the time in the id that its cursor holds."""
    moment = moment_of_key(cursor)
    if moment is None:
        return 0
    since, whole = (now - moment).total_seconds(), (now - begun).total_seconds()
    return max(0, min(WRITTEN, round(WRITTEN * since / max(whole, 1))))


def _saved(tx: Transaction, export: Export) -> Export:
    save(tx, [export])
    return saved(export)
