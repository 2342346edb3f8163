"""Whatever differs between a backup and what was restored from it is found and named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.app import backups, restores
from shared.domain.reports import backups as domain
from shared.google import files
from shared.outside import config
from tests.app.vault import bucket, kept, names, said
from tests.database import Office

__all__ = ["bucket"]


def manifest_in(bucket: Any) -> str:
    [found] = [name for name in names(bucket) if name.endswith("manifest.json")]
    return str(found)


def rewritten(bucket: Any, change: Callable[[domain.Manifest], domain.Manifest]) -> None:
    """The manifest replaced by another, as only somebody beside the product could."""
    blob = bucket.blob(manifest_in(bucket))
    changed = domain.write(change(domain.parse(blob.download_as_bytes())))
    blob.delete()
    bucket.blob(blob.name).upload_from_string(changed)


def test_a_row_that_refers_to_nothing_is_found(
    bucket: Any, office: Office, beside: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    beside("update records set owner_id = gen_random_uuid() where id = :id", id=office.record())
    backups.make()
    assert restores.check()["differences"] >= 1
    assert "A row refers to one that isn't there, or is there twice." in said(capsys)


def test_an_object_that_was_altered_is_named(bucket: Any, office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.record()
    backups.make()
    name = next(name for name in names(bucket) if name.endswith("/records.copy.gz"))
    content = bytearray(bucket.blob(name).download_as_bytes(raw_download=True))
    content[len(content) // 2] ^= 1
    bucket.blob(name).delete()
    bucket.blob(name).upload_from_string(bytes(content), "application/gzip")
    assert restores.check()["differences"] >= 1
    assert "records.copy.gz" in said(capsys)[0]
    bucket.blob(name).delete()
    assert restores.check()["differences"] >= 1


def test_rows_that_differ_are_named_by_their_table(bucket: Any, office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    office.record()
    backups.make()

    def alter(manifest: domain.Manifest) -> domain.Manifest:
        def other(table: domain.Table) -> domain.Table:
            if table.name == "records":
                return replace(table, content=replace(table.content, rows=table.content.rows + 1))
            return replace(table, content=replace(table.content, sha256="0" * 64)) if table.name == "people" else table

        return replace(
            manifest,
            tables=tuple(map(other, manifest.tables)),
            made_at=manifest.made_at - timedelta(days=3),
            catalogue={**manifest.catalogue, "policies": "0" * 64},
            schema="0001",
        )

    rewritten(bucket, alter)
    assert restores.check()["differences"] == 5
    told = " ".join(said(capsys))
    for words in ("newest backup is of", "schema restored into", "The policies differ", "rows of people", "records has 1 rows"):
        assert words in told
    assert "Cleaning" not in told, "a log quotes no record"


@pytest.mark.clause("11.10(a)")
def test_a_record_altered_beside_the_trail_is_found_in_the_restored_database(
    bucket: Any, office: Office, beside: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    made = office.record()
    beside("update records set title = 'Forged' where id = :id", id=str(made))
    backups.make()
    assert restores.check()["differences"] == 1
    assert f"trail of organisation {office.id} doesn't hold (row altered)" in said(capsys)[0]


def test_a_file_that_is_missing_or_altered_is_found(bucket: Any, office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    whole, missing, altered = (kept(office, f"%PDF-1.7 {word}".encode()) for word in ("whole", "missing", "altered"))
    files._bucket().blob(files._blob(office.id, missing)).delete()
    files._bucket().blob(files._blob(office.id, altered)).upload_from_string(b"%PDF-1.7 ALTERED")
    backups.make()
    assert restores.check()["differences"] == 2
    told = " ".join(said(capsys))
    assert (missing in told, altered in told, whole in told) == (True, True, False)


def test_a_table_that_backups_wouldnt_see_whole_stops_them(bucket: Any, office: Office, superuser: Any) -> None:
    office.record()
    superuser.run("drop policy backup on records")
    with pytest.raises(LookupError, match="records"):
        backups.make()
    assert names(bucket) == []


def test_a_policy_that_differs_from_the_migrations_is_found(
    bucket: Any, office: Office, superuser: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    superuser.run("drop policy organisation on notes; alter table teams no force row level security")
    backups.make()
    assert restores.check()["differences"] == 2
    assert {sentence.split()[1] for sentence in said(capsys)} == {"policies", "row-level"}


@pytest.mark.usefixtures("bucket")
def test_in_the_database_of_a_check_nobody_makes_temporary_tables() -> None:
    with restores._scratch(config.current()) as scratch, scratch.transaction(role=backups.ROLE) as tx:
        assert tx.row("select has_database_privilege('public', current_database(), 'temporary') as may").may is False
