"""Calls whose input can grow, each made for a size: the suite counts their work, `make bench` (growth) times them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.domain.files.extents import Unit, measured
from shared.domain.kernel import canonical
from shared.domain.people.organisations import Organisation
from shared.domain.records import comparisons
from shared.domain.records.comparisons import NOTHING, ROOM, Evidence, FileText
from shared.domain.records.differences import differences, statements
from shared.domain.reports import exports, printouts
from shared.domain.reports.csv_export import sheet
from shared.domain.reports.printed_parts import Block, Section
from shared.outside.pdf import pdf
from shared.outside.texts.reading import read_text
from tests import contents, evidence

Call = Callable[[], object]
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
ID, OWNER = "01980000-0000-7000-8000-000000000009", "01980000-0000-7000-8000-000000000008"


def reading(content: bytes, media_type: str) -> Call:
    """Reading a file."""
    return lambda: read_text(evidence.seekable(content), media_type)


def rows(size: int) -> str:
    return "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}"><f>A{n}*2</f><v>{2 * n}</v></c></row>' for n in range(1, size + 1))


def slide(number: int) -> bytes:
    return f'<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>Slide {number}</a:t></a:r></a:p></p:sld>'.encode()


def table(size: int) -> str:
    cells = "".join(
        f"<w:tr><w:tc>{evidence.paragraph(f'Step {n}')}</w:tc><w:tc>{evidence.paragraph('ok')}</w:tc></w:tr>" for n in range(size)
    )
    return f"<w:tbl>{cells}</w:tbl>"


def tracked(size: int) -> str:
    return "".join(f"<w:p><w:ins w:author='Ann'><w:r><w:t>Step {n}</w:t></w:r></w:ins></w:p>" for n in range(size))


def open_rows(size: int) -> str:
    cell = "<table:table-cell office:value-type='float' office:value='{0}'><text:p>{0}</text:p></table:table-cell>"
    made = "".join(f"<table:table-row>{cell.format(n)}</table:table-row>" for n in range(size))
    return f"<office:spreadsheet><table:table table:name='R'>{made}</table:table></office:spreadsheet>"


FILES: Mapping[str, Callable[[int], Call]] = {
    "a PDF's pages": lambda size: reading(
        evidence.pdf_pages(*([f"Page {n}", "Rinse", "Dry"] for n in range(size // 10))), "application/pdf"
    ),
    "a PDF page's lines": lambda size: reading(evidence.pdf_pages([f"Line {n}" for n in range(size)]), "application/pdf"),
    "a plain text": lambda size: reading(b"Rinse and dry\n" * size * 1000, "text/plain"),
    "a Word document's paragraphs": lambda size: reading(
        evidence.word("".join(map(evidence.paragraph, map(str, range(size))))), contents.DOCX
    ),
    "a Word document's table": lambda size: reading(evidence.word(table(size)), contents.DOCX),
    "a Word document's tracked changes": lambda size: reading(evidence.word(tracked(size)), contents.DOCX),
    "a Word document of one word": lambda size: reading(evidence.word(evidence.paragraph("x" * size * 100)), contents.DOCX),
    "a workbook's cells": lambda size: reading(evidence.workbook(rows(size)), contents.XLSX),
    "a workbook's shared texts": lambda size: reading(evidence.workbook("", strings=tuple(map(str, range(size)))), contents.XLSX),
    "a presentation's slides": lambda size: reading(
        contents.package({f"ppt/slides/slide{n}.xml": slide(n) for n in range(size)}), evidence.PPTX
    ),
    "an OpenDocument sheet's rows": lambda size: reading(evidence.open_document(open_rows(size), evidence.ODS), evidence.ODS),
    "an OpenDocument text": lambda size: reading(
        evidence.open_document(f"<office:text>{'<text:p>Rinse</text:p>' * size}</office:text>", contents.ODT), contents.ODT
    ),
    "a package's pictures": lambda size: reading(
        evidence.word("<w:p/>", **{f"word/media/image{n}.png": bytes([n % 256]) for n in range(size)}), contents.DOCX
    ),
}


def text_of(size: int, every: int) -> str:
    return "\n".join(f"Step {n}{' changed' if n % every == 0 else ''}" for n in range(size))


def compared(before: str, after: str) -> Call:
    """Comparing two files of this text."""
    texts = {"old": before, "new": after}
    files = {
        name: FileText(name, f"{name}.txt", "text/plain", name * 21, measured(text, Unit.CHARACTERS), text) for name, text in texts.items()
    }
    return lambda: differences({"file_id": "old"}, {"file_id": "new"}, Evidence(files))


def many_files(size: int) -> Call:
    """Stating what of many files can be compared."""
    files = {str(n): FileText(str(n), f"{n}.txt", "text/plain", f"{n:064}", measured(str(n), Unit.CHARACTERS)) for n in range(2 * size)}
    before, after = {"attachments": [str(n) for n in range(size)]}, {"attachments": [str(n) for n in range(size, 2 * size)]}
    pairs = [(str(n), str(n + size)) for n in range(size)]
    return lambda: statements(before, after, Evidence(files, allotted=comparisons.allot(pairs, files, ROOM)))


def entries(size: int) -> list[dict[str, Any]]:
    """An audit trail."""
    first = {"table_name": "records", "row_key": ID, "operation": "insert"}
    more = {"id": 1, "at": "2026-01-01T00:00:00Z", "step": "edit", "actor": "system:test", "cause": None, "reason": "edit", "source": "api"}
    new = {"title": "Cleaning", "owner_id": OWNER, "content": {"summary": "Wash"}}
    return [
        {**more, **first, "old": None, "new": new},
        *({**more, **first, "operation": "update", "old": new, "new": new} for _ in range(size)),
    ]


def export(trail: int = 1, versions: int = 1, lines: int = 0) -> exports.Export:
    """An export of a record."""
    record = {
        "id": ID,
        "kind": "document",
        "type": "sop",
        "number": "SOP-2026-0001",
        "title": "Cleaning",
        "status": "effective",
        "version": 1,
    }
    record |= {"owner": {"id": OWNER, "name": "Ann"}, "owner_id": OWNER, "team_id": None, "content": {"summary": "Rinse"}}
    parts: dict[str, Any] = {name: [] for name in exports.PARTS if name != "trail"}
    diff = {"field": "content.file_id", "before": "a", "after": "b", "lines": [f"+line {n}" for n in range(lines)]}
    version = {
        "title": "Cleaning",
        "status": "effective",
        "content": {"summary": "Rinse"},
        "change": None,
        "change_id": None,
        "record_id": ID,
    }
    parts["versions"] = [{**version, "version": n + 1, "diff": [diff] if lines else []} for n in range(versions)]
    made = [{**row, "table_name": "versions", "row_key": f"{ID}:{n + 1}"} for n in range(versions) for row in entries(0)]
    every = entries(trail) + made
    counted = {name: len(found) for name, found in parts.items()} | {"trail": len(every)}
    found = {"record": record, "counted": counted, **parts}
    by = {"id": OWNER, "name": "Ann"}
    organisation = Organisation(uuid4(), "Demo Pharma", "Europe/Brussels", "en", AT, AT, {}, 1)
    return exports.whole(found, every, {OWNER: "Ann"}, NOTHING, organisation=organisation, by=by, at=AT)


def printed(made: exports.Export) -> Call:
    """Laying out a printout."""
    return lambda: pdf(*printouts.around(made), printouts.sections(made))


def block(style: str, text: str) -> Call:
    """Laying out one block."""
    return lambda: pdf("Title", "subject", "footer", [Section("Record", None, (Block(style, text, "label"),))])


REPORTS: Mapping[str, Callable[[int], Call]] = {
    "comparing texts with a change in each tenth line": lambda size: compared(text_of(size, 10), text_of(size, 11)),
    "comparing texts with nothing in common": lambda size: compared(text_of(size, 1), text_of(size, size + 1)),
    "comparing contents with many rows": lambda size: (
        lambda: differences(
            {"actions": [{"key": f"A{n}", "description": "Seal"} for n in range(size)]},
            {"actions": [{"key": f"A{n}"} for n in range(size)]},
        )
    ),
    "stating what of many files can be compared": many_files,
    "the canonical form of many rows": lambda size: lambda: canonical.sha256([{"b": n, "a": str(n)} for n in range(size)]),
    "an export's audit trail": lambda size: lambda: export(trail=size),
    "an export's versions": lambda size: lambda: export(versions=size),
    "a sheet's rows": lambda size: _of(sheet, export(trail=size)),
    "a printout's sections": lambda size: _of(printouts.sections, export(trail=size, versions=size // 10)),
}
PRINTOUTS: Mapping[str, Callable[[int], Call]] = {
    "a printout's changed lines": lambda size: printed(export(lines=size)),
    "a printout's audit trail": lambda size: printed(export(trail=size)),
    "a printout's versions": lambda size: printed(export(versions=size // 5)),
    "a long text in a printout": lambda size: block("field", "word and number 17 " * size),
    "a long word in a printout": lambda size: block("text", "x" * size * 40),
    "a text of many lines in a printout": lambda size: block("text", "\n".join(f"line {n}" for n in range(size))),
}
CALLS = {**FILES, **REPORTS, **PRINTOUTS}


def _of(call: Callable[[exports.Export], object], made: exports.Export) -> Call:
    return lambda: call(made)
