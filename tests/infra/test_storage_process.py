"""The gate and the server behind it live and end together; what they keep outlives both."""

from __future__ import annotations

import json
import os
import signal
import stat
from pathlib import Path

import psutil
import pytest
from google.api_core.exceptions import Conflict
from google.cloud.storage import Client

from shared.google import signers
from shared.outside import config
from tests import storage as servers
from tests.storage import BUCKET, Storage


def test_the_bucket_is_there_and_the_key_is_its_owners_alone(storage: Storage) -> None:
    credentials, _ = signers.current(config.current())
    with pytest.raises(Conflict):
        Client(project="demo-qfacts", credentials=credentials).create_bucket(BUCKET)
    assert stat.S_IMODE(storage.key.stat().st_mode) == 0o600


def backends(storage: Storage) -> list[psutil.Process]:
    return [each for each in psutil.Process(storage.process.pid).children() if "fake-gcs" in each.name()]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_the_server_behind_never_outlives_the_gate_and_the_objects_outlive_both(tmp_path: Path, how: signal.Signals) -> None:
    first = servers.start(tmp_path)
    made = json.loads(first.key.read_text())
    (backend,) = backends(first)
    os.environ["STORAGE_EMULATOR_HOST"] = first.url
    credentials, _ = signers.current(config.Config(signer_key=str(first.key)))
    Client(project="demo-qfacts", credentials=credentials).bucket(BUCKET).blob("a/b").upload_from_string(b"kept")
    first.process.send_signal(how)
    first.process.wait(10)
    first.process.stdout and first.process.stdout.close()
    psutil.wait_procs([backend], timeout=5)
    assert not backend.is_running()
    second = servers.start(tmp_path)
    try:
        assert json.loads(second.key.read_text()) == made
        os.environ["STORAGE_EMULATOR_HOST"] = second.url
        assert Client(project="demo-qfacts", credentials=credentials).bucket(BUCKET).blob("a/b").download_as_bytes() == b"kept"
    finally:
        servers.stop(second)
        del os.environ["STORAGE_EMULATOR_HOST"]


def test_the_gate_ends_when_the_server_behind_it_does(tmp_path: Path) -> None:
    running = servers.start(tmp_path)
    backends(running)[0].kill()
    assert running.process.wait(10) == 1
    running.process.stdout and running.process.stdout.close()
