"""The work list while what waits grows a hundredfold: a page costs what it shows.

Run by itself: `python -m tests.bench waiting`.
"""

from __future__ import annotations

import base64
import json
from functools import partial

from tests.bench.ground import Firm, Ground, firm, side_by_side, token

Row = tuple[str, str, str, str, str]
SMALL, LARGE = 1000, 100_000  # reported events, trainings, actions and changes, each; fifty of whatever else waits
EACH = 50  # of each kind that one person owes
TIMES = 40
STEPS = """
create temp table staff as select uuidv7() as id, k from generate_series(1, :n::int / :each::int) k;
insert into people (id, email, name, language) select id, id || '@bench.example', 'Person ' || k, 'en' from staff;
insert into members (organisation_id, person_id, role, admin) select :o::uuid, id, 'action_owner', false from staff;
update staff set id = :owner::uuid where k = 1;
analyze staff;
create temp table thing as select uuidv7() as id, n, s.id as person_id,
    now() - make_interval(secs => (abs(hashtext(n::text)) % 8640000)) as since, current_date + abs(hashtext(n::text)) % 200 - 50 as due_on
    from generate_series(1, :n::int) n join staff s on s.k = n % (:n::int / :each::int) + 1;
analyze thing;
insert into records (organisation_id, id, kind, type, number, title, owner_id,
    status, version, latest_version, created_by, status_since, due_on)
    select :o::uuid, id, 'event', 'deviation', 'EVT-' || n, 'Event ' || n, person_id, 'reported', 1, 1, person_id, since, null
    from thing where n % 11 = :slice;
insert into records (organisation_id, id, kind, type, number, title, owner_id,
    status, version, latest_version, created_by, status_since, due_on)
    select :o::uuid, uuidv7(), 'event', 'deviation', 'EVT-2-' || n, 'Event ' || n, person_id, 'triaged', 1, 1, person_id, since,
    case when n % 3 = 0 then due_on end from thing where n <= :each::int;
insert into records (organisation_id, id, kind, number, title, owner_id,
    status, version, latest_version, created_by, status_since)
    select :o::uuid, uuidv7(), 'capa_plan', 'CAPA-' || n, 'Plan ' || n, person_id,
    (array['draft', 'implementing', 'effectiveness_check'])[n % 3 + 1],
    1, 1, person_id, since from thing where n <= :each::int;
insert into records (organisation_id, id, kind, number, title, owner_id,
    status, version, latest_version, created_by)
    select :o::uuid, id, 'training', 'TRN-' || n, 'Training ' || n, person_id, 'active', 1, 1, person_id
    from (select uuidv7() as id, n, person_id from thing where n <= :each::int) t;
insert into versions (organisation_id, record_id, version, status, title, content, content_sha256, owner_id)
    select :o::uuid, r.id, 1, 'active', r.title, '{}', repeat('0', 64), r.owner_id
    from records r where r.organisation_id = :o::uuid and r.kind = 'training';
analyze records;
insert into assignments (organisation_id, id, record_id, version, person_id, cause, due_on)
    select :o::uuid, uuidv7(), r.id, 1, t.person_id, 'bench', t.due_on
    from thing t join (select id, row_number() over () as n from records where organisation_id = :o::uuid and kind = 'training') r
    on r.n = t.n / (:n::int / :each::int) % :each::int + 1 where t.n % 11 = :slice;
insert into actions (organisation_id, id, record_id, key, number, kind, description, owner_id, due_on,
    original_due_on, status, completed_at)
    select :o::uuid, uuidv7(), id, 'a', 'EVT-' || n || '/a', 'corrective', 'Do it', person_id, due_on, due_on,
    case when n > :each::int then 'open' else 'done' end, case when n > :each::int then null else since end
    from thing where n % 11 = :slice;
insert into actions (organisation_id, id, record_id, key, number, kind, description, owner_id, due_on, original_due_on)
    select :o::uuid, uuidv7(), id, 'a', number || '/a', 'corrective', 'Do it', owner_id, current_date, current_date
    from records where organisation_id = :o::uuid and kind = 'capa_plan' and status = 'implementing' and right(number, 1) > '4';
insert into changes (organisation_id, id, number, title, reason, owner_id, status, status_since)
    select :o::uuid, uuidv7(), 'CHG-' || n, 'Change ' || n, 'Clearer', person_id, 'draft', since from thing where n % 11 = :slice;
drop table staff, thing;
vacuum analyze records, versions, assignments, actions, changes, members, people
"""


def fill(on: Ground, made: Firm, count: int) -> None:
    """Things that wait, put there beside the doors."""
    connection = on.server.connect(on.name)
    connection.run("set session_replication_role = replica")
    uid = "select person_id from members where organisation_id = :o::uuid and role = 'action_owner' limit 1"
    owner = connection.run(uid, o=made.id)[0][0]
    values = {"n": count, "each": EACH, "o": made.id, "owner": owner}
    for step in STEPS.split(";"):
        for slice_ in range(11) if ":slice" in step else (0,):  # none may take long
            connection.run(step, **{name: value for name, value in (values | {"slice": slice_}).items() if f":{name}" in step})
    connection.close()


def _uid(signed_in: str) -> str:
    """Whose a token is."""
    payload = signed_in.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])


def measure(on: Ground) -> list[Row]:
    """The rows of the table."""
    firms = []
    for count in (SMALL, LARGE):
        made = firm(on)
        fill(on, made, count)
        firms.append(made)
    rows = []
    for who, query in (
        ("qa", {"scope": "all"}),
        ("qa", {"scope": "all", "overdue": "true"}),
        ("qa", {}),
        ("action_owner", {}),
    ):
        # With fresh tokens: of old ones the provider is asked whether they stand.
        few, many = (partial(on.get, "get_worklist", token(_uid(one.tokens[who])), one.id, **query) for one in firms)
        small, large = side_by_side(few, many, TIMES)
        what = f"get_worklist of {who}, {', '.join(f'{name}={value}' for name, value in query.items()) or 'own'}: 100x"
        rows.append((what, f"{large:.2f} ms", f"{small:.2f} ms", f"{large / small:.2f}", "<= 1.5"))
    return rows
