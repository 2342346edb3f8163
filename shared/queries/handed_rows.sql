-- Planned rows with those of whoever leaves given to the successor. A row that stands like that in the plan's approved version stays as
-- it was signed: its action is handed over itself.
(
    select
        jsonb_agg(
            case
                when p.planned ->> 'owner_id' <> cast(:leaving as text)
                then p.planned
                when
                    {{ approved }} @> jsonb_build_array(jsonb_build_object('key', p.planned -> 'key', 'owner_id', cast(:leaving as text)))
                then p.planned
                else p.planned || jsonb_build_object('owner_id', cast(:successor as text))
            end
            order by p.place
        )
    from jsonb_array_elements({{ rows }})
    with ordinality p(planned, place)
)
