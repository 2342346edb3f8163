"""What a refusal must leave as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.functions.world import World
from tests.product import Answer, Product

DRAFT = {"title": "T", "type": "sop"}


def rows(product: Product) -> dict[str, tuple[int, int]]:
    """How many rows each table has and which transaction wrote last, the audit trail, the outbox and the kept answers included; refusals
    are counted, so usage isn't.
    """
    connection = product.superuser()
    try:
        every = "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"
        tables = [row[0] for row in connection.run(every)]
        counts = connection.run(" union all ".join(f"select '{table}', count(*), max(xmin::text::bigint) from {table}" for table in tables))
    finally:
        connection.close()
    return {table: (count, last) for table, count, last in counts if table != "usage_facts"}


@contextmanager
def nothing_written(product: Product) -> Iterator[None]:
    """Fails where anything in the database was added, altered or removed."""
    before = rows(product)
    yield
    assert rows(product) == before


def raw(product: Product, world: World, function: str, data: bytes, content_type: str = "application/json", **headers: str) -> Answer:
    """A step of QA's with exactly these bytes."""
    by = world.person("qa")
    sent = {"Authorization": f"Bearer {by.token}", "X-Organisation": by.organisation, "Content-Type": content_type}
    return product.send(function, "POST", headers=sent | {name.replace("_", "-"): value for name, value in headers.items()}, data=data)


def refused(answer: Answer, status: int, field: str | None = None, *words: str) -> None:
    """A problem document with a sentence, and the field that is meant."""
    answer.refused(status, *words)
    assert answer["detail"][0].isupper()
    assert answer["detail"].endswith((".", "”."))
    assert answer["request_id"] == answer.headers["X-Request-Id"]
    assert answer["status"] == status
    if field is not None:
        assert answer["field"] == field, answer.body
