"""Foreign files are read by a process of their own, which the kernel confines and this one ends: whatever they do, they do it there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from shared.domain.files import dangers, files
from shared.domain.files.extents import TOO_LARGE, UNREAD, Unit, measured
from shared.outside import reader
from shared.outside.foreign import confinement
from tests import hostile

ROOT = Path(__file__).resolve().parents[2]
BOMBS = hostile.bombs()
SERVICE = 512 * 1024 * 1024  # bytes that a service has
# What the service has loaded when it proves an upload, and then two readers at once, again and again.
SERVING = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import firebase_admin, flask, pg8000, pydantic_core
from google.cloud import storage
from shared.google import files as proven
from shared.outside import reader

def read(path):
    with path.open("rb+") as file:
        return reader.examine(file, path.with_suffix(".type").read_text())

with ThreadPoolExecutor(proven.AT_ONCE) as pool:
    list(pool.map(read, sorted(Path(sys.argv[1]).glob("*.bytes"))))
"""


WHOLE: dict[str, object] = asdict(measured("text", Unit.CHARACTERS))


def read(content: bytes, media_type: str) -> reader.Findings:
    """What the reader finds in these bytes."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return reader.examine(file, media_type)


def running(monkeypatch: pytest.MonkeyPatch, program: str) -> reader.Findings:
    """What is found when this program is the reader."""
    head = "import sys; sys.path.insert(0, sys.argv.pop(1))\n"
    monkeypatch.setattr(reader, "_PROGRAM", head + program)
    return read(b"text", "text/plain")


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_stops_or_swells_its_reader_ends_with_what_is_known(name: str) -> None:
    content, media_type, end = BOMBS[name]
    before, started = psutil.Process().children(recursive=True), time.monotonic()
    found = read(content, media_type)
    assert time.monotonic() - started < reader.DEADLINE
    if end == "another type":
        assert found.seen_as != media_type
    else:
        assert found.danger == (end if end in dangers.DANGERS else "")
        assert (found.extent == TOO_LARGE) == (end == str(TOO_LARGE))
    assert psutil.Process().children(recursive=True) == before, "the reader has ended"


def test_a_reader_that_never_answers_is_ended_with_all_that_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "DEADLINE", 0.5)
    started = time.monotonic()
    found = running(monkeypatch, "import os, time\nos.fork()\ntime.sleep(60)")
    assert found == reader.Findings("", "unchecked", "", UNREAD)
    assert time.monotonic() - started < 5
    mine = [each for each in psutil.process_iter(["cmdline"]) if any("time.sleep(60)" in one for one in each.info["cmdline"] or ())]
    assert not mine, "the process that it started went with it"


def test_a_reader_that_dies_after_its_judgement_leaves_the_file_accepted_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = 'import json, os; print(json.dumps({"seen_as": "text/plain", "danger": "", "confined": ["limits", "calls"]}), flush=True)\n'
    assert running(monkeypatch, judged + "os.abort()") == reader.Findings("text/plain", "", "", TOO_LARGE)
    assert running(monkeypatch, "import os; os.abort()").danger == "unchecked"


@pytest.mark.parametrize(
    "answer",
    [
        "'x' * 10_000_000",
        "'[' * 1_000_000",
        "'{}'",
        """'{"seen_as": "text/plain", "danger": "none of ours"}'""",
        """'{"seen_as": "<script>", "danger": ""}'""",
        """'{"seen_as": ["text/plain"], "danger": ""}'""",
        """'{"seen_as": "text/plain", "danger": null}'""",
    ],
)
def test_an_answer_is_believed_only_as_far_as_it_could_be_true(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    assert running(monkeypatch, f"print({answer})") == reader.Findings("", "unchecked", "", UNREAD)


@pytest.mark.parametrize("text", ["'a' * 1_000_001", "'a\\0b'", "7", "None"])
def test_a_text_beyond_its_limits_is_no_text(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    program = 'import json; print(json.dumps({"seen_as": "text/plain", "danger": "", "confined": []}))\n'
    program += f'print(json.dumps({{"text": {text}, "extent": json.loads({json.dumps(WHOLE)!r})}}))'
    assert running(monkeypatch, program) == reader.Findings("text/plain", "", "", TOO_LARGE)


@pytest.mark.parametrize(
    "altered",
    [
        {"state": "all of it"},
        {"unit": "miles"},
        {"why": "x" * 1_001},
        {"why": "\0"},
        {"read": "7"},
        {"read": True},
        {"of": 1.5},
        {"more": 1},
    ],
    ids=str,
)
def test_an_extent_of_another_form_than_ours_is_no_extent(monkeypatch: pytest.MonkeyPatch, altered: dict[str, object]) -> None:
    program = 'import json; print(json.dumps({"seen_as": "text/plain", "danger": "", "confined": []}))\n'
    said = json.dumps(WHOLE | altered)
    program += f'print(json.dumps({{"text": "text", "extent": json.loads({said!r})}}))'
    assert running(monkeypatch, program) == reader.Findings("text/plain", "", "", TOO_LARGE)


def tried(monkeypatch: pytest.MonkeyPatch, statement: str) -> str:
    """What becomes of a statement in a confined reader."""
    program = f"""
import json, os, resource, signal, socket, subprocess, sys
from shared.outside.foreign import confinement
confined = confinement.confine()
print(json.dumps({{"seen_as": "", "danger": "", "confined": confined}}), flush=True)
try:
    told = repr({statement})
except BaseException as error:
    told = type(error).__name__
print(json.dumps({{"text": told, "extent": json.loads({json.dumps(WHOLE)!r})}}), flush=True)
"""
    return running(monkeypatch, program).text


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("socket.socket()", "PermissionError"),
        ("socket.socket(socket.AF_UNIX)", "PermissionError"),
        ("os.fork()", "PermissionError"),
        ("os.execv('/bin/true', ['true'])", "PermissionError"),
        ("subprocess.run(['/bin/true'])", "PermissionError"),
        ("os.kill(os.getppid(), 0)", "PermissionError"),
        ("bytearray(400_000_000)", "MemoryError"),
        ("open('/dev/shm/forbidden', 'wb', buffering=0).write(b'x')", "OSError"),
        ("os.ftruncate(0, 1_000_000)", "OSError"),
        ("[os.open('/dev/null', os.O_RDONLY) for _ in range(100)]", "OSError"),
        ("resource.getrlimit(resource.RLIMIT_CORE)", "(0, 0)"),
        ("sorted(os.environ)", "['LC_CTYPE']"),
        ("[name for name in os.listdir('/proc/self/fd') if int(name) > 3]", "[]"),
        ("os.getpgid(0) == os.getpid()", "True"),
    ],
)
def test_a_reader_has_no_network_no_programs_no_secrets_and_little_memory(
    monkeypatch: pytest.MonkeyPatch, statement: str, told: str
) -> None:
    monkeypatch.setenv("SENDGRID_API_KEY", "secret")
    assert tried(monkeypatch, statement) == told


def test_a_reader_that_computes_for_ever_is_ended_by_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "JUDGING", 1)
    program = "from shared.outside.foreign import confinement\nconfinement.JUDGING, confinement.READING = 1, 1\nconfinement.confine()\n"
    started = time.monotonic()
    assert running(monkeypatch, program + "while True: pass").danger == "unchecked"
    assert time.monotonic() - started < 10


def test_what_a_file_is_follows_from_its_bytes_and_the_time_of_the_processor_not_from_how_busy_the_machine_is() -> None:
    assert reader.DEADLINE > 2 * (confinement.JUDGING + confinement.READING)


def test_a_service_keeps_within_its_memory_whatever_is_uploaded(tmp_path: Path) -> None:
    for name, (content, media_type, _) in BOMBS.items():
        (tmp_path / f"{name}.bytes").write_bytes(content)
        (tmp_path / f"{name}.type").write_text(media_type)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", SERVING, str(tmp_path)], env=environment, stdout=subprocess.DEVNULL)
    peak, watched = 0, psutil.Process(process.pid)
    while process.poll() is None:
        try:
            peak = max(peak, sum(each.memory_info().rss for each in [watched, *watched.children(recursive=True)]))
        except psutil.NoSuchProcess:
            continue
        time.sleep(0.005)
    assert process.returncode == 0
    uploads = 2 * files.SIZE_LIMIT  # what is uploaded stands in memory too, where a service has no disk
    assert 0 < peak + uploads < SERVICE, f"{peak / 1024 / 1024:.0f} MiB and {uploads / 1024 / 1024:.0f} MiB of uploads"
