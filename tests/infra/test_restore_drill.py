"""`make restore-drill` as a person runs it: it fills, backs up, restores, compares and says how long that took."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.clause("Annex 11 §16-17")
def test_the_drill_says_how_much_it_restored_in_how_many_seconds() -> None:
    command = [sys.executable, "-m", "infra.local.drill", "0.002"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^restored 0\.00\d GB in \d+ s$", done.stdout, re.MULTILINE), done.stdout
    assert "0 differences" in done.stdout


def test_a_size_that_is_no_number_is_refused_in_a_sentence() -> None:
    command = [sys.executable, "-m", "infra.local.drill", "much"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "no number of gigabytes" in done.stderr
