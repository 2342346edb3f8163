"""Reminders in the database: one statement a page of people finds what each is told today and puts their digest in the outbox."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared import reminders

if TYPE_CHECKING:
    from datetime import date

    from shared.io.database import Transaction
    from shared.organisations import Organisation

PAGE = 2000  # people a statement: far within its time limit, and the most organisations need one

# Written first, and with the mail in one transaction: whoever comes second finds the day taken, and waits until it is sure.
BEGIN = """
with told as (select max(d.day) as last from reminder_days d)
insert into reminder_days (organisation_id, day, since)
select cast(current_setting('app.organisation_id') as uuid), cast(:today as date), coalesce(t.last, cast(:today as date) - 1) from told t
where coalesce(t.last < :today, true) on conflict do nothing returning since
"""
# The same as Milestone.falls (tests/io/test_reminders.py compares them day by day); dividing what isn't negative rounds down.
FALLS = """:today::date - t.due_on - r.day >= 0 and (:today::date - t.due_on - r.day) / r.every
    > case when :since::date - t.due_on - r.day < 0 then -1 else (:since::date - t.due_on - r.day) / r.every end"""

TRAINING = """select 'training' as kind, a.id, a.due_on, x.number, x.title, a.person_id
  from assignments a join records x on x.organisation_id = a.organisation_id and x.id = a.record_id where a.closed_at is null"""
ACTION = """select 'action', a.id, a.due_on, a.number, left(a.description, 200), a.owner_id from actions a
  where a.closed_at is null and a.status = 'open'"""
REVIEW = """select 'review', a.id, a.due_on, a.number, a.title, a.owner_id from records a
  where a.kind = 'document' and a.closed_at is null and a.due_on is not null"""
INVITATION = """select 'invitation', a.id, cast(a.expires_at at time zone :zone::text as date), '', a.email, a.invited_by
  from invitations a where a.status = 'open'"""
EXTENSION = """select 'extension', a.id, a.due_on_before, coalesce(c.number, r.number), left(a.reason, 200), a.requested_by
  from extensions a left join actions c on c.organisation_id = a.organisation_id and c.id = a.action_id
  left join assignments n on n.organisation_id = a.organisation_id and n.id = a.assignment_id
  left join records r on r.organisation_id = a.organisation_id and r.id = coalesce(a.record_id, n.record_id) where a.status = 'requested'"""
# A request for approval with each member whose signature would count now (as in shared.approvals): no author, nobody who signed already.
APPROVAL = """select 'approval', q.id, cast(q.expires_at at time zone :zone::text as date), q.number, q.title, g.person_id
  from approval_requests q join page g on g.role = 'qa'
  cross join lateral (select count(*) as given, coalesce(array_agg(coalesce(s.on_behalf_of, s.person_id)), '{}') as places,
    coalesce(array_agg(s.person_id), '{}') as people from signatures s where s.change_id = q.change_id and s.round = q.round) s
  cross join lateral (select coalesce(array_agg(n.id), '{}') as people from unnest(q.approver_ids) n(id) where n.id <> all(s.places)) missing
  where q.status = 'open' and q.expires_at > now() and g.person_id <> all(s.people)
    and not exists (select from change_authors w where w.change_id = q.change_id and w.person_id = g.person_id)
    and not exists (select from change_items i join contributors w on w.organisation_id = i.organisation_id and w.record_id = i.record_id
      where i.change_id = q.change_id and w.person_id = g.person_id)
    and (cardinality(missing.people) < q.required - s.given or g.person_id = any(missing.people)
      or exists (select from jsonb_to_recordset(:delegates::jsonb) d(kind text, approver_id uuid, delegate_id uuid)
        join change_items i on i.change_id = q.change_id
        join records x on x.organisation_id = i.organisation_id and x.id = i.record_id and x.kind = d.kind
        where d.delegate_id = g.person_id and d.approver_id = any(missing.people)))"""


def _of_page(things: str, person: str) -> str:
    """Things that are with somebody of the page, up to the first milestone there is."""
    return f"{things} and {person} in (select g.person_id from page g)"


DIGESTS = f"""
with page as materialized (
  select m.person_id, m.role, m.admin, p.email, p.language, p.unsubscribed from members m join people p on p.id = m.person_id
  where m.person_id > :after::uuid and m.status = 'active' and (m.role_until is null or m.role_until >= :today::date) and p.email is not null
  order by m.person_id limit :page::int
), rules as materialized (
  select * from jsonb_to_recordset(:rules::jsonb) r(kind text, told text, day int, every int, optional text[])
), own as (
  {_of_page(TRAINING, "a.person_id")} and a.status = 'assigned' and a.due_on <= :horizon::date
  union all {_of_page(ACTION, "a.owner_id")} and a.due_on <= :horizon::date
  union all {_of_page(REVIEW, "a.owner_id")} and a.due_on <= :horizon::date
  union all {_of_page(INVITATION, "a.invited_by")}
  union all {APPROVAL}
  union all select e.kind, e.id, e.due_on_before, e.number, e.left, g.person_id from ({EXTENSION}) e(kind, id, due_on_before, number, "left", person_id)
    join page g on g.role = 'qa' and g.person_id <> e.person_id
), late as materialized (
  select t.*, r.told from (
    {TRAINING} and a.due_on > :late_after::date and a.due_on <= :late_until::date
    union all {ACTION} and a.due_on > :late_after::date and a.due_on <= :late_until::date
    union all {REVIEW} and a.due_on > :late_after::date and a.due_on <= :late_until::date
    union all {EXTENSION}
  ) t join rules r on r.kind = t.kind and r.told <> 'owner' and {FALLS}
), told as (
  select distinct on (u.person_id, u.id) u.* from (
    select t.kind, t.id, t.due_on, t.number, t.title, t.person_id, null::uuid as late_with, r.told, 0 as rank
    from own t join page g on g.person_id = t.person_id join rules r on r.kind = t.kind and r.told = 'owner' and {FALLS}
    where not r.optional && g.unsubscribed
    union all
    select t.kind, t.id, t.due_on, t.number, t.title, g.person_id, t.person_id, t.told, 1
    from page g join late t on t.person_id <> g.person_id and (t.told = 'qa' and g.role = 'qa' or t.told = 'admins' and g.admin)
  ) u order by u.person_id, u.id, u.rank, u.told
), placed as (
  select t.*, row_number() over (partition by t.person_id order by t.rank, t.due_on, t.id) as place, count(*) over (partition by t.person_id) as total
  from told t
), digests as (
  select t.person_id, max(t.total) as total, jsonb_agg(jsonb_build_object('kind', t.kind, 'told', t.told, 'id', t.id, 'number', t.number,
      'title', t.title, 'due_on', t.due_on, 'person', coalesce(m.printed_name, nullif(p.name, ''), p.email, '')) order by t.place) as things
  from placed t left join members m on m.person_id = t.late_with left join people p on p.id = t.late_with
  where t.place <= :lines::int group by t.person_id
), written as (
  insert into mails (id, organisation_id, to_email, language, template, facts)
  select uuidv7(), cast(current_setting('app.organisation_id') as uuid), g.email, g.language, 'reminder_digest',
    jsonb_build_object('organisation', :name::text, 'today', :today::date, 'count', d.total::text, 'things', d.things)
  from digests d join page g on g.person_id = d.person_id returning 1
)
select (select count(*) from written) as mails, (select count(*) from page) as people,
  (select g.person_id from page g order by g.person_id desc limit 1) as last
"""


class Reminders:
    """What reminding needs."""

    tx: Transaction
    organisation: Organisation

    def remind(self, today: date) -> int:
        """Owe each member their digest of this day, once; how many there are."""
        begun = self.tx.row(BEGIN, today=today)
        if begun is None:
            return 0
        mails: int = 0
        after = UUID(int=0)
        values = self._asked(begun.since, today)
        while True:
            page = self.tx.row(DIGESTS, after=after, page=PAGE, **values)
            mails += page.mails
            if page.people < PAGE:
                return mails
            after = page.last

    def _asked(self, since: date, today: date) -> dict[str, object]:
        span = reminders.Span(since, today)
        return {
            "today": today, "since": since, "horizon": span.horizon, "late_after": span.late_after, "late_until": span.late_until,
            "rules": json.dumps([asdict(rule) for rule in reminders.rules()]), "delegates": json.dumps(self._delegates(today)),
            "zone": self.organisation.time_zone, "name": self.organisation.name, "lines": reminders.LINES,
        }  # fmt: skip

    def _delegates(self, today: date) -> list[dict[str, Any]]:
        """Who may sign instead of whom today, by kind."""
        policy: Any = self.organisation.setting("approval_policy")  # checked by organisations.SETTINGS when it was stored
        rows = [(kind, row) for kind, rules in policy.items() for row in (rules or {}).get("delegates") or ()]
        return [{"kind": kind, **row} for kind, row in rows if row["starts_on"] <= today.isoformat() <= row["ends_on"]]
