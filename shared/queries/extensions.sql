-- Extensions of what is due, with who asked and who decided, the newest hundred: for whoever reads an action, an assignment or a record.
(
    select
        jsonb_agg(
            jsonb_build_object('extension', to_jsonb(e), 'requested_by', {{ requested_by }}, 'decided_by', {{ decided_by }}) order by e.id
        )
    from (select * from extensions e where {{ where }} order by e.id desc limit 100) e
)
