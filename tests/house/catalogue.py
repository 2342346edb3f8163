"""Questions to PostgreSQL's catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.database import copy_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.database import Server

    Ask = Callable[..., list[list[Any]]]


@pytest.fixture(scope="module")
def ask(server: Server, template: str) -> Iterator[Ask]:
    with copy_of(server, template) as name:
        connection = server.connect(name)
        yield connection.run
        connection.close()


@pytest.fixture(scope="module")
def tables(ask: Ask) -> set[str]:
    return {row[0] for row in ask("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")}
