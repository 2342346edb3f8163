-- The audit trail of one record. Who downloaded a file alters nothing in the record, so it is left to list_audit_trail.
select {{ columns }}, count(*) over () as total
from audit_entries e
where e.organisation_id = {{ organisation }} and e.table_name <> 'downloads' and e.id in ({{ story }})
order by e.id
limit :most
