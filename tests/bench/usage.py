"""What the export of usage takes: its time a million facts, its memory, its statements, at one and at ten million facts."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.ground import Ground

ROOT = Path(__file__).resolve().parents[2]
ORGANISATIONS, PEOPLE, FUNCTIONS = 2_000, 100_000, 60
# Person n belongs to organisation n modulo their number, so that a person has one.
FILL = f"""
insert into usage_facts (organisation_id, day, function, role, outcome, refusal, person_id)
select lpad(to_hex(p % {ORGANISATIONS} + 1), 32, '0')::uuid, (now() at time zone 'UTC')::date - 1 - n % 3,
  'function_' || chr(97 + f / 26) || chr(97 + f % 26), (array['operator', 'action_owner', 'action_owner', 'qa'])[1 + p % 4],
  case when n % 11 = 0 then 'refused' else 'done' end,
  case when n % 11 = 0 then (array['wrong state', 'not allowed', 'invalid input'])[1 + f % 3] end,
  lpad(to_hex(p + 1), 32, 'f')::uuid
from (select n, (n::bigint * 7919 % {PEOPLE})::integer as p, (n::bigint * 104729 % 1000003 % {FUNCTIONS})::integer as f
  from generate_series(cast(:first as integer), cast(:last as integer)) n) g
"""
INDEX = (  # as the migration makes it; filling is quicker without
    "create index usage_facts_by_day on usage_facts (day, function) include (role, outcome, refusal, organisation_id, person_id)"
)
# In a process of its own: its peak is then the export's, and the server's is not counted.
RUN = """
import resource, time
from shared.app import usage_export as usage
from shared.db import database
statements = [0]
run = database.Transaction._run
def counted(self, sql, values):
    statements[0] += 1
    return run(self, sql, values)
database.Transaction._run = counted
began = time.perf_counter()
counts = usage.export()
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, statements[0], counts["rows"])
"""
ADOPTION = """
import datetime, time
from shared.app import usage_export as usage
from shared.db import database
with database.current().transaction(role=usage.ROLE, settings=usage.SETTINGS) as tx:
    began = time.perf_counter()
    cells = usage._month(tx, (tx.now.date() - datetime.timedelta(days=2)).replace(day=1))
    print(time.perf_counter() - began, tx.statements)
"""


def measure(on: Ground) -> list[tuple[str, str, str, str, str]]:
    """The rows of the table."""
    from tests.warehouse import start

    connection = on.server.connect(on.name)
    connection._usock.settimeout(None)  # filling takes minutes
    connection.run("set session_replication_role = replica")
    connection.run(
        f"insert into organisations (id, name) select lpad(to_hex(n), 32, '0')::uuid, 'Bench' from generate_series(1, {ORGANISATIONS}) n"
    )
    connection.run(
        "insert into members (organisation_id, person_id, role)"
        f" select lpad(to_hex(p % {ORGANISATIONS} + 1), 32, '0')::uuid, lpad(to_hex(p + 1), 32, 'f')::uuid, 'qa'"
        f" from generate_series(0, {PEOPLE - 1}) p"
    )
    rows, took, filled = [], {}, 0
    with tempfile.TemporaryDirectory() as home:
        warehouse = start(Path(home))
        try:
            for millions in (1, 10):
                connection.run("alter table usage_facts drop constraint usage_facts_pkey")
                connection.run("drop index usage_facts_by_day")
                connection.run(FILL, first=filled + 1, last=millions * 1_000_000)
                filled = millions * 1_000_000
                connection.run("alter table usage_facts add primary key (organisation_id, id)")
                connection.run(INDEX)
                connection.run("vacuum analyze usage_facts")
                connection.run("delete from usage_releases")
                seconds, peak, statements, published = child(RUN, warehouse.url)
                took[millions] = seconds / millions
                what = f"export {millions},000,000 facts: {seconds:.1f} s, {statements:.0f} statements, {published:.0f} rows published"
                rows.append((what, f"{took[millions]:.2f} s/M", f"{peak / 1024:.0f} MiB", "", "the same a million; the same peak"))
            seconds, peak, statements, _ = child(RUN, warehouse.url)
            rows.append((f"the same again: {statements:.0f} statements", f"{seconds:.1f} s", f"{peak / 1024:.0f} MiB", "", ""))
            seconds, statements = child(ADOPTION, warehouse.url)
            rows.append((f"a month's tables: {statements:.0f} statements", f"{seconds:.1f} s", "", "", ""))
        finally:
            warehouse.stop()
    rows.append(("ten million against one, a million", f"{took[10]:.2f} s", f"{took[1]:.2f} s", f"{took[10] / took[1]:.2f}", "<= 1.5"))
    connection.run("truncate usage_facts")
    connection.close()
    return rows


def child(program: str, warehouse: str) -> tuple[float, ...]:
    """The figures that a program prints, run in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "QFACTS_WAREHOUSE": warehouse, "NO_PROXY": "127.0.0.1"}
    finished = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return tuple(float(figure) for figure in finished.stdout.split())
