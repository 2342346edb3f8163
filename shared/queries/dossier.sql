-- Everything that the steps of a record `r` look at; what its kind doesn't have isn't looked for.
-- To an event belong the plans that its investigations led to as well.
jsonb_build_object(
    'record',
    to_jsonb(r) - 'search',
    'versions',
    (
        select jsonb_agg(to_jsonb(v))
        from versions v
        where v.organisation_id = r.organisation_id and v.record_id = r.id and v.ended_at is null
    ),
    'contributors',
    case
        when r.kind in {{ WORKED_ON }}
        then (select jsonb_agg(x.person_id) from contributors x where x.organisation_id = r.organisation_id and x.record_id = r.id)
    end,
    'authors',
    case
        when r.kind in {{ AUTHORED }}
        then
            (
                select jsonb_agg(distinct a.person_id)
                from versions v
                join change_authors a on a.organisation_id = v.organisation_id and a.change_id = v.change_id
                where v.organisation_id = r.organisation_id and v.record_id = r.id and v.ended_at is null
            )
    end,
    'related',
    case
        when r.kind in {{ WORKED_ON }}
        then
            (
                select
                    jsonb_agg(
                        jsonb_build_object(
                            'type', l.type, 'outgoing', l.from_id = r.id, 'id', o.id, 'kind', o.kind, 'number', o.number, 'status', o.status
                        )
                        order by l.id
                    )
                from links l
                join records o on o.organisation_id = l.organisation_id and o.id = case when l.to_id = r.id then l.from_id else l.to_id end
                where
                    l.organisation_id = r.organisation_id
                    and (
                        l.from_id = r.id
                        or l.to_id = r.id
                        or (
                            r.kind = {{ EVENT }}
                            and l.type = 'corrected_by'
                            and l.from_id in (
                                select i.to_id
                                from links i
                                where i.organisation_id = r.organisation_id and i.from_id = r.id and i.type = 'investigated_in'
                            )
                        )
                    )
            )
    end,
    'actions',
    case
        when r.kind = {{ CAPA_PLAN }}
        then
            (
                select jsonb_agg(to_jsonb(a) order by a.number)
                from actions a
                where a.organisation_id = r.organisation_id and a.record_id = r.id
            )
    end,
    'in_approval',
    (
        select jsonb_build_object('number', c.number, 'approved', c.status = {{ APPROVED_CHANGE }})
        from change_items i
        join changes c on c.organisation_id = i.organisation_id and c.id = i.change_id
        where i.organisation_id = r.organisation_id and i.record_id = r.id and i.in_approval
    )
)
