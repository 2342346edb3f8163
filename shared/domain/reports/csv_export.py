"""An export as one CSV sheet (RFC 4180), for spreadsheets."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping

from shared.domain.kernel import canonical

HEADINGS = ("part", "row", "field", "value")
# What begins with one of these is a formula to a spreadsheet; with an apostrophe before it, it is text (OWASP, "CSV injection"). Signs are
# told as a spreadsheet normalises them: a full-width one counts. The last is the minus sign, U+2212.
FORMULA = frozenset("=+-@\N{MINUS SIGN}")
# A spreadsheet that takes another separator than the comma begins a new cell after each of these.
SEPARATORS = re.compile(r"([;\t\r\n])")


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
    """The text, with an apostrophe before each part that a spreadsheet would take for a formula."""
    if value.isalnum():
        return value
    escaped = "".join(f"'{part}" if _is_formula(part) else part for part in SEPARATORS.split(value))
    return f"'{escaped}" if value.startswith(("\t", "\r", "\n")) else escaped


def _is_formula(part: str) -> bool:
    """Whether the first character that isn't blank, invisible or a double quote begins a formula."""
    for character in part:
        for sign in unicodedata.normalize("NFKC", character):
            if sign in FORMULA:
                return True
            if sign != '"' and not sign.isspace() and unicodedata.category(sign)[0] not in "CZ":
                return False
    return False


def _values(path: str, value: object) -> Iterator[tuple[str, str]]:
    """The values of one row by field path; a list is one value, as JSON."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _values(f"{path}.{name}" if path else str(name), item)
    elif isinstance(value, str):
        yield path, value
    elif value is not None:
        yield path, canonical.encode(value).decode()
