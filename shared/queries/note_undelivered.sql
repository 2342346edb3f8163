-- What became of mail, each event once however often it is told: addresses that the sending organisation mails no more, and mail that
-- didn't arrive. An event that doesn't say which mail it is about is about the last one to its address.
with
    e as (
        select distinct on (e.event_id) e.*
        from
            jsonb_to_recordset(cast(:events as jsonb))
            e(event_id text, email text, reason text, mail_id uuid, at timestamptz, cause text, undelivered boolean)
        order by e.event_id
    ),
    kept as (
        insert into mail_suppressions(event_id, organisation_id, address_sha256, reason, at)
        select e.event_id, m.organisation_id, address_digest(e.email), e.reason, e.at
        from e
        left join
            lateral(
                select w.organisation_id
                from mails w
                where w.id = e.mail_id or (e.mail_id is null and lower(w.to_email) = lower(e.email))
                order by w.id desc
                limit 1
            ) m
            on true
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
