-- The last seal, remembered for the next minute's question whether anything moved.
insert into seals (organisation_id, number, at, heads, people_sha256, sha256, signature)
values (:organisation, :number, :at, :heads::jsonb, :people, :sha256, :signature)
on conflict (organisation_id) do update set
    number = excluded.number,
    at = excluded.at,
    heads = excluded.heads,
    people_sha256 = excluded.people_sha256,
    sha256 = excluded.sha256,
    signature = excluded.signature
