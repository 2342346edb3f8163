-- Records that a search found, with a piece of the text around what was asked for: their own, or that of the part in which it stands.
select
    x.id,
    {{ listed }} as row,
    case when a.part_id is null and a.through_id is null then excerpt({{ said }}, :q) end as excerpt,
    case
        when a.part_id is not null
        then
            coalesce(
                (
                    select
                        jsonb_build_object(
                            'place',
                            'file',
                            'file',
                            jsonb_build_object('id', f.id, 'name', f.filename),
                            'excerpt',
                            excerpt((select t.text from file_texts t where t.file_id = f.id), :q)
                        )
                    from files f
                    where f.id = a.part_id
                ),
                (
                    select jsonb_build_object('place', 'note', 'file', null, 'excerpt', excerpt(n.text, :q))
                    from notes n
                    where n.id = a.part_id
                ),
                (
                    select
                        jsonb_build_object(
                            'place', {{ ACTION }}, 'file', null, 'excerpt', excerpt(y.description || ' ' || coalesce(y.evidence, ''), :q)
                        )
                    from actions y
                    where y.id = a.part_id
                )
            )
    end as part,
    {{ through }} as through
from unnest(cast(:ids as uuid[]), cast(:parts as uuid[]), cast(:through as uuid[])) a(id, part_id, through_id)
join records x on x.id = a.id
