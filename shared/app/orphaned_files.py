"""The clean-up of orphaned files: unfinished uploads, and objects that no row refers to. Finished but unused files are only counted.

Cloud Storage takes part in no transaction, so only objects older than a day are deleted, lest a running or retried step lose its file.
Before each deletion a legal hold and the rows are looked at again, under locks that whoever sets one or announces the same bytes takes too.
Deleting is idempotent.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from shared.google import files as storage
from shared.queries.organisations import is_held

if TYPE_CHECKING:
    from datetime import datetime

    from shared.app.run import Run
    from shared.db.transaction import Transaction

DAY: Final = timedelta(days=1)  # an address to upload to is good for 15 minutes, a request for 2
UNUSED_DAYS: Final = 90
PAGE: Final = 1000  # objects looked up at once

# As the trigger `hold_blob` of the table of files.
HOLD: Final = "select pg_advisory_xact_lock(hashtextextended(:name, 0))"

# Every table that refers to files.
UNUSED: Final = """
select count(*) as unused from files f where f.status = 'finished' and f.finished_at < now() - make_interval(days => :days)
    and not exists (select from version_files x where x.file_id = f.id) and not exists (select from note_files x where x.file_id = f.id)
    and not exists (select from record_files x where x.file_id = f.id) and not exists (select from action_files x where x.file_id = f.id)
    and not exists (select from change_item_files x where x.file_id = f.id)
"""


def collect(run: Run) -> dict[str, int]:
    """Delete the organisation's orphaned objects; return their number by kind and the number of unused files."""
    counts = {"uploads": 0, "blobs": 0}
    if not run.organisation.setting("legal_hold"):
        older = run.now - DAY
        counts = {kind: _sweep(run, kind, older) for kind in counts}
    return counts | {"unused": int(run.tx.row(UNUSED, days=UNUSED_DAYS).unused)}


def _sweep(run: Run, kind: str, older: datetime) -> int:
    gone, page = 0, []
    for name in storage.objects(run.organisation.id, kind, older):
        page.append(name)
        if len(page) == PAGE:
            gone, page = gone + _remove(run, kind, page), []
    return gone + _remove(run, kind, page)


def _remove(run: Run, kind: str, names: list[str]) -> int:
    """Delete those objects of a page that no row needs; return their number."""
    needed = _needed(run.tx, kind, names) if names else set()
    return sum(_discarded(run, kind, name) for name in names if name not in needed)


def _discarded(run: Run, kind: str, name: str) -> int:
    """Delete one object, if it still may go, and let go of the locks; return how many went."""
    run.tx.rows("savepoint orphan")
    run.tx.rows(HOLD, name=f"{kind.removesuffix('s')} {run.organisation.id} {name}")
    gone = not is_held(run.tx) and not _needed(run.tx, kind, [name])
    if gone and kind == "uploads":
        storage.discard_upload(run.organisation.id, UUID(name))
    elif gone:
        storage.discard_blob(run.organisation.id, name)
    run.tx.rows("rollback to savepoint orphan")
    return int(gone)


def _needed(tx: Transaction, kind: str, names: list[str]) -> set[str]:
    """The names still needed: an upload while it may be finished, a blob while any row has its hash."""
    if kind == "uploads":
        sql = (
            "select f.id::text as name from files f where f.id = any(:names::uuid[]) and f.status = 'started'"
            " and f.created_at > now() - interval '1 day'"
        )
    else:
        sql = "select distinct f.sha256 as name from files f where f.sha256 = any(:names::text[])"
    return {row.name for row in tx.rows(sql, names=names)}
