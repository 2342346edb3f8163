-- What the records of a scope ask people to learn: each in the version that is picked, with that of its material.
select
    r.organisation_id,
    r.id as record_id,
    r.kind,
    r.number,
    r.title,
    v.version,
    {{ since }} as since,
    v.content -> 'audience' as audience,
    cast(v.content ->> 'days_to_complete' as integer) as days,
    d.record_id as document_id,
    d.version as document_version,
    d.since as document_since,
    coalesce(d.status in {{ HELD_STATUS }}, false) as held,
    least(
        case when e.effective_on >= :today then e.effective_on end, case when d.effective_on >= :today then d.effective_on end
    ) as effective_on
from {{ scope }} r
join lateral(select v.* from versions v where v.organisation_id = r.organisation_id and v.record_id = r.id and {{ version }}) v on true
left join changes e on e.organisation_id = v.organisation_id and e.id = v.change_id
left join
    lateral(
        select w.record_id, w.version, w.status, {{ material_since }} as since, c.effective_on
        from versions w
        left join changes c on c.organisation_id = w.organisation_id and c.id = w.change_id
        where
            w.organisation_id = r.organisation_id
            and w.record_id = case when r.kind = {{ DOCUMENT }} then r.id else cast(v.content #>> '{material,document_id}' as uuid) end
            and {{ material_version }}
    ) d
    on true
where
    case
        r.kind when {{ DOCUMENT }} then v.content ? 'audience' else v.content #>> '{material,document_id}' is null or d.version is not null
    end
