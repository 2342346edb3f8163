"""What makes a process refuse to start."""

from __future__ import annotations

import subprocess
import sys

import pytest

from shared.outside import config
from shared.outside.config import LOCAL_ONLY, Misconfigured


@pytest.mark.parametrize("name", LOCAL_ONLY)
def test_a_local_only_variable_is_refused_in_the_cloud(name: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        config.parse({"K_SERVICE": "submit-change", name: "127.0.0.1:9099"})


@pytest.mark.parametrize("name", LOCAL_ONLY)
def test_the_same_variable_is_accepted_on_one_machine(name: str) -> None:
    field = name.removeprefix("QFACTS_").lower()
    found = config.parse({name: "127.0.0.1:9099"})
    assert getattr(found, field, None) == ("127.0.0.1:9099" if name.startswith("QFACTS_") else None)


def test_threaded_time_outs_are_refused() -> None:
    with pytest.raises(Misconfigured, match="THREADED_TIMEOUT_ENABLED"):
        config.parse({"THREADED_TIMEOUT_ENABLED": "true"})


def test_a_function_with_an_emulator_variable_does_not_start_in_the_cloud() -> None:
    program = "import functions_framework; functions_framework.create_app('get_me', 'functions/organisations/get_me.py', 'http')"
    environment = {"K_SERVICE": "get-me", "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099", "PYTHONPATH": ".", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "FIREBASE_AUTH_EMULATOR_HOST" in done.stderr
