-- Trainings that are due: what each is, its day, whose it is, and the record that names it. More conditions follow.
select 'training' as kind, a.id, a.due_on, a.person_id, '' as number, '' as title, a.record_id from assignments a where a.closed_at is null
