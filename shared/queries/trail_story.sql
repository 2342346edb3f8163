-- The numbers of the entries that tell the whole story of `:record_id`, be it a record, a change, an action or an assignment: by what the
-- entries are about, and by row where the trail files them under another record (a link that comes in) or under none.
select a.id
from (select cast(:record_id as uuid) as id) r
cross join
    lateral(
        select r.id as subject
        union
        select i.change_id
        from change_items i
        where i.record_id = r.id
        union
        select s.subject_id
        from signatures s
        where {{ signed }} or s.change_id = r.id
        union
        select n.id
        from notes n
        where n.record_id = r.id
        union
        select a.id
        from actions a
        where {{ of_actions }} or a.change_id = r.id
        union
        select q.id
        from assignments q
        where q.record_id = r.id
        union
        select f.file_id
        from {{ attached }} f
        union
        select x.file_id
        from change_item_files x
        where x.change_id = r.id
        union
        select x.file_id
        from action_files x
        where x.action_id = r.id
    ) s
join audit_entries a on a.organisation_id = {{ organisation }} and a.record_id = s.subject
union
select b.id
from (select cast(:record_id as uuid) as id) r
cross join
    lateral(
        select 'links' as table_name, l.id
        from links l
        where {{ linked }} or l.change_id = r.id
        union all
        select 'actions', a.id
        from actions a
        where {{ of_actions }} or a.change_id = r.id or a.id = r.id
        union all
        select 'extensions', e.id
        from extensions e
        where
            {{ extended }}
            or e.action_id = r.id
            or e.assignment_id = r.id
            or e.action_id in (select a.id from actions a where a.change_id = r.id)
        union all
        select 'assignments', q.id
        from assignments q
        where q.id = r.id
    ) k
join audit_entries b on b.chain = {{ organisation }} and b.table_name = k.table_name and b.row_key = k.id::text
