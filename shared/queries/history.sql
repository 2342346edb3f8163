-- Versions, signatures and notes of one record, the newest first: for whoever asks how it came about.
select
    to_jsonb(r) - 'search' as record,
    {{ owner }} as owner,
    {{ team }} as team,
    {{ asked }} as asked,
    (select jsonb_agg(jsonb_build_object('row', v.row, 'found', v.found) order by v.version desc) from ({{ fitting }}) v) as versions,
    (
        select jsonb_agg({{ signatures }} order by s.signed_at)
        from
            (
                select s.*
                from signatures s
                where
                    (s.record_id = r.id and s.subject_kind <> 'assignment')
                    or s.change_id in (select i.change_id from change_items i where i.record_id = r.id)
                order by s.signed_at desc
                limit 500
            ) s
    ) as signatures,
    (
        select
            jsonb_agg(
                jsonb_build_object(
                    'id', n.id, 'text', n.text, 'author', {{ author }}, 'created_at', {{ noted_at }}, 'files', {{ note_files }}
                )
                order by n.id
            )
        from (select * from notes n where n.record_id = r.id order by n.id desc limit 500) n
    ) as notes
from records r
where r.id = :id
