-- Where an organisation's chains stand, and what is remembered of its last seal: for the job that seals.
-- Sixteen reads of one row and one for each member; nothing that grows with the trail.
select
    s.number,
    s.heads as sealed,
    s.people_sha256 as sealed_people,
    (
        select jsonb_agg(jsonb_build_object('lane', l.lane, 'sequence', l.sequence, 'digest', encode(l.digest, 'hex')) order by l.lane)
        from generate_series(0, 15) g(lane)
        cross join
            lateral(
                select k.lane, k.sequence, k.digest
                from audit_links k
                where k.chain = o.id and k.lane = g.lane
                order by k.sequence desc
                limit 1
            ) l
    ) as heads,
    (
        select
            encode(
                sha256(
                    convert_to(
                        coalesce(
                            string_agg(
                                m.person_id || ':' || l.sequence || ':' || encode(l.digest, 'hex'),
                                ','
                                order by m.person_id::text collate "C"
                            ),
                            ''
                        ),
                        'UTF8'
                    )
                ),
                'hex'
            )
        from members m
        cross join
            lateral(
                select k.sequence, k.digest from audit_links k where k.chain = m.person_id and k.lane = 0 order by k.sequence desc limit 1
            ) l
        where m.organisation_id = o.id
    ) as people_sha256
from {{ of }} o
left join seals s on s.organisation_id = o.id
