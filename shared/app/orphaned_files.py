"""The clean-up of orphaned files: unfinished uploads, and objects that no row refers to. Finished but unused files are only counted.

Cloud Storage takes part in no transaction, so only objects older than a day are deleted, lest a running or retried step lose its file.
Before each deletion a legal hold and the rows are looked at again, under locks that whoever sets one or announces the same bytes takes too.
The bytes are then claimed: while the claim is fresh, nobody announces them. No transaction is open while Cloud Storage deletes them.
Deleting is idempotent; the claim of a killed run counts no more after ten minutes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from shared.google import files as storage
from shared.queries.organisations import is_held

if TYPE_CHECKING:
    from datetime import datetime

    from shared.app.run import Turn
    from shared.db.transaction import Transaction

DAY: Final = timedelta(days=1)  # an address to upload to is good for 15 minutes, a request for 2
UNUSED_DAYS: Final = 90
PAGE: Final = 1000  # objects looked up at once

# As the trigger `hold_blob` of the table of files.
HOLD: Final = "select pg_advisory_xact_lock(hashtextextended(:name, 0))"

CLAIM: Final = """
insert into blob_deletions (organisation_id, sha256, claimed_at) values (:organisation, :sha256, now())
on conflict (organisation_id, sha256) do nothing returning claimed_at
"""
LET_GO: Final = "delete from blob_deletions where sha256 = :sha256 and claimed_at = :at returning 1 as gone"

# Every table that refers to files.
UNUSED: Final = """
select count(*) as unused from files f where f.status = 'finished' and f.finished_at < now() - make_interval(days => :days)
    and not exists (select from version_files x where x.file_id = f.id) and not exists (select from note_files x where x.file_id = f.id)
    and not exists (select from record_files x where x.file_id = f.id) and not exists (select from action_files x where x.file_id = f.id)
    and not exists (select from change_item_files x where x.file_id = f.id)
"""


def collect(turn: Turn) -> dict[str, int]:
    """Delete the organisation's orphaned objects; return their number by kind and the number of unused files."""
    with turn.transaction() as tx:
        held, older = tx.organisation.setting("legal_hold"), tx.now - DAY
        tx.rows("delete from blob_deletions where claimed_at < now() - interval '10 minutes' returning 1 as gone")
        unused = int(tx.row(UNUSED, days=UNUSED_DAYS).unused)
    return {kind: 0 if held else _sweep(turn, kind, older) for kind in ("uploads", "blobs")} | {"unused": unused}


def _sweep(turn: Turn, kind: str, older: datetime) -> int:
    gone, page = 0, []
    for name in storage.objects(turn.organisation_id, kind, older):
        page.append(name)
        if len(page) == PAGE:
            gone, page = gone + _remove(turn, kind, page), []
    return gone + _remove(turn, kind, page)


def _remove(turn: Turn, kind: str, names: list[str]) -> int:
    """Delete those objects of a page that no row needs; return their number."""
    if not names:
        return 0
    with turn.transaction() as tx:
        needed = _needed(tx, kind, names)
    return sum(_discarded(turn, kind, name) for name in names if name not in needed)


def _discarded(turn: Turn, kind: str, name: str) -> int:
    """Delete one object, if it still may go; return how many went."""
    with turn.transaction() as tx:
        tx.rows(HOLD, name=f"{kind.removesuffix('s')} {turn.organisation_id} {name}")
        if is_held(tx) or _needed(tx, kind, [name]):
            return 0
        claim = tx.row(CLAIM, organisation=turn.organisation_id, sha256=name) if kind == "blobs" else None
    if kind == "uploads":  # nobody uploads to the same address again
        storage.discard_upload(turn.organisation_id, UUID(name))
        return 1
    if claim is None:  # another run deletes it at this moment
        return 0
    storage.discard_blob(turn.organisation_id, name)
    with turn.transaction() as tx:
        tx.rows(LET_GO, sha256=name, at=claim.claimed_at)
    return 1


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
