-- A change with everything that deciding about it needs; which one follows.
select
    to_jsonb(c) - 'search' as change,
    (select jsonb_agg(to_jsonb(i) order by i.position) from change_items i where i.change_id = c.id) as items,
    (select jsonb_agg(a.person_id) from change_authors a where a.change_id = c.id) as authors,
    (
        select jsonb_agg({{ dossier }})
        from present_items i
        join records r on r.organisation_id = i.organisation_id and r.id = i.record_id
        where i.change_id = c.id
    ) as dossiers,
    (
        select jsonb_agg(to_jsonb(f) || jsonb_build_object('extent', {{ extent }}))
        from files f
        where
            f.id in (
                select x.file_id
                from change_item_files x
                where x.change_id = c.id
                union
                select y.file_id
                from version_files y
                join change_items i on i.organisation_id = y.organisation_id and i.record_id = y.record_id
                where i.change_id = c.id
                union
                select z.file_id
                from record_files z
                join change_items i on i.organisation_id = z.organisation_id and i.record_id = z.record_id
                where i.change_id = c.id
            )
    ) as files,
    (select to_jsonb(q) from approval_requests q where q.change_id = c.id order by q.round desc limit 1) as request,
    (select jsonb_agg(to_jsonb(s) order by s.signed_at) from signatures s where s.change_id = c.id and s.round = c.round) as signatures,
    (select count(*) from comments k where k.change_id = c.id and k.status in {{ OPEN_COMMENT }} and k.parent_id is null) as open_comments,
    (
        select jsonb_agg(a.number order by a.number)
        from actions a
        where a.organisation_id = c.organisation_id and a.change_id = c.id and a.closed_at is null
    ) as open_actions,
    (
        select jsonb_object_agg(i ->> 'record_id', i -> 'compared')
        from rounds o
        cross join lateral jsonb_array_elements(o.frozen -> 'items') i
        where o.change_id = c.id and o.round = c.round and i -> 'compared' is not null
    ) as compared,
    {{ qa }} as qa
from changes c
where
