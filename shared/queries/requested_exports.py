"""Exports that are asked for, in the database: whose turn it is, and how far they are."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from shared.answers.requested_exports import Asked
from shared.db import export_words as words
from shared.db.rows import read, read_all
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.sentences import Sentence
from shared.domain.reports import requested_exports
from shared.domain.reports.requested_exports import Export

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

STALE_MINUTES = 10  # after which a killed run's export is begun anew; a part of one takes far less
UNDER_WAY = (
    "select count(*) filter (where x.person_id = :person) as own, count(*) as every from exports x"
    f" where x.status in {words.UNFINISHED_EXPORT}"
)
NEXT = (
    "select to_jsonb(x) as export from exports x"
    " left join export_progress p on p.organisation_id = x.organisation_id and p.export_id = x.id"
    f" where x.status = {words.WAITING_EXPORT} or (x.status = {words.MAKING_EXPORT}"
    f" and coalesce(p.touched_at, x.updated_at) < clock_timestamp() - make_interval(mins => {STALE_MINUTES}))"
    " order by x.id limit 1 for update of x skip locked"
)
TOUCH = (
    "insert into export_progress (organisation_id, export_id, percent) values (:organisation, :id, :percent)"
    " on conflict (organisation_id, export_id) do update set percent = greatest(export_progress.percent, excluded.percent),"
    " touched_at = clock_timestamp() returning 1 as touched"
)


def count_under_way(tx: Transaction, person_id: UUID) -> tuple[int, int]:
    """How many exports of a person, and of the organisation, aren't finished."""
    row = tx.row(UNDER_WAY, person=person_id)
    return int(row.own), int(row.every)


def hold_exports(tx: Transaction) -> None:
    """Have the organisation's requests for exports wait for one another, so that they are counted one after the other."""
    tx.rows("select pg_advisory_xact_lock(hashtextextended('exports ' || current_setting('app.organisation_id'), 0))")


def load_asked(tx: Transaction, export_id: UUID, person_id: UUID) -> Asked:
    """An export that this person asked for; raises NotFound."""
    row = tx.row(
        "select to_jsonb(x) as export, coalesce((select p.percent from export_progress p where p.export_id = x.id), 0) as percent"
        " from exports x where x.id = :id and x.person_id = :person",
        id=export_id,
        person=person_id,
    )
    if row is None:
        raise NotFound(Sentence("no_such_export", "There is no such export of yours."))
    export = read(Export, row.export)
    return Asked(export, row.percent, requested_exports.is_ready(export, tx.now))


def next_export(tx: Transaction) -> Export | None:
    """The next export to make, locked; None where there is none."""
    row = tx.row(NEXT)
    return read(Export, row.export) if row else None


def expired_exports(tx: Transaction) -> tuple[Export, ...]:
    """The exports whose files are kept no longer."""
    rows = tx.rows(f"select to_jsonb(x) as export from exports x where x.status = {words.DONE_EXPORT} and x.expires_at < now() limit 100")
    return read_all(Export, (row.export for row in rows))


def touch(tx: Transaction, export: Export, percent: int) -> None:
    """Say how far an export is."""
    tx.rows(TOUCH, organisation=export.organisation_id, id=export.id, percent=percent)


def forget_progress(tx: Transaction, export: Export) -> None:
    """An export that is finished makes no progress."""
    tx.rows("delete from export_progress where export_id = :id returning 1 as gone", id=export.id)
