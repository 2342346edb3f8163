"""What a change has an impact on, looked up in one statement together with the change itself."""

from __future__ import annotations

from typing import Final

from shared.db.sql import sql
from shared.queries.names import NAME

POINTER: Final = "jsonb_build_object('id', {0}.id, 'kind', {0}.kind, 'number', {0}.number, 'title', {0}.title, 'status', {0}.status)"
IMPACT: Final = f"({sql('impact', pointer=POINTER.format('o'), name=NAME)}) as impact"
