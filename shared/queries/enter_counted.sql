-- The same as `enter` with a usage fact, which comes to stay or goes with the transaction.
with
    entered as materialized({{ enter }}),
    counted as (
        insert into usage_facts(organisation_id, function, role, outcome, refusal, person_id)
        select
            cast(e.organisation ->> 'id' as uuid),
            :function,
            coalesce(e.member ->> 'role', case when cast(e.member ->> 'admin' as boolean) then 'admin' else 'none' end),
            :outcome,
            cast(:refusal as text),
            cast(e.person ->> 'id' as uuid)
        from entered e
    )
select *
from entered
