"""What a query finds."""

from __future__ import annotations

from typing import Any

from shared.db.database import Database
from tests.database import APPLICATION, acting


def found(database: Database, sql: str, /, who: dict[str, str] | None = None, **values: object) -> Any:
    with database.transaction(role=APPLICATION, settings=who or acting()) as tx:
        return tx.row(sql, **values)
