-- The challenges of a signing ceremony, and the ceremony that the sign-in is used up for: at each signed step.
with
    spent as (
        insert into used_sign_ins(person_id, auth_time, ceremony_id)
        values (:person, :auth_time, :id) on conflict(person_id, auth_time) do update set ceremony_id = used_sign_ins.ceremony_id
        returning ceremony_id
    ),
    held as (select c.* from challenges c where c.ceremony_id = :id for update)
select
    (select jsonb_agg(to_jsonb(h) order by h.id) from held h) as challenges,
    ({{ failures }}) as failures,
    (select s.ceremony_id from spent s) as spent_on
