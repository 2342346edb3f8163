"""The counters of quotas, in the database: they hold across processes, and nobody reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.kernel.errors import TooMany

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from shared.domain.people.limits import Quota


def spend(tx: Transaction, quota: Quota, subject: object) -> None:
    """Count one call for a person, organisation or address; raises TooMany where the period has no more."""
    row = tx.row(
        "select spend_quota(:name, :subject, :most::int, :seconds::int) as wait",
        name=quota.name,
        subject=str(subject).lower(),
        most=quota.most,
        seconds=quota.seconds,
    )
    if row.wait > 0:
        raise TooMany(quota.sentence, retry_after=row.wait)
