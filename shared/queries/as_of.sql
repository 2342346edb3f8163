-- The records of a kind as they stood at a moment: the version that was in force, with the status that the audit trail tells of it then.
(
    select
        r.organisation_id,
        r.id,
        r.kind,
        r.type,
        r.number,
        v.title,
        s.status,
        v.version,
        r.revision,
        v.owner_id,
        v.team_id,
        v.content,
        v.next_review_on as due_on,
        r.search,
        r.created_at,
        r.updated_at
    from records r
    join versions v on v.organisation_id = r.organisation_id and v.record_id = r.id
    cross join
        lateral(
            select
                coalesce(
                    (
                        select e.new ->> 'status'
                        from audit_entries e
                        where
                            e.chain = v.organisation_id
                            and e.table_name = 'versions'
                            and e.row_key = v.record_id::text || ':' || v.version::text
                            and e.at <= :moment
                        order by e.id desc
                        limit 1
                    ),
                    v.status
                ) as status
        ) s
    where
        coalesce(v.effective_at, v.created_at) <= :moment
        and (v.ended_at is null or v.ended_at > :moment)
        and (r.kind, s.status) in {{ READABLE }}
)
