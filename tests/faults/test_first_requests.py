"""The first requests of a process come at once: heavy libraries are imported by one thread at a time, so none sees another's half."""

from __future__ import annotations

import ast
import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.outside.imports import importing

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {
    "cachecontrol",
    "cryptography",
    "firebase_admin",
    "google",
    "jinja2",
    "pydantic",
    "pydantic_core",
    "pypdf",
    "python_http_client",
    "requests",
    "sendgrid",
}
PROGRAM = """
import sys, threading, time
sys.setswitchinterval(1e-5)
from shared.google import identity, scheduler_tokens as oidc
faults = []
def first(work, delay):
    time.sleep(delay)
    try:
        work()
    except (ImportError, AttributeError) as error:
        faults.append(repr(error))
    except Exception:
        pass
works = ((identity.client, 0), (lambda: oidc._fetch("http://127.0.0.1:9/certs"), float(sys.argv[1])))
threads = [threading.Thread(target=first, args=work) for work in works]
[thread.start() for thread in threads]
[thread.join(30) for thread in threads]
sys.exit(repr(faults) if faults else 0)
"""


@pytest.mark.parametrize("milliseconds", [20, 40, 60, 80, 100, 120, 140, 180])
def test_first_uses_at_once_all_find_whole_libraries(milliseconds: int) -> None:
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "QFACTS_PROJECT": "demo-qfacts", "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9"}
    command = [sys.executable, "-c", PROGRAM, str(milliseconds / 1000)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_every_heavy_library_is_imported_under_the_lock() -> None:
    found = [f"{path.name}:{line}" for path in sorted((ROOT / "shared").rglob("*.py")) for line in unguarded(ast.parse(path.read_text()))]
    assert not found, f"write `with importing():` around these imports: {', '.join(found)}"


def unguarded(tree: ast.AST, *, inside: bool = False) -> Iterator[int]:
    """The lines of heavy imports that run outside `with importing():`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        guarded = inside or (isinstance(node, ast.With) and any(ast.unparse(item.context_expr) == "importing()" for item in node.items))
        if isinstance(node, (ast.Import, ast.ImportFrom)) and not inside:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            if HEAVY & {name.split(".")[0] for name in names} and names != ["google.cloud.sql.connector"]:
                yield node.lineno
        yield from unguarded(node, inside=guarded)


def test_the_collector_rests_while_importing_and_is_back_whatever_happens() -> None:
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), importing():  # noqa: PT012 - what happens is in between
        assert not gc.isenabled()
        with importing():
            assert not gc.isenabled()
        assert not gc.isenabled()
        raise ZeroDivisionError
    assert gc.isenabled()


def test_what_an_import_made_is_set_aside_from_the_collector_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "never_imported_before.py").write_text("kept = [{} for _ in range(1000)]")
    monkeypatch.syspath_prepend(str(tmp_path))
    with importing():
        import json  # noqa: F401 - known already
    before = gc.get_freeze_count()
    with importing():
        pass
    assert gc.get_freeze_count() <= before
    with importing():
        import never_imported_before  # type: ignore[import-not-found]  # noqa: F401 - just written
    assert gc.get_freeze_count() >= before + 1000
