"""Searching 100,000 and 500,000 records, the dashboard over 1,000,000 assignments, against the same SQL bare; whether they stay flat."""

from __future__ import annotations

import os
from typing import Any

from tests.bench.ground import Firm, Ground, firm
from tests.bench.reads import compare

Row = tuple[str, str, str, str, str]
# What is searched for, and in how many of the records it stands. Both organisations answer with as many items, so that the rows compare
# tables and not pages: of 1,000 records 1 in 100 has no more than ten, and fifty of them need 5,000.
SEARCHES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("every kind, no words", {}),
    ("a word of every record", {"q": "afwijking"}),
    ("a word of 1 in 10", {"q": "steriliseren"}),
    ("a word of 1 in 100, ten at a time", {"q": "kalibraties", "limit": 10}),
    ("a word of 1 in 10, ten at a time", {"q": "steriliseren", "limit": 10}),
    ("a word of 20 records", {"q": "cleaned"}),
    ("a number's beginning (10 records)", {"q": "SOP-2025-00000"}),
    ("a word that isn't there", {"q": "nowhere"}),
    ("a word of every file", {"q": "keuringsverslag"}),
    ("a word of 1 in 100 files, ten at a time", {"q": "thermokoppels", "limit": 10}),
    ("a word of 20 files", {"q": "autoclaves"}),
    ("a word of a file, and what is linked", {"q": "pyrometers", "kind": "document"}),
)
RARER = (
    ("a word of 1 in 100", {"q": "kalibraties"}),
    ("a word of 1 in 100, ten at a time", {"q": "kalibraties", "limit": 10}),
)
RECORDS = """
insert into records (organisation_id, id, kind, type, number, title, owner_id, status, version, latest_version, created_by, content)
select cast(:o as uuid), uuidv7(), 'document', 'sop', 'SOP-2025-' || lpad(cast(n as text), 6, '0'), 'Afwijkingen van meting ' || n,
    m.person_id, 'effective', 1, 1, m.person_id, jsonb_build_object('summary', concat_ws(' ', 'Étalonnage des balances',
        case when n % 10 = 3 then 'sterilisatie gesteriliseerd steriliseren' end, case when n % 100 = 7 then 'kalibratie' end,
        case when n % (:n / 20) = 5 then 'cleaning' end))
from generate_series(1, cast(:n as integer)) n, (select person_id from members where organisation_id = cast(:o as uuid) limit 1) m
"""
# One file a record, and a link from its newest to the one before; one event has the word that leads to what is linked.
FILES = """
insert into files (organisation_id, id, filename, media_type, size, sha256, status, uploaded_by, finished_at)
select r.organisation_id, cast(md5('f' || r.id) as uuid), 'keuringsverslag ' || r.number || '.pdf', 'application/pdf', 1,
    repeat(md5(cast(r.id as text)), 2), 'finished', r.created_by, now()
from records r where r.organisation_id = cast(:o as uuid)
"""
TEXTS = """
insert into file_texts (organisation_id, file_id, text)
select r.organisation_id, cast(md5('f' || r.id) as uuid), concat_ws(' ', 'Gemeten waarden binnen de grenzen.',
    case when n % 100 = 9 then 'thermokoppel' end, case when n % (:n / 20) = 11 then 'autoclave' end, case when n = 13 then 'pyrometer' end)
from (select r.*, row_number() over (order by r.id) as n from records r where r.organisation_id = cast(:o as uuid)) r
"""
PARTS = """
insert into search_parts (organisation_id, record_id, part_id, words)
select r.organisation_id, r.id, f.id, t.words || text_words(f.organisation_id, f.filename)
from records r join files f on f.organisation_id = r.organisation_id and f.id = cast(md5('f' || r.id) as uuid)
    join file_texts t on t.organisation_id = f.organisation_id and t.file_id = f.id where r.organisation_id = cast(:o as uuid)
"""
LINKS = """
insert into links (organisation_id, id, from_id, type, to_id, created_by)
select r.organisation_id, uuidv7(), r.id, 'trains', lag(r.id) over (order by r.id), r.created_by
from records r where r.organisation_id = cast(:o as uuid) order by r.id offset 1
"""
# Beside the triggers; a tenth is overdue, three in five are done, and the Action Owner has thirty.
ASSIGNMENTS = """
insert into assignments (organisation_id, id, record_id, version, person_id, status, cause, due_on, completed_at, closed_at, created_at)
select cast(:o as uuid), uuidv7(), case when n <= 30 then r.ids[n] else cast(md5('r' || n) as uuid) end, n,
    case when n <= 30 then m.person_id else cast(md5('p' || n % 5000) as uuid) end,
    case when n > 30 and n % 5 < 3 then 'completed' else 'assigned' end, 'bench', current_date - 100 + n % 200,
    case when n > 30 and n % 5 < 3 then now() - interval '1 day' * (n % 300) end,
    case when n > 30 and n % 5 < 3 then now() - interval '1 day' * (n % 300) end, now() - interval '1 day' * (n % 300 + n % 41)
from generate_series(1, cast(:n as integer)) n,
    (select person_id from members where organisation_id = cast(:o as uuid) and role = 'action_owner') m,
    (select array(select id from records where organisation_id = cast(:o as uuid) limit 30) as ids) r
"""
TALLIES = """
insert into tallies (organisation_id, measure, kind, day, days, n)
select organisation_id, measure, kind, day, days, n from count_tallies() where organisation_id = cast(:o as uuid)
"""


def measure(on: Ground) -> list[Row]:
    """The rows of the table."""
    os.environ["QFACTS_BARE_DATABASE"] = on.name
    small, large, fuller, fullest = firm(on), firm(on), firm(on), firm(on)
    for one, records, assignments in ((small, 1000, 10_000), (large, 100_000, 1_000_000), (fuller, 5000, 0), (fullest, 500_000, 0)):
        fill(on, one, records, assignments)
    rows = []
    for what, query in SEARCHES:
        rows += grown(on, "search_records", f"search: {what}", "1,000", "100,000", small, large, **query)
    for what, query in RARER:
        rows += grown(on, "search_records", f"search: {what}", "5,000", "500,000", fuller, fullest, **query)
    return rows + grown(on, "get_dashboard", "dashboard over assignments", "10,000", "1,000,000", small, large)


def grown(on: Ground, function: str, what: str, few: str, many: str, small: Firm, large: Firm, **query: object) -> list[Row]:
    """A read in both organisations beside its own statements run bare, and how much slower it is in the larger."""
    rows = [
        compare(on, function, f"{what}, {count}", one.tokens["action_owner"], one.id, 80, 1.5, **query)
        for count, one in ((few, small), (many, large))
    ]
    ratio = float(rows[1][1].split()[0]) / float(rows[0][1].split()[0])
    return [*rows, ("  the same while the table grows 100x", rows[1][1], rows[0][1], f"{ratio:.2f}", "<= 1.5")]


def fill(on: Ground, made: Firm, records: int, assignments: int) -> None:
    """Records and assignments beside the doors, so that there are many soon."""
    connection = on.server.connect(on.name)
    connection._usock.settimeout(900)  # a million rows take their time
    connection.run("set session_replication_role = replica")
    connection.run(RECORDS, o=made.id, n=records)
    if assignments:
        connection.run(FILES, o=made.id)
        connection.run(TEXTS, o=made.id, n=records)
        connection.run(PARTS, o=made.id)
        connection.run(LINKS, o=made.id)
    connection.run(ASSIGNMENTS, o=made.id, n=assignments)
    connection.run(TALLIES, o=made.id)
    for table in ("records", "assignments", "tallies", "files", "file_texts", "search_parts", "links"):
        connection.run(f"vacuum analyze {table}")
    connection.close()
