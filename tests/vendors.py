"""Who reaches another service, and whether a transaction is open meanwhile."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from infra import register
from shared.db import database
from shared.outside import config

ROOT = Path(__file__).resolve().parent.parent
# What calls out, by module; shared.google.identity is asked by every door before its transaction, so only what does more counts.
VENDORS: Final = {
    "shared.google.files": "Cloud Storage",
    "shared.google.seal_bucket": "the bucket of seals",
    "shared.google.vault": "the bucket of backups",
    "shared.google.bigquery": "BigQuery",
    "shared.google.accounts": "the identity provider",
    "shared.google.identity": "the identity provider",
    "shared.outside.sendgrid": "SendGrid",
}
WAITING: Final = """
select count(*) from pg_stat_activity
where state like 'idle in transaction%' and application_name = 'qfacts' and pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class Asked:
    """A request to another service: its first line, and how many of our connections waited for it meanwhile."""

    line: str
    lent: int  # of this process's pool
    waiting: int  # transactions that do nothing, on any connection


_listening: list[Any] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "http.client.send" and _listening:
        _listening[-1](arguments[1])


sys.addaudithook(_hear)


@contextmanager
def asked_of_others() -> Iterator[list[Asked]]:
    """Every request that this process sends by HTTP inside, each with what waited for it; Google's and SendGrid's clients send no other."""
    settings = config.current()
    import pg8000.native

    watch = pg8000.native.Connection("postgres", database="postgres", unix_sock=f"{settings.database_socket}/.s.PGSQL.5432")
    found: list[Asked] = []

    def hear(data: object) -> None:
        if not isinstance(data, bytes) or b" HTTP/1." not in data[:4096]:
            return
        [[waiting]] = watch.run(WAITING)
        line = data.partition(b"\r\n")[0].decode("ascii", "replace")
        found.append(Asked(line, database.current().connections.lent, waiting))

    _listening.append(hear)
    try:
        yield found
    finally:
        _listening.remove(hear)
        watch.close()


@cache
def _imports(module: str) -> frozenset[str]:
    """The modules of the house that a module imports anywhere but for type checking, and what it takes from them."""
    path = ROOT / (module.replace(".", "/") + ".py")
    if not path.is_file():
        return frozenset()
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("shared"):
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
        waiting += ast.iter_child_nodes(node)
    return frozenset(found)


@cache
def vendors_of(function: str) -> frozenset[str]:
    """The services that a function itself may ask; what its door asks before isn't counted."""
    found = register.find(register.read(), function)
    assert found is not None
    known: set[str] = set()
    waiting = [".".join(found.source.relative_to(ROOT).with_suffix("").parts)]
    while waiting:
        module = waiting.pop()
        if module not in known and not module.startswith("shared.doors"):
            known.add(module)
            waiting += _imports(module)
    return frozenset(VENDORS[one] for one in known if one in VENDORS)
