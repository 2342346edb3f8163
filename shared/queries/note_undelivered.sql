-- What became of mail, each event once however often it is told: addresses that aren't mailed any more, and mail that didn't arrive.
with
    e as (
        select distinct on (e.event_id) e.*
        from
            jsonb_to_recordset(cast(:events as jsonb))
            e(event_id text, email text, reason text, mail_id uuid, at timestamptz, cause text, undelivered boolean)
        order by e.event_id
    ),
    kept as (
        insert into mail_suppressions(event_id, address_sha256, reason, at)
        select e.event_id, address_digest(e.email), e.reason, e.at
        from e
        where e.reason is not null on conflict(event_id) do nothing
        returning 1
    ),
    noted as (
        update mails m set status = 'bounced',
        cause = b.cause
        from (select distinct on (e.mail_id) e.mail_id, e.cause from e where e.undelivered order by e.mail_id, e.at) b
        where m.id = b.mail_id and m.status = 'sent'
        returning 1
    )
select (select count(*) from kept) as suppressed, (select count(*) from noted) as undelivered
