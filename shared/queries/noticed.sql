-- What active members are told by mail, among their notices.
insert into notices (organisation_id, person_id, template, facts)
select cast(current_setting('app.organisation_id') as uuid), m.person_id, r.template, r.facts
from jsonb_to_recordset(cast(:rows as jsonb)) r(person_id uuid, template text, facts jsonb)
join members m on m.person_id = r.person_id and m.status = {{ ACTIVE }}
returning 1 as written
