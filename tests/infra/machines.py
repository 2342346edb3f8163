"""A machine in a company's network, with its index, its proxy and the real tools."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from uv import find_uv_bin

from infra.local import installers, network, place, setup
from tests import registry
from tests.registry import Host


@dataclass
class Machine:
    """Somebody's machine: nothing in its environment but what a test puts there, and an empty home."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def reads(self, host: Host) -> Machine:
        """It takes every package from `host`."""
        self.environment |= {"PIP_INDEX_URL": f"{host.url}/simple", "npm_config_registry": f"{host.url}/npm/"}
        return self

    def install(self, tool: str) -> None:
        """Start one installer and wait for it; no other one steps in."""
        log, reached = self.home / f"{tool}.log", network.read(self.environment)
        if tool == "npm":
            task = installers.emulator(["npm"], Path(shutil.which("node", path=self.environment["PATH"]) or ""), log, reached)
        elif tool == "pip":
            task = installers.pip([self.home / "requirements.txt"], log, "Python packages", reached)
        else:
            task = installers.uv(self.home / "requirements.txt", log, "Python packages", reached)
        task.instead = None
        installers.finish([task], time.monotonic())

    def has(self, tool: str) -> bool:
        """Whether the package is there."""
        where = place.NODE_PACKAGES / "node_modules" if tool == "npm" else place.VENV
        return bool(list(where.rglob("tiny-package" if tool == "npm" else "tiny_package.py")))


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a machine's own programs, Node among them."""
    folder = tmp_path_factory.mktemp("tools")
    node, npm = installers.packaged_node()
    programs = {"node": str(node), "npm": npm[-1], **{name: shutil.which(name) or "" for name in ("sh", "env")}}
    for name, program in programs.items():
        (folder / name).symlink_to(Path(program).resolve())
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A virtual environment with the pip that Python brings, and uv."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, "VENV", tmp_path_factory.mktemp("environment") / "venv")
        setup.make_environment()
        packages = next(place.VENV.glob("lib/*/site-packages"))
        (place.VENV / "bin" / "uv").symlink_to(find_uv_bin())
        (packages / "uv").symlink_to(Path(sys.modules["uv"].__file__ or "").parent)
        yield packages


@pytest.fixture
def machine(tmp_path: Path, tools: Path, environment: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    for each in [*environment.glob("tiny_package*"), *environment.glob("small_part*")]:
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    monkeypatch.setattr(place, "NODE_PACKAGES", tmp_path / "node")
    monkeypatch.setattr(installers, "NODE", tmp_path / "lists")
    monkeypatch.setattr(network, "BUNDLES", ())
    registry.node_lists(tmp_path / "lists")
    (tmp_path / "requirements.txt").write_text(registry.requirements())
    own = {"HOME": str(tmp_path), "PATH": str(tools), "XDG_CONFIG_DIRS": str(tmp_path)}
    return Machine(tmp_path, own | {"PIP_CONFIG_FILE": os.devnull, "npm_config_globalconfig": os.devnull})


@pytest.fixture
def company() -> Iterator[Host]:
    with registry.registry() as host:
        yield host


@pytest.fixture
def proxy() -> Iterator[Host]:
    with registry.proxy() as host:
        yield host
