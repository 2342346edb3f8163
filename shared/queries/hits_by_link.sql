-- What is linked to records and changes, the newest hundred links of each: for a search that found those.
select distinct on (n.id) n.id, n.kind, n.through_id, n.link
from unnest(cast(:seeds as uuid[])) s(id)
cross join
    lateral(
        select y.id, y.kind, s.id as through_id, y.link
        from
            (
                (
                    select
                        coalesce(l.to_id, l.change_id) as id,
                        case when l.to_id is null then {{ CHANGE }} else 'record' end as kind,
                        l.type as link
                    from links l
                    where l.from_id = s.id
                    order by l.id desc
                    limit 100
                )
                union all
                (select l.from_id, 'record', l.type from links l where l.to_id = s.id order by l.id desc limit 100)
                union all
                (select l.from_id, 'record', l.type from links l where l.change_id = s.id order by l.id desc limit 100)
                union all
                (
                    select i.change_id, {{ CHANGE }}, 'changes'
                    from present_items i
                    where i.record_id = s.id
                    order by i.change_id desc
                    limit 100
                )
                union all
                (select i.record_id, 'record', 'changes' from present_items i where i.change_id = s.id limit 100)
            ) y
    ) n
left join records r on r.id = n.id and n.kind = 'record'
left join changes c on c.id = n.id and n.kind = {{ CHANGE }}
where
    n.id <> all(cast(:seeds as uuid[]))
    and (cast(:before as uuid) is null or n.id < cast(:before as uuid))
    and case when n.kind = 'record' then :records and ({{ narrowed }}) else {{ narrowed_changes }} end
order by n.id desc, n.through_id desc
limit :most
