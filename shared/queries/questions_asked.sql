-- What the reader is yet to answer: the questions of the versions that they have open.
(
    select
        jsonb_agg(jsonb_build_object('record_id', a.record_id, 'questions', jsonb_path_query_array(w.content, '$.quiz.questions[*].text')))
    from assignments a
    join versions w on w.organisation_id = a.organisation_id and w.record_id = a.record_id and w.version = a.version
    where a.person_id = :reader and a.closed_at is null and w.content ? 'quiz'
)
