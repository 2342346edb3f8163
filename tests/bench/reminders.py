"""Reminding 10,000 organisations of 1,000,000 assignments: constant memory, linear time, and how many statements.

Run by itself, at the sizes given: `python -m tests.bench.reminders 1000 10000`.
"""

from __future__ import annotations

import contextlib
import io
import resource
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.bench.ground import Ground, ground

SIZES = (1000, 10_000)  # organisations
PEOPLE, EACH = 10, 10  # in an organisation; assignments each
BATCH = 500  # organisations put there at a time
GIANT = 20_000  # people of one organisation, with ten assignments each
DAYS = 40  # over which the due days are spread: about a third of the people have a milestone today


STEPS = """
create temp table firm as select uuidv7() as id, n from generate_series(1, :organisations::int) n;
insert into organisations (id, name, time_zone, settings) select id, :mark || ' ' || n, :zone, '{"weekend": []}' from firm;
create temp table staff as select f.id as organisation_id, uuidv7() as id, k, f.n from firm f, generate_series(1, :people::int) k;
insert into people (id, email, name, language)
    select id, :mark || n || '-' || k || '@bench.example', 'Person ' || k, (array['nl', 'fr', 'en'])[k % 3 + 1] from staff;
insert into members (organisation_id, person_id, role, admin)
    select organisation_id, id, case when k = 2 then 'qa' else 'operator' end, k = 1 from staff;
create temp table course as select f.id as organisation_id, uuidv7() as id, c.k, s.id as owner
    from firm f join staff s on s.organisation_id = f.id and s.k = 1, generate_series(1, :each::int) c(k);
insert into records (organisation_id, id, kind, number, title, owner_id, status, created_by)
    select organisation_id, id, 'training', 'TRN-2026-' || k, 'Training ' || k, owner, 'active', owner from course;
insert into versions (organisation_id, record_id, version, status, title, content, content_sha256, owner_id)
    select organisation_id, id, 1, 'active', 'Training ' || k, '{}', repeat('0', 64), owner from course;
insert into assignments (organisation_id, id, record_id, version, person_id, cause, due_on)
    select s.organisation_id, uuidv7(), c.id, 1, s.id, 'bench',
        (now() at time zone :zone)::date + (hashtext(s.id::text || c.k) % :days::int)
    from staff s join course c on c.organisation_id = s.organisation_id;
drop table firm, staff, course
"""


def fill(connection: Any, organisations: int, people: int, mark: str) -> None:
    """Organisations with people and their open assignments, due on days around today; put there beside the doors, by no trigger."""
    connection.run("set session_replication_role = replica")
    hour = connection.run("select extract(hour from now() at time zone 'UTC')::int")[0][0]
    zone = "Etc/UTC" if 7 <= hour < 20 else "Asia/Tokyo"
    values = {"organisations": organisations, "mark": mark, "zone": zone, "people": people, "each": EACH, "days": DAYS}
    for step in STEPS.split(";"):
        wanted = {name: value for name, value in values.items() if f":{name}" in step}
        connection.run(step, **wanted)
    connection.run("set session_replication_role = origin")


@contextlib.contextmanager
def memory() -> Iterator[list[int]]:
    """The most memory that this process held meanwhile, in KiB, looked at every 20 ms."""
    peak, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(0.02):
            peak[0] = max(peak[0], int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024)

    thread = threading.Thread(target=look)
    thread.start()
    yield peak
    over.set()
    thread.join()


def remind(on: Ground) -> tuple[float, int, int, dict[str, int]]:
    """One run: seconds, peak KiB, statements, counts."""
    from shared.db import transaction
    from shared.doors import schedule

    entered = _function()
    statements = 0
    original = transaction.Transaction._run

    def run(self: Any, sql: str, values: Any) -> Any:
        nonlocal statements
        statements += 1
        return original(self, sql, values)

    with pytest.MonkeyPatch.context() as patch, memory() as peak:
        patch.setattr(transaction.Transaction, "_run", run)
        began = time.perf_counter()
        counts: Any = schedule._run(entered.scheduled, schedule.Slot("send_reminders", str(uuid4()), uuid4()), schedule._within)
        taken = time.perf_counter() - began
    return taken, peak[0], statements, counts


def _function() -> Any:
    from infra import openapi, register

    found = register.find(register.read(), "send_reminders")
    assert found is not None
    return openapi.load(found)


def measure(on: Ground, sizes: tuple[int, ...] = SIZES) -> list[tuple[str, str, str, str, str]]:
    """The rows of the table."""
    connection = on.server.connect(on.name)
    rows, first, there = [], (0.0, 0), 0
    remind(on)
    for size in (*sizes, 0):
        added, people = (size - there, PEOPLE) if size else (1, GIANT)
        for batch in range(0, added, BATCH):
            fill(connection, min(BATCH, added - batch), people, f"s{size}.{batch}")
        connection.run("vacuum analyze")
        there += added
        connection.run("delete from reminder_days")
        connection.run("delete from mails")
        if not size:  # of all organisations, only the giant one is left to remind
            connection.run(
                "insert into reminder_days (organisation_id, day, since) select id, (now() + interval '1 day')::date, now()::date"
                " from organisations where name not like 's0.0 %'"
            )
        taken, peak, statements, counts = remind(on)
        again = remind(on)
        assert counts["mails"] > 0
        assert again[3]["mails"] == 0
        assert "failed" not in counts, counts
        what = f"remind {there:,} organisations, {there * PEOPLE * EACH:,} assignments" if size else f"  one of {GIANT:,} people among them"
        each = f"{taken / there * 1000:.2f} ms each" if size else ""
        rows.append((what, f"{taken:.1f} s", each, "", f"{counts['mails']:,} mails, {statements:,} statements, peak {peak // 1024} MiB"))
        rows.append(("  again, nothing to do", f"{again[0]:.1f} s", "", "", f"0 mails, {again[2]:,} statements"))
        if size and first[0]:
            ratio = taken / first[0] / (there / sizes[0])
            rows.append(("  time beside that of the smallest, by organisation", f"{taken:.1f} s", "", f"{ratio:.2f}", "<= 1.2: linear"))
            rows.append(
                ("  memory beside it", f"{peak // 1024} MiB", f"{first[1] // 1024} MiB", f"{peak / first[1]:.2f}", "<= 1.1: constant")
            )
        first = first if first[0] else (taken, peak)
    connection.close()
    return rows


def main() -> None:
    """Measure at the sizes given."""
    sizes = tuple(int(word) for word in sys.argv[1:]) or SIZES
    with ground() as on:
        quiet = io.StringIO()
        with contextlib.redirect_stdout(quiet):
            rows = measure(on, sizes)
    for what, ours, bare, ratio, aim in rows:
        print(f"{what:<64}{ours:>12}{bare:>16}{ratio:>9}   {aim}")


if __name__ == "__main__":
    main()
