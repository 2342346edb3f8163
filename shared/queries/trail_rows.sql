-- The first row of a slice that isn't as the trail tells of it. No sub-select but in `from`: one would keep the workers away.
select
    {{ place }} as place,
    0::bigint as entries,
    (
        array_agg(jsonb_build_object('table', '{{ table }}', 'row', j.row_key, 'entry', j.id, 'cause', j.cause) order by j.id) filter (
            where j.cause is not null
        )
    )[1] as broken,
    null::bigint as last_of_1,
    null::bigint as first_of_2
from
    (
        select
            l.id,
            row_key,
            case
                when r.image is null
                then case when l.operation <> 'delete' then 'row missing' end
                when l.id is null or l.operation = 'delete'
                then 'row unknown'
                when l.image = r.image
                then null
                when audit_images_differ(l.image, r.image)
                then 'row altered'
            end as cause
        from
            (
                select distinct on (e.chain, e.row_key) e.id, e.row_key, e.operation, e.new::text as image
                from audit_entries e
                where
                    e.chain {{ chains }}
                    and e.table_name = '{{ table }}'
                    and e.row_key > {{ after }}::text || '~'
                    and e.row_key <= {{ upto }}::text || '~'
                order by e.chain desc, e.row_key desc, e.id desc
            ) l
        full join
            (
                select ({{ keys }}) collate "C" as row_key, audit_image('{{ table }}', row_to_json(x))::text as image
                from {{ table }} x
                where {{ scope }} {{ chains }} and {{ lead }} > {{ after }}::uuid and {{ lead }} <= {{ upto }}::uuid
            ) r using (row_key)
    ) j
