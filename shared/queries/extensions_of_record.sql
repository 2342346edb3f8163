-- Where an extension `e` is of the record `r`, of its actions or of its assignments.
(
    e.record_id = r.id
    or e.action_id in (select a.id from actions a where {{ of_actions }})
    or e.assignment_id in (select q.id from assignments q where q.record_id = r.id)
)
