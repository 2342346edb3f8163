"""Backups are made, restored and compared for real: the embedded PostgreSQL, the real storage client (Annex 11 §7, §16)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra import restorer
from shared.app import backups, restores
from shared.domain.kernel import errors
from shared.domain.reports import backups as domain
from shared.google import vault
from tests.app.vault import bucket, kept, names, said
from tests.database import Office, Server

__all__ = ["bucket"]

ROOT = Path(__file__).resolve().parents[2]
COUNTERS = "insert into counters select :o::uuid, 'P' || repeat('x', 20) || i, i from generate_series(1, :n::int) i"


@pytest.mark.clause("11.10(c)")
@pytest.mark.clause("Annex 11 §5-7")
@pytest.mark.clause("Annex 11 §16-17")
def test_a_restored_backup_is_what_was_backed_up_row_by_row(bucket: Any, office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    made = [office.record(f"SOP-2026-{number:04}") for number in range(1, 30)]
    office.does(
        "update records set title = :t where id = :id", t="Tab\there, line\nthere, \\N and é 🜁", id=made[3], because="A better title"
    )
    kept(office, b"%PDF-1.7 the file")
    done = backups.make()
    assert done["rows"] > 60
    assert (done["blobs"], done["chain_heads"] > 0) == (1, True)
    verdict = restores.check()
    assert said(capsys) == []
    assert verdict["differences"] == 0
    assert (verdict["rows"], verdict["bytes"]) == (done["rows"], done["bytes"])
    assert (verdict["organisations"], verdict["blobs"], verdict["blob_bytes"]) == (1, 1, 17)
    assert verdict["entries"] == office.verifies()["entries"] > 30
    assert verdict["seconds"] >= 0


def test_a_day_has_one_backup_and_the_second_run_adds_nothing(bucket: Any, office: Office) -> None:
    office.record()
    assert "rows" in backups.make()
    before = names(bucket)
    office.record("SOP-2026-0002")
    assert backups.make() == {"made_before": 1}
    assert names(bucket) == before


def test_of_ten_backups_at_once_one_is_made(bucket: Any, office: Office) -> None:
    office.record()

    def attempt(_: int) -> str:
        try:
            return "made" if "rows" in backups.make() else "made before"
        except errors.Unavailable:
            return "busy"

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(attempt, range(10)))
    assert answers.count("made") == 1
    assert len({name.split("/")[2] for name in names(bucket)} - {"manifest.json"}) == 1, "nobody else wrote a row"
    assert restores.check()["differences"] == 0


def test_a_backup_killed_in_the_middle_is_made_whole_by_the_next_attempt(bucket: Any, office: Office, beside: Callable[..., None]) -> None:
    office.record()
    beside(COUNTERS, o=str(office.id), n=200_000)
    command = "from shared.app.backups import make; make()"
    process = subprocess.Popen([sys.executable, "-c", command], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    until = time.monotonic() + 30
    while not names(bucket) and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    left = names(bucket)
    assert left, "it was killed after it had begun"
    assert not any(name.endswith("manifest.json") for name in left)
    with pytest.raises(vault.Damaged, match="no backup"):
        restores.check()
    until = time.monotonic() + 10
    while True:  # the server notices only as it writes that its client is gone
        try:
            assert "rows" in backups.make()
            break
        except errors.Unavailable:
            assert time.monotonic() < until
            time.sleep(0.1)
    assert set(left) < set(names(bucket)), "nothing is replaced"
    assert restores.check()["differences"] == 0


def test_a_backup_is_one_moment_though_others_go_on_writing(bucket: Any, office: Office) -> None:
    with ThreadPoolExecutor(2) as pool:
        writing = [pool.submit(office.record, f"SOP-2026-{number:04}") for number in range(1, 40)]
        backups.make()
        for one in writing:
            one.result()
    assert restores.check()["differences"] == 0


def test_a_check_leaves_no_database_behind_and_clears_what_a_killed_one_left(bucket: Any, office: Office, server: Server) -> None:
    connection = server.connect()
    connection.run(f"set role {restorer.LOGIN}")
    connection.run("create database qfacts_check_left template qfacts_empty")
    backups.make()
    restores.check()
    assert connection.run("select datname from pg_database where datname like 'qfacts_check%'") == []
    connection.close()


def test_of_two_checks_at_once_the_second_is_told_to_come_again(bucket: Any, office: Office, server: Server) -> None:
    backups.make()
    connection = server.connect()
    connection.run("begin")
    connection.run("select pg_advisory_xact_lock(hashtextextended('qfacts check', 0))")
    with pytest.raises(errors.Unavailable, match="being checked already"):
        restores.check()
    connection.close()


LARGE = """
with made as (insert into files (organisation_id, id, filename, media_type, size, sha256, uploaded_by)
    select :o::uuid, gen_random_uuid(), 'a.pdf', 'application/pdf', 1, repeat('0', 64), :p::uuid from generate_series(1, 1500)
    returning organisation_id, id)
insert into file_texts (organisation_id, file_id, text) select m.organisation_id, m.id, repeat(md5(m.id::text), 4000) from made m
"""
MEASURED = """
import resource
from shared.app import backups, restores
from shared.google import vault
from shared.outside import config
used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
vault.Vault(config.current().backup_bucket).has("nothing")
before = used()
done, verdict = backups.make(), restores.check()
print("grown", used() - before, done["bytes"], verdict["differences"])
"""


def test_memory_stays_bounded_while_much_is_backed_up_and_restored(bucket: Any, office: Office, superuser: Any) -> None:
    superuser.run("set session_replication_role = replica")
    superuser.run(LARGE, o=str(office.id), p=str(office.person))
    superuser.run("update files set size = 1")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    told = subprocess.run([sys.executable, "-c", MEASURED], cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    grown, size, differences = map(int, told[told.index("grown") :].split()[1:4])
    assert (size > 190_000_000, differences) == (True, 1), "the rows came in beside the trail"
    assert grown < 100_000_000, grown


def test_only_backups_are_made_by_the_role_of_backups(restoring: str, server: Server, database_name: str) -> None:
    connection = server.connect(database_name, restoring)
    connection.run("set role qfacts_backup")
    for statement in ("delete from job_runs", "update records set title = 'x'", "insert into teams (id) values (gen_random_uuid())"):
        with pytest.raises(Exception, match="permission denied"):
            connection.run(statement)
    connection.close()


def test_a_manifest_is_read_as_it_was_written_and_no_other_format() -> None:
    table = domain.Table("records", ("id",), domain.Content(1, 2, "a" * 64), "o", "b" * 64)
    at = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    manifest = domain.Manifest(at.date(), at, "run", "0013", (table,), (), {"policies": "c"})
    assert domain.parse(domain.write(manifest)) == manifest
    with pytest.raises(ValueError, match="format 2"):
        domain.parse(domain.write(manifest).replace(b'"format": 1', b'"format": 2'))
