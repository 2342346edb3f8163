"""The journeys through the web application: by clicks and keys in Chromium, over the whole stack. They are written in web/tests/journeys.

Its pictures of every screen lie in `.local/web/journeys/pictures` afterwards.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local import chromium, installers
from infra.local.place import WEB
from tests.journeys.scene import Scene
from tests.stack import Stack

JOURNEYS = sorted((WEB / "tests" / "journeys").glob("*.test.ts"))
PATIENCE = 900  # seconds for all of them, on a busy machine
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def browser() -> Path:
    """Chromium; without it the tests are skipped, but never in CI, nor where set-up can install it."""
    found = chromium.found()
    if not found and not chromium.is_demanded():
        pytest.skip(chromium.MISSING)
    assert found, chromium.DEMANDED if os.environ.get("CI") else "The set-up for tests installs Chromium here, and it isn't there."
    return found


@pytest.fixture(scope="module")
def walked(browser: Path, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[str, str]]]:
    """Walks all journeys once; for each file the name of every test and what went wrong in it, or nothing."""
    node, _ = installers.packaged_node()
    directory = tmp_path_factory.mktemp("journeys")
    report, scene = directory / "report.json", directory / "scene.json"
    scene.write_text(json.dumps(Scene(stack.place).told()), encoding="utf-8")
    told = {
        "QFACTS_ORIGIN": stack.origin,
        "QFACTS_SCENE": str(scene),
        "QFACTS_CHROMIUM": str(browser),
        "PLAYWRIGHT_JSON_OUTPUT_FILE": str(report),
    }
    command = [str(node), "node_modules/@playwright/test/cli.js", "test", "--config", "tests/playwright.config.ts"]
    done = subprocess.run(command, cwd=WEB, env={**os.environ, **told}, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert report.exists(), done.stdout + done.stderr
    said = json.loads(report.read_text(encoding="utf-8"))
    assert not said["errors"], "\n".join(map(_plain, said["errors"]))
    return {suite["file"]: list(_outcomes(suite)) for suite in said["suites"]}


def _outcomes(suite: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for inner in suite.get("suites", []):
        yield from _outcomes(inner)
    for spec in suite.get("specs", []):
        results = [result for test in spec["tests"] for result in test["results"]]
        errors = [error for result in results for error in result["errors"]]
        passed = bool(results) and all(result["status"] == "passed" for result in results)
        yield spec["title"], "" if passed else "\n".join(map(_plain, errors)) or "not walked to its end"


def _plain(error: dict[str, Any]) -> str:
    return COLOURS.sub("", str(error.get("message", error)))


@pytest.mark.parametrize("file", JOURNEYS, ids=lambda file: file.name.removesuffix(".test.ts"))
def test_people_reach_what_they_came_for(file: Path, walked: dict[str, list[tuple[str, str]]]) -> None:
    """Every journey of this file ends where it should, and the browser complained about nothing."""
    journeys = walked.get(file.name, [])
    assert journeys, f"no journey of {file.name} was walked"
    failed = [f"{name}:\n{trouble}" for name, trouble in journeys if trouble]
    assert not failed, "\n\n".join(failed)
