"""An export as one CSV sheet (RFC 4180), for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from shared.domain.kernel import canonical

HEADINGS = ("part", "row", "field", "value")
# A cell that begins with one of these is a formula to a spreadsheet; with an apostrophe before it, it is text (OWASP, "CSV injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(export: Mapping[str, object]) -> bytes:
    """The export as UTF-8 with one value a line: part, row in that part (from 1), field, text."""
    page = io.StringIO(newline="")
    writer = csv.writer(page, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for part, value in export.items():
        rows = value if isinstance(value, list) else [value]
        for place, row in enumerate(rows, start=1):
            writer.writerows((part, place, cell(field), cell(said)) for field, said in _values("", row))
    return page.getvalue().encode()


def cell(value: str) -> str:
    """The text, escaped if a spreadsheet would take it for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value


def _values(path: str, value: object) -> Iterator[tuple[str, str]]:
    """The values of one row by field path; a list is one value, as JSON."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _values(f"{path}.{name}" if path else str(name), item)
    elif isinstance(value, str):
        yield path, value
    elif value is not None:
        yield path, canonical.encode(value).decode()
