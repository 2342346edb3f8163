-- The versions of a record `r` before one, newest first.
select
    v.version,
    to_jsonb(v) || jsonb_build_object(
        'change', jsonb_build_object('id', c.id, 'number', c.number, 'title', c.title, 'reason', c.reason), {{ moments }}
    ) as row
from versions v
join changes c on c.organisation_id = v.organisation_id and c.id = v.change_id
where v.record_id = r.id and (cast(:before as integer) is null or v.version < :before)
order by v.version desc
limit :limit
