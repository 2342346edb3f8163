"""Which organisations have something due for a job: those without are passed over, and a thousand empty ones cost a job nothing.

Each condition is of organisation `o`. It may say yes too often, never too seldom: what is due is the job's own to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from shared.db import export_words, words
from shared.db.sql import sql
from shared.domain.people.people import time_zones

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db.transaction import Transaction

PAGE: Final = 500  # organisations a statement
DUE: Final = {
    # A day begins up to fourteen hours before it does in UTC. An organisation whose zone isn't known is due, so that its fault shows.
    "take_documents_into_effect": "not o.time_zone = any(:zones) or exists (select from versions v where v.organisation_id = o.id"
    f" and v.status in {words.WAITING} and v.effective_on <= current_date + 1) or exists (select from changes c"
    f" where c.organisation_id = o.id and c.status = {words.APPROVED_CHANGE} and c.effective_on <= current_date + 1)",
    "expire_approval_requests": "exists (select from approval_requests r where r.organisation_id = o.id and r.closed_at is null)",
    "assign_retraining": "exists (select from assignments a where a.organisation_id = o.id and a.valid_until <= current_date + 366)",
    # The same that the job compares; where heads were taken away, they differ too.
    "seal_audit_trail": f"exists (select from ({sql('seal_state', of='(select o.id)')}) k where case when k.number is null"
    " then k.heads is not null else (k.heads, k.people_sha256) is distinct from (k.sealed, k.sealed_people) end)",
    "make_exports": f"exists (select from exports x where x.organisation_id = o.id and (x.status in {export_words.UNFINISHED_EXPORT}"
    f" or (x.status = {export_words.DONE_EXPORT} and x.expires_at < now())))",
    # Two mornings of an organisation are further apart than half a day.
    "send_reminders": "not exists (select from reminder_days d where d.organisation_id = o.id and d.day >= current_date"
    " and d.created_at > now() - interval '12 hours')",
}


def organisations_due(tx: Transaction, job: str, after: UUID) -> list[Any]:
    """The next organisations in the order of their ids (`id`), and of each whether something is `due`."""
    condition = DUE.get(job, "true")
    given = {"zones": sorted(time_zones())} if ":zones" in condition else {}
    return tx.rows(
        f"select o.id, ({condition}) as due from organisations o where o.id > :after order by o.id limit {PAGE}", after=after, **given
    )
