"""What every test may use, and how the tests are shared out to several workers."""

from __future__ import annotations

import pytest

pytest_plugins = ["tests.database", "tests.identity", "tests.product", "tests.stack", "tests.storage", "tests.usage", "tests.warehouse"]

# What starts a server: tests that need one are marked `served`, and `make quick` leaves them out.
SERVERS = {"server", "own_server", "identity_server", "storage_server", "warehouse_server", "stack"}
# The longest first, so that the short ones fill up the ends.
ORDER = ("journeys", "faults", "functions", "recipes", "app", "db", "infra", "google", "doors", "outside", "house")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A worker takes a module at a time, and all modules that use the whole stack, of which there is then only one."""
    with_stack = {item.path for item in items if "stack" in getattr(item, "fixturenames", ())}
    for item in items:
        if SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.served)
        item.add_marker(pytest.mark.xdist_group("stack" if item.path in with_stack else item.nodeid.partition("::")[0]))
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    area = item.path.relative_to(item.config.rootpath).parts[1]
    return ORDER.index(area) if area in ORDER else len(ORDER)
