"""What every test may use, and how the tests are shared out to several workers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

# No test is timed: a busy machine draws examples slowly, and finds the same faults.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

pytest_plugins = ["tests.database", "tests.identity", "tests.product", "tests.stack", "tests.storage", "tests.usage", "tests.warehouse"]

# What starts a server: tests that need one are marked `served`, and `make quick` leaves them out.
SERVERS = {"server", "own_server", "identity_server", "storage_server", "warehouse_server", "stack"}
# The longest first, so that the short ones fill up the ends.
ORDER = ("journeys", "faults", "functions", "recipes", "app", "db", "infra", "google", "doors", "outside", "house")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server, and put the longest first."""
    for item in items:
        if SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.served)
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    area = item.path.relative_to(item.config.rootpath).parts[1]
    return ORDER.index(area) if area in ORDER else len(ORDER)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """A worker takes a module at a time, and all modules that use the whole stack, of which there is then only one."""
    from xdist.scheduler import LoadScopeScheduling

    class ByModule(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
        """Tests that stay together."""

        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return "stack" if _needs_stack(config.rootpath / path) else path

    return ByModule(config, log) if config.getoption("dist") == "loadscope" else None


@cache
def _needs_stack(path: Path) -> bool:
    return "from tests.stack import" in path.read_text(encoding="utf-8")
