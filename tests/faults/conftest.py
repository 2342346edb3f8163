"""A product of its own for faults: its PostgreSQL is killed, its clock is moved, its connections are cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.migrate import migrate
from shared.db import database
from shared.outside import config
from tests.database import Server, running_server
from tests.identity import PROJECT, Emulator
from tests.product import ORIGIN, Product


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A PostgreSQL that a test may kill; it keeps what it committed, as in production."""
    with running_server() as server:
        connection = server.connect()
        connection.run("alter system set fsync = on")
        connection.run("create database faults")
        connection.close()
        migrate(server.socket, "faults")
        yield server


@pytest.fixture(scope="module")
def fragile(own_server: Server, identity_server: Emulator) -> Iterator[Product]:
    """The product on the server that may be killed, with its ordinary pool of two."""
    with pytest.MonkeyPatch.context() as patch:
        environment = {
            "QFACTS_PROJECT": PROJECT,
            "QFACTS_ORIGIN": ORIGIN,
            "QFACTS_DATABASE_SOCKET": own_server.socket,
            "QFACTS_DATABASE_NAME": "faults",
            "FIREBASE_AUTH_EMULATOR_HOST": identity_server.host,
            "QFACTS_POOL_SIZE": "2",
            "NO_PROXY": "127.0.0.1",
        }
        for variable, value in environment.items():
            patch.setenv(variable, value)
        patch.setattr(database, "_current", None)
        config.current.cache_clear()
        yield Product(identity_server, own_server, "faults")
        database.current().close()
    config.current.cache_clear()
