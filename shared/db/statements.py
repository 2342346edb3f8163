"""SQL statements with named parameters, and their rows.

SQL is PostgreSQL's own with named parameters, `:name`. A cast is written `:name::uuid` or `cast(:name as uuid)`; both work, as do
quoted colons. An array slice needs spaces (`a[1 : n]`). PostgreSQL infers a parameter's type from its first use; where it can't
(`:name is null` alone), write the cast. Each statement is prepared once a connection and costs one round trip after that.

Parameters: UUID, str, int, bool, float, Decimal, datetime, date, bytes, None, dict (as JSON) and list (as an array; a JSON list goes
in as `json.dumps(...)` with `::jsonb`). Results come as such objects too, JSON as dict and list.
"""

from __future__ import annotations

import re
from collections import namedtuple
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Quoted text, names, comments and casts are left alone; `:name` elsewhere is a parameter.
TOKENS: Final = re.compile(
    r"""'(?:[^']|'')*' | "[^"]*" | --[^\n]* | /\*.*?\*/ | \$(\w*)\$.*?\$\1\$ | :: | (?<![\w:]):([a-zA-Z_]\w*)""", re.VERBOSE | re.DOTALL
)


@lru_cache(maxsize=4096)
def parameters(sql: str) -> tuple[str, tuple[str, ...]]:
    """`sql` with PostgreSQL's own placeholders (`$1`), and the parameters' names in that order."""
    names: dict[str, int] = {}

    def place(found: re.Match[str]) -> str:
        name = found[2]
        return f"${names.setdefault(name, len(names) + 1)}" if name else found[0]

    return TOKENS.sub(place, sql), tuple(names)


@lru_cache(maxsize=4096)
def row_type(names: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    """The constructor of a statement's rows: named tuples with the columns as attributes (`row.number`), with `_asdict()`."""
    kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc] # noqa: PYI024 - the columns are known at run time only
    make: Callable[[Sequence[Any]], Any] = kind._make
    return make
