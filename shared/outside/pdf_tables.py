"""A printed table: landscape pages with the headings on each, page x of y, a batch of rows at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO, Final
from xml.sax.saxutils import escape

from shared.outside.imports import importing
from shared.outside.pdf import ACCENT, INK, LABELS, MARGIN, SOFT, TEXT, decorate, glyphs, numbering, printable

BATCH: Final = 100  # rows of one table; dividing a table over pages takes the square of its length
LONGEST: Final = 600  # characters of a cell
Rows = Iterable[Sequence[object]]


def print_table(title: str, about: Sequence[str], columns: Sequence[str], rows: Rows, to: BinaryIO) -> int:
    """Write the rows as a PDF and return their number."""
    with importing():
        from reportlab.lib.pagesizes import A4, landscape
        from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

    covered, size = glyphs(), landscape(A4)
    head = printable(title, covered)
    document = BaseDocTemplate(to, pagesize=size, title=head, author="QFacts", subject=title, creator="QFacts", lang="en")
    frame = Frame(MARGIN, MARGIN + 14, size[0] - 2 * MARGIN, size[1] - 2 * MARGIN - 40, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate("", [frame], onPage=lambda canvas, _: decorate(canvas, head, None, size)))
    looks = _looks()
    story: list[Any] = [Paragraph(escape(head), looks["title"])]
    story += [Paragraph(escape(printable(line, covered)), looks["about"]) for line in about]
    count, given = 0, iter(rows)
    while batch := list(itertools.islice(given, BATCH)):
        story.append(_table(columns, batch, looks, covered, size[0] - 2 * MARGIN))
        count += len(batch)
    if not count:
        story.append(Paragraph("No rows.", looks["about"]))
    document.build(story, canvasmaker=numbering(printable(" · ".join(about[:1]), covered)))
    return count


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]], looks: dict[str, Any], covered: frozenset[int], width: float) -> Any:  # noqa: ANN401 - reportlab has no types
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import LongTable, Paragraph

    heads = [Paragraph(escape(one), looks["heading"]) for one in columns]
    cells = [[Paragraph(escape(printable(_shown(value), covered)), looks["cell"]) for value in row] for row in rows]
    weights = [3 if one in ("Title", "Reason") else 2 if one == "Id" or one.endswith(" id") else 1.2 for one in columns]
    widths = [width * one / sum(weights) for one in weights]
    style = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.25, HexColor("#c9d1d9"))]
    style += [(f"{side}PADDING", (0, 0), (-1, -1), 2) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
    return LongTable([heads, *cells], colWidths=widths, repeatRows=1, style=style)


def _shown(value: object) -> str:
    said = "" if value is None else str(value)
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"


def _looks() -> dict[str, Any]:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle

    def look(name: str, size: float, colour: str, font: str = TEXT) -> Any:  # noqa: ANN401 - reportlab has no types
        return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.3, textColor=HexColor(colour), splitLongWords=1)

    return {
        "title": look("title", 14, INK),
        "about": look("about", 8, SOFT),
        "heading": look("heading", 7, ACCENT, LABELS),
        "cell": look("cell", 6.5, INK),
    }
