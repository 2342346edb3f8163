"""An export as one sheet of comma-separated values (RFC 4180), for whoever counts and filters in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from shared.domain.kernel import canonical

HEADINGS = ("part", "row", "field", "value")
# A cell that begins with one of these is a formula to a spreadsheet; with an apostrophe before it, it is text (OWASP, "CSV injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(export: Mapping[str, object]) -> bytes:
    """Every value of an export on a line of its own, as UTF-8: its part, its row there (from 1), its field, its text."""
    page = io.StringIO(newline="")
    writer = csv.writer(page, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for part, value in export.items():
        rows = value if isinstance(value, list) else [value]
        for place, row in enumerate(rows, start=1):
            writer.writerows((part, place, cell(field), cell(said)) for field, said in _values("", row))
    return page.getvalue().encode()


def cell(value: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value


def _values(path: str, value: object) -> Iterator[tuple[str, str]]:
    """The values in one row, by the path of their field; a list is one value, as JSON."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _values(f"{path}.{name}" if path else str(name), item)
    elif isinstance(value, str):
        yield path, value
    elif value is not None:
        yield path, canonical.encode(value).decode()
