"""An exported trail is verified by one command that needs no database, no bucket and no network."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra import export_trail, record_restore, verify
from shared.db import database as connected
from shared.google.seal_signers import fingerprint
from tests.app.sealed import Sealed, as_it_is_now
from tests.database import Server
from tests.storage import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.db.database import Database
    from tests.storage import Storage

    Beside = Callable[..., None]
# Whatever would reach for a service is refused to the process.
ALONE = """
import sys
class Refuse:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in {"pg8000", "google", "requests", "flask", "pydantic", "sqlalchemy", "http", "ssl"}:
            raise ImportError(name)
sys.meta_path.insert(0, Refuse())
import socket
def refuse(*_, **__): raise OSError("no network")
socket.socket = socket.create_connection = refuse
from infra.verify import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def sealed(database: Database, storage: Storage) -> Sealed:
    """An office with everything that a digest may hold: causes, accents, nothing at all."""
    made = Sealed(database)
    made.record("SOP-é-✓-1")
    made.seals()
    made.does("update records set title = 'Né à Liège “ok”' where organisation_id = :o", o=made.id, because="Übersetzt | ✓")
    made.seals()
    return made


@pytest.fixture
def file(sealed: Sealed, tmp_path: Path) -> Path:
    """The export."""
    path = tmp_path / "trail.jsonl"
    path.write_text("".join(f"{export_trail.text(line)}\n" for line in export_trail.lines(sealed.database, sealed.id)))
    return path


def run(*arguments: object) -> tuple[int, str]:
    """The command's exit code and what it says, alone in its process."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", ALONE, *map(str, arguments)]
    done = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def key_of(file: Path) -> str:
    """The fingerprint of the key in a file."""
    found = [json.loads(line) for line in file.read_text().splitlines()]
    return next(fingerprint(line["certificate"]["pem"]) for line in found if "certificate" in line)


@pytest.mark.clause("11.10(b)")
def test_a_whole_file_is_intact_in_one_sentence_and_says_how_far_it_is_sealed(file: Path) -> None:
    code, said = run(file, "--key", key_of(file), "--seals", 2)
    assert (code, said.count("\n")) == (0, 1)
    assert said.startswith("Intact: 5 entries in 4 links are what 2 seals hold, the newest being seal 2 of ")
    assert key_of(file) in said


def test_a_file_may_be_packed_or_an_array(file: Path, tmp_path: Path) -> None:
    packed, array = tmp_path / "trail.gz", tmp_path / "trail.json"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    array.write_text(json.dumps([json.loads(line) for line in file.read_text().splitlines()]))
    assert [run(packed)[0], run(array)[0]] == [0, 0]


def test_the_first_broken_entry_is_named(file: Path) -> None:
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    entry = [line["entry"] for line in lines if "entry" in line][2]
    entry["reason"] = "Nothing to see"
    file.write_text("\n".join(map(json.dumps, lines)))
    assert run(file) == (1, f"Entry {entry['id']} was altered: its digest doesn't fit it.\n")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"\x1f\x8b\x08damaged", b'{"trail": []}', b'{"a": 1}', b"[" * 100_000]
)
def test_what_is_no_export_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trail"
    path.write_bytes(content)
    code, said = run(path)
    assert (code, said.count("\n"), said[-2:]) == (1, 1, ".\n")


def test_a_file_that_says_a_thing_twice_is_damaged(file: Path) -> None:
    lines = file.read_text().splitlines()
    lines[1] = lines[1].replace('"reason":', '"reason":"Nothing to see","reason":', 1)
    file.write_text("\n".join(lines))
    assert run(file) == (1, "The file isn't JSON, or it is damaged.\n")


def test_a_file_that_isnt_there_is_said_not_to_be(tmp_path: Path) -> None:
    assert run(tmp_path / "nowhere") == (1, f"{tmp_path}/nowhere can't be read: No such file or directory.\n")


def test_another_key_than_the_one_named_is_refused(file: Path) -> None:
    code, said = run(file, "--key", "0" * 64)
    assert (code, "another key" in said) == (1, True)


def test_an_older_state_shows_by_its_number_of_seals(file: Path) -> None:
    code, said = run(file, "--seals", 3)
    assert (code, said) == (1, "The file's end was cut off: it holds 2 seals, and there are 3.\n")


def test_a_file_that_ends_too_early_is_not_whole(file: Path) -> None:
    file.write_text("\n".join(file.read_text().splitlines()[:-1]))
    assert run(file) == (1, "The file ends too early: its last line is missing.\n")


@pytest.mark.parametrize("sealed_since", [False, True])
def test_a_database_whose_tail_was_cut_gives_a_file_that_shows_it(sealed: Sealed, beside: Beside, *, sealed_since: bool) -> None:
    sealed.record("SOP-2")
    if sealed_since:
        sealed.seals()
    sealed.cuts(beside, links=1)
    lines = [json.loads(export_trail.text(line)) for line in export_trail.lines(sealed.database, sealed.id)]
    if not sealed_since:
        verify.verify(lines)  # what was cut within the minute before its seal is known to nobody
        return
    with pytest.raises(verify.Broken, match="cut off: seal 3"):
        verify.verify(lines)


def test_an_entry_written_beside_the_trail_is_in_the_file_and_found(sealed: Sealed, beside: Beside) -> None:
    beside(
        "insert into audit_entries (id, chain, xid, ordinal, at, table_name, row_key, operation, step, actor, reason, request_id, source,"
        " digest) values (999999, :c, 1, 1, now(), 'notes', 'x', 'insert', 's', 'a', 'r', '', 'api', '')",
        c=sealed.id,
    )
    beside("update audit_entries e set digest = audit_entry_digest(e) where id = 999999")
    lines = [json.loads(export_trail.text(line)) for line in export_trail.lines(sealed.database, sealed.id)]
    with pytest.raises(verify.Broken, match="Entry 999999 belongs to no link"):
        verify.verify(lines)


def test_a_recorded_restore_holds_and_is_told(sealed: Sealed, server: Server, database_name: str, tmp_path: Path) -> None:
    with as_it_is_now(sealed, server, database_name) as restored:
        sealed.record("SOP-9")
        sealed.seals()
        sealed.database = restored
        lines = [json.loads(export_trail.text(line)) for line in export_trail.lines(restored, sealed.id)]
        with pytest.raises(verify.Broken, match="cut off: seal 3"):
            verify.verify(lines)
        record_restore.record(restored, sealed.id, reason="The disk was lost", by="Ann Smith")
        sealed.record("SOP-10")
        sealed.seals()
        path = tmp_path / "trail"
        path.write_text("\n".join(export_trail.text(line) for line in export_trail.lines(restored, sealed.id)))
    code, said = run(path)
    assert (code, "Restored: seal 4 (" in said, "Ann Smith: The disk was lost" in said) == (0, True, True)


def test_the_command_writes_the_file(sealed: Sealed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(connected, "_current", sealed.database)
    assert export_trail.main(["--organisation", str(sealed.id)]) == 0
    lines: list[Any] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1] == {"end": {"entries": 5, "links": 4, "seals": 2}}
    assert verify.verify(lines).entries == 5


def test_pages_leave_nothing_out_of_the_file(sealed: Sealed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_trail, "PAGE", 2)
    for number in range(7):
        sealed.record(f"SOP-{number}")
    lines = [json.loads(export_trail.text(line)) for line in export_trail.lines(sealed.database, sealed.id)]
    assert verify.verify(lines).entries == 12
