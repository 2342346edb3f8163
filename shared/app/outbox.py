"""The transactional outbox: mail is queued in the step's transaction and sent later, so that a step neither waits for mail nor loses it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from shared.app.account_mail import with_code
from shared.db import database
from shared.domain.kernel.errors import Invalid, Unavailable
from shared.domain.mail.mail import Mail
from shared.outside import config, telemetry
from shared.outside import sendgrid as letters

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

ROLE = "qfacts_job"
BATCH = 20
BATCHES = 50
ATTEMPTS = 8
LEASE_MINUTES = 5
SETTINGS = {"app.actor": "system:deliver_mail", "app.step": "deliver_mail", "app.source": "job"}
# The organisations with mail that is due are found one after the other in their index. Each has its oldest mail sent before any has its
# second, so that one organisation's ten thousand don't delay the others' few.
CLAIM = """
with recursive senders (id) as (
  (select <sender> from mails m where <due> order by 1 limit 1)
  union all
  select (select <sender> from mails m where <due> and <sender> > s.id order by 1 limit 1) from senders s where s.id is not null
), waiting as (
  select w.id, w.turn from senders s cross join lateral (
    select m.id, row_number() over (order by m.next_attempt_at, m.id) as turn
    from mails m where <due> and <sender> = s.id order by m.next_attempt_at, m.id limit 2 * :batch::int
  ) w
), claimed as (
  select m.id, w.turn from waiting w join mails m on m.id = w.id where <due>
  order by w.turn, m.next_attempt_at, m.id limit :batch::int for update of m skip locked
)
update mails u set attempts = u.attempts + 1, next_attempt_at = now() + make_interval(mins => :lease)
from claimed c where u.id = c.id
returning u.id, u.to_email, u.language, u.template, u.facts, u.attempts, c.turn,
  (select s.reason from mail_suppressions s where s.organisation_id is not distinct from u.organisation_id
    and s.address_sha256 = address_digest(u.to_email) and s.lifted_at is null order by s.at desc limit 1) as suppressed
""".replace("<due>", "m.status = 'queued' and m.next_attempt_at <= now()").replace(
    "<sender>", "coalesce(m.organisation_id, '00000000-0000-0000-0000-000000000000')"
)


def deliver() -> dict[str, int]:
    """Send the queued mail in batches; a crash between sending a mail and noting it repeats that mail at most."""
    counts = {"sent": 0, "later": 0, "given_up": 0}
    for _ in range(BATCHES):
        batch = _claim()
        for row in sorted(batch, key=lambda one: (one.turn, one.id)):
            counts[_send(row)] += 1
        if len(batch) < BATCH:
            break
    return counts


def _claim() -> Sequence[Any]:
    with database.current().transaction(role=ROLE, settings=SETTINGS) as tx:
        return tx.rows(CLAIM, lease=LEASE_MINUTES, batch=BATCH)


def _send(row: Any) -> str:  # noqa: ANN401 - a row of the statement above
    if row.suppressed is not None:
        return _note(row, "given_up", f"This address isn't mailed any more: {row.suppressed}.")
    try:
        mail = with_code(Mail(row.to_email, row.language, row.template, row.facts))
        if mail is None:
            return _note(row, "given_up", "Nobody signs in with this address.")
        subject, text, html = letters.render(mail, config.current().origin)
        letters.send(row.to_email, subject, text, html, str(row.id))
    except Unavailable:
        return _note(row, "later") if row.attempts < ATTEMPTS else _note(row, "given_up", f"It wasn't taken in {ATTEMPTS} attempts.")
    except (Invalid, ValueError, KeyError) as error:
        telemetry.log("ERROR", "a mail can't be sent", mail_id=str(row.id), template=row.template, where=telemetry.where(error))
        return _note(row, "given_up", "It can't be written or is refused for good.")
    return _note(row, "sent")


def _note(row: Any, result: str, cause: str | None = None) -> str:  # noqa: ANN401 - a row of the statement above
    """Note a mail's result; a sent or failed mail loses its facts, such as an invitation's token."""
    wait = min(3600, 15 * 2**row.attempts) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, guards nothing
    with database.current().transaction(role=ROLE, settings=SETTINGS) as tx:
        tx.rows(
            "update mails set status = case :result when 'sent' then 'sent' when 'given_up' then 'failed' else 'queued' end,"
            " sent_at = case when :result = 'sent' then now() end, facts = case when :result = 'later' then facts else '{}' end,"
            " next_attempt_at = now() + make_interval(secs => :wait), cause = :cause where id = :id returning 1 as noted",
            result=result,
            wait=wait,
            cause=cause,
            id=row.id,
        )
    return result
