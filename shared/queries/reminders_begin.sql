-- The day of the reminders begins, and how many people there are. Written first, and with the mail in one transaction: whoever comes
-- second finds the day taken, and waits until it is sure.
with
    told as (
        select max(d.day) as last
        from reminder_days d
    )
insert into reminder_days (organisation_id, day, since)
select cast(current_setting('app.organisation_id') as uuid), cast(:today as date), coalesce(t.last, cast(:today as date) - 1)
from told t
where coalesce(t.last < :today, true)
on conflict do nothing
returning since, (select count(*) from (select from members m where m.status = {{ ACTIVE }} limit :page::int) m) as people
