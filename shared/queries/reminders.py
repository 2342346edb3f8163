"""Reminders in the database: one statement a page of people finds what each is told today and puts their digest in the outbox."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.db import words
from shared.domain.mail import reminders

if TYPE_CHECKING:
    from datetime import date

    from shared.db.transaction import Transaction

PAGE = 2000  # people a statement: far within its time limit, and the most organisations need one

# Written first, and with the mail in one transaction: whoever comes second finds the day taken, and waits until it is sure.
BEGIN = f"""
with told as (select max(d.day) as last from reminder_days d)
insert into reminder_days (organisation_id, day, since)
select cast(current_setting('app.organisation_id') as uuid), cast(:today as date), coalesce(t.last, cast(:today as date) - 1) from told t
where coalesce(t.last < :today, true) on conflict do nothing
returning since, (select count(*) from (select from members m where m.status = {words.ACTIVE} limit :page::int) m) as people
"""
# The same as Milestone.falls (tests/io/test_reminders.py compares them day by day); dividing what isn't negative rounds down.
FALLS = """:today::date - t.due_on - r.day >= 0 and (:today::date - t.due_on - r.day) / r.every
    > case when :since::date - t.due_on - r.day < 0 then -1 else (:since::date - t.due_on - r.day) / r.every end"""

# Each kind of thing: what it is, its day, whose it is, and the record that names it where it has no name of its own.
TRAINING = """select 'training' as kind, a.id, a.due_on, a.person_id, '' as number, '' as title, a.record_id
  from assignments a where a.closed_at is null"""
ACTION = f"""select 'action' as kind, a.id, a.due_on, a.owner_id as person_id, a.number, left(a.description, 200) as title, null::uuid as record_id
  from actions a where a.closed_at is null and a.status = {words.OPEN_ACTION}"""
REVIEW = f"""select 'review' as kind, a.id, a.due_on, a.owner_id as person_id, '' as number, '' as title, a.id as record_id from records a
  where a.kind = {words.DOCUMENT} and a.closed_at is null and a.due_on is not null"""
INVITATION = f"""select 'invitation' as kind, a.id, cast(a.expires_at at time zone :zone::text as date) as due_on, a.invited_by as person_id,
    '' as number, a.email as title, null::uuid as record_id
  from invitations a where a.status = {words.OPEN_INVITATION}"""
EXTENSION = f"""select 'extension' as kind, a.id, a.due_on_before as due_on, a.requested_by as person_id, coalesce(c.number, '') as number,
    left(a.reason, 200) as title, coalesce(a.record_id, n.record_id) as record_id
  from extensions a left join actions c on c.organisation_id = a.organisation_id and c.id = a.action_id
  left join assignments n on n.organisation_id = a.organisation_id and n.id = a.assignment_id where a.status in {words.REQUESTED}"""
# A request for approval with each member whose signature would count now (as in shared.domain.changes.approvals): no author, nobody who signed already.
APPROVAL = f"""select 'approval', q.id, cast(q.expires_at at time zone :zone::text as date), g.person_id, q.number, q.title, null,
    g.person_id, g.unsubscribed
  from approval_requests q join page g on g.role = 'qa'
  cross join lateral (select count(*) as given, coalesce(array_agg(coalesce(s.on_behalf_of, s.person_id)), '{{}}') as places,
    coalesce(array_agg(s.person_id), '{{}}') as people from signatures s where s.change_id = q.change_id and s.round = q.round) s
  cross join lateral (select coalesce(array_agg(n.id), '{{}}') as people from unnest(q.approver_ids) n(id) where n.id <> all(s.places)) missing
  where q.status = {words.OPEN_REQUEST} and q.expires_at > now() and g.person_id <> all(s.people)
    and not exists (select from change_authors w where w.change_id = q.change_id and w.person_id = g.person_id)
    and not exists (select from present_items i join contributors w on w.organisation_id = i.organisation_id and w.record_id = i.record_id
      where i.change_id = q.change_id and w.person_id = g.person_id)
    and (cardinality(missing.people) < q.required - s.given or g.person_id = any(missing.people)
      or exists (select from jsonb_to_recordset(:delegates::jsonb) d(kind text, approver_id uuid, delegate_id uuid)
        join present_items i on i.change_id = q.change_id
        join records x on x.organisation_id = i.organisation_id and x.id = i.record_id and x.kind = d.kind
        where d.delegate_id = g.person_id and d.approver_id = any(missing.people)))"""

# People owe trainings and actions by the thousand: `offset 0` has each person's looked up by their own index, whatever is thought likely.
DIGESTS = f"""
with page as materialized (
  select m.person_id, m.role, m.admin, p.email, p.language, p.unsubscribed from members m join people p on p.id = m.person_id
  where m.person_id > :after::uuid and m.status = {words.ACTIVE} and (m.role_until is null or m.role_until >= :today::date) and p.email is not null
  order by m.person_id limit :page::int
), rules as materialized (
  select * from jsonb_to_recordset(:rules::jsonb) r(kind text, told text, day int, every int, optional text[])
), own as materialized (
  select t.*, g.person_id as told_to, g.unsubscribed from page g cross join lateral (
    {TRAINING} and a.status = {words.ASSIGNED} and a.person_id = g.person_id and a.due_on <= :horizon::date offset 0) t
  union all select t.*, g.person_id, g.unsubscribed from page g
    cross join lateral ({ACTION} and a.owner_id = g.person_id and a.due_on <= :horizon::date offset 0) t
  union all select t.*, g.person_id, g.unsubscribed from ({REVIEW} and a.due_on <= :horizon::date) t join page g on g.person_id = t.person_id
  union all select t.*, g.person_id, g.unsubscribed from ({INVITATION}) t join page g on g.person_id = t.person_id
  union all select t.*, g.person_id, g.unsubscribed from ({EXTENSION}) t join page g on g.role = 'qa' and g.person_id <> t.person_id
  union all {APPROVAL}
), late as materialized (
  select t.*, r.told from (
    {TRAINING} and a.due_on > :late_after::date and a.due_on <= :late_until::date
    union all {ACTION} and a.due_on > :late_after::date and a.due_on <= :late_until::date
    union all {REVIEW} and a.due_on > :late_after::date and a.due_on <= :late_until::date
    union all {EXTENSION}
  ) t join rules r on r.kind = t.kind and r.told <> 'owner' and {FALLS}
), told as (
  select distinct on (u.told_to, u.id) u.* from (
    select t.kind, t.id, t.due_on, t.person_id, t.number, t.title, t.record_id, r.told, t.told_to, 0 as rank
    from own t join rules r on r.kind = t.kind and r.told = 'owner' and {FALLS} where not r.optional && t.unsubscribed
    union all
    select t.*, g.person_id, 1 from page g cross join lateral (values ('qa', g.role = 'qa'), ('admins', g.admin)) h(told, holds)
    join late t on t.told = h.told where h.holds and t.person_id <> g.person_id
  ) u order by u.told_to, u.id, u.rank, u.told
), placed as (
  select t.*, row_number() over (partition by t.told_to order by t.rank, t.due_on, t.id) as place, count(*) over (partition by t.told_to) as total
  from told t
), digests as (
  select t.told_to, max(t.total) as total, jsonb_agg(jsonb_build_object('kind', t.kind, 'told', t.told, 'id', t.id,
      'number', coalesce(nullif(t.number, ''), x.number, ''), 'title', coalesce(nullif(t.title, ''), x.title, ''), 'due_on', t.due_on,
      'person', case t.rank when 0 then '' else coalesce(m.printed_name, nullif(p.name, ''), p.email, '') end) order by t.place) as things
  from placed t left join members m on m.person_id = t.person_id left join people p on p.id = t.person_id left join records x on x.id = t.record_id
  where t.place <= :lines::int group by t.told_to
), written as (
  insert into mails (id, organisation_id, to_email, language, template, facts)
  select uuidv7(), cast(current_setting('app.organisation_id') as uuid), p.email, p.language, 'reminder_digest',
    jsonb_build_object('organisation', :name::text, 'today', :today::date, 'count', d.total::text, 'things', d.things)
  from digests d join people p on p.id = d.told_to returning 1
)
select (select count(*) from written) as mails, (select count(*) from page) as people,
  (select g.person_id from page g order by g.person_id desc limit 1) as last
"""


def queue_reminders(tx: Transaction, today: date) -> int:
    """Owe each member their digest of this day, once; how many there are."""
    begun = tx.row(BEGIN, today=today, page=PAGE)
    if begun is None:
        return 0
    if begun.people == PAGE:  # planned anew for what it is; the plan that most organisations share would be slow here
        tx.set(plan_cache_mode="force_custom_plan")
    mails: int = 0
    after = UUID(int=0)
    values = _asked(tx, begun.since, today)
    while True:
        page = tx.row(DIGESTS, after=after, page=PAGE, **values)
        mails += page.mails
        if page.people < PAGE:
            return mails
        after = page.last


def _asked(tx: Transaction, since: date, today: date) -> dict[str, object]:
    span = reminders.Span(since, today)
    return {
        "today": today, "since": since, "horizon": span.horizon, "late_after": span.late_after, "late_until": span.late_until,
        "rules": json.dumps([asdict(rule) for rule in reminders.rules()]), "delegates": json.dumps(_delegates(tx, today)),
        "zone": tx.organisation.time_zone, "name": tx.organisation.name, "lines": reminders.LINES,
    }  # fmt: skip


def _delegates(tx: Transaction, today: date) -> list[dict[str, Any]]:
    """Who may sign instead of whom today, by kind."""
    policy: Any = tx.organisation.setting("approval_policy")  # checked by settings.SETTINGS when it was stored
    rows = [(kind, row) for kind, rules in policy.items() for row in (rules or {}).get("delegates") or ()]
    return [{"kind": kind, **row} for kind, row in rows if row["starts_on"] <= today.isoformat() <= row["ends_on"]]
