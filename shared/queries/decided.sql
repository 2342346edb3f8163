-- Who took which step of a record `r`, and why, as the audit trail tells it: who reported and triaged an event, who decided about it.
(
    select
        jsonb_agg(
            jsonb_build_object('step', t.step, 'actor', t.actor, 'person', {{ actor }}, 'at', {{ at }}, 'reason', t.reason)
            order by t.at, t.step
        )
    from
        (
            select e.step, e.actor, e.at, min(nullif(e.reason, e.step)) as reason
            from audit_entries e
            where
                e.chain = r.organisation_id
                and e.table_name = 'records'
                and e.row_key = r.id::text
                and (e.operation = 'insert' or e.step in {{ DECIDING }})
            group by e.step, e.actor, e.at
            order by e.at desc
            limit 100
        ) t
)
