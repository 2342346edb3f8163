"""Sheets: many rows as CSV (RFC 4180), as a spreadsheet (Office Open XML) or as a printed table, a row at a time.

CSV and spreadsheets are written to a file as the rows come, so that a hundred thousand take no more memory than ten.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import BinaryIO, Final

from shared.domain.kernel.values import dataclass
from shared.domain.reports.csv_export import cell
from shared.domain.reports.registers import Cell
from shared.outside.imports import importing

LONGEST: Final = 32_000  # characters of one cell; a spreadsheet holds 32,767 and drops a longer text as a whole
WIDEST, NARROWEST = 60, 10


@dataclass(frozen=True)
class Sheet:
    """What a sheet is headed by: its title, what was asked of whom and when, and its columns."""

    title: str
    about: Sequence[str]
    columns: Sequence[str]


def write_sheet(form: str, sheet: Sheet, rows: Iterable[Sequence[Cell]], to: BinaryIO) -> int:
    """Write the rows in this form and return their number."""
    if form == "csv":
        return _as_csv(sheet, rows, to)
    if form == "xlsx":
        return _as_spreadsheet(sheet, rows, to)
    from shared.outside.pdf_tables import print_table

    return print_table(sheet.title, sheet.about, sheet.columns, rows, to)


def _as_csv(sheet: Sheet, rows: Iterable[Sequence[Cell]], to: BinaryIO) -> int:
    page = io.TextIOWrapper(to, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(page, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(sheet.columns)
    count = 0
    for row in rows:
        writer.writerow("" if value is None else cell(str(value)) for value in row)
        count += 1
    page.detach()
    return count


def _as_spreadsheet(sheet: Sheet, rows: Iterable[Sequence[Cell]], to: BinaryIO) -> int:
    """A spreadsheet whose texts are texts: none is read as a formula, a number or an address."""
    with importing():
        import xlsxwriter

    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(to, {"constant_memory": True, **plain})
    bold = book.add_format({"bold": True})
    page = book.add_worksheet("Register")
    page.freeze_panes(1, 0)
    for place, heading in enumerate(sheet.columns):
        page.set_column(place, place, WIDEST if heading in ("Title", "Reason") else max(NARROWEST, len(heading) + 4))
        page.write_string(0, place, heading, bold)
    count = 0
    for count, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, int):
                page.write_number(count, place, value)
            elif value:
                page.write_string(count, place, value if len(value) <= LONGEST else f"{value[:LONGEST]}…")
    if count:
        page.autofilter(0, 0, count, len(sheet.columns) - 1)
    told = book.add_worksheet("About")
    for place, line in enumerate((sheet.title, *sheet.about)):
        told.write_string(place, 0, line)
    book.close()
    return count
