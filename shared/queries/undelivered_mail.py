"""What became of mail, in the database: addresses that aren't mailed any more, and mail that didn't arrive."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from shared.domain.mail.delivery_events import Event

NOTE = """
with e as (
  select distinct on (e.event_id) e.* from jsonb_to_recordset(cast(:events as jsonb))
    e(event_id text, email text, reason text, mail_id uuid, at timestamptz, cause text, undelivered boolean) order by e.event_id
), kept as (
  insert into mail_suppressions (event_id, address_sha256, reason, at)
  select e.event_id, address_digest(e.email), e.reason, e.at
  from e where e.reason is not null on conflict (event_id) do nothing returning 1
), noted as (
  update mails m set status = 'bounced', cause = b.cause
  from (select distinct on (e.mail_id) e.mail_id, e.cause from e where e.undelivered order by e.mail_id, e.at) b
  where m.id = b.mail_id and m.status = 'sent' returning 1
)
select (select count(*) from kept) as suppressed, (select count(*) from noted) as undelivered
"""


def note(tx: Transaction, events: Sequence[Event]) -> dict[str, int]:
    """Keep what the events say, each once however often it is delivered."""
    row = tx.row(NOTE, events=json.dumps([asdict(event) for event in events]))
    return {"events": len(events), "suppressed": row.suppressed, "undelivered": row.undelivered}
