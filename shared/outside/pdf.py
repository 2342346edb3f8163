"""A printout as a PDF: record number and page x of y on each page, marks on changes, and a stamp across what isn't in force.

The text font is DejaVu Sans 2.37 (shared/outside/fonts), because the built-in PDF fonts cover only Western European letters. It covers
European Latin, Greek, Cyrillic and more, but no Chinese, Japanese or Korean; missing characters are printed as code points.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from shared.outside.imports import importing

if TYPE_CHECKING:
    from shared.domain.reports.printed_parts import Block, Section

TEXT, LABELS = "DejaVuSans", "VeraBd"  # labels are plain English, which reportlab's bold font covers
FONT: Final = Path(__file__).with_name("fonts") / "DejaVuSans.ttf"
INK, SOFT, ACCENT, GONE, NEW = "#17202a", "#5b6775", "#0b6e6e", "#a3262a", "#1d6b36"
MARGIN: Final = 48  # points
# size, leading, space before, left indent, colour
STYLES: Final = {
    "title": (15, 19, 4, 0, INK),
    "standing": (11, 15, 2, 0, NEW),
    "stopped": (11, 15, 2, 0, GONE),
    "heading": (11.5, 15, 12, 0, ACCENT),
    "text": (9, 12.5, 3, 0, SOFT),
    "label": (9, 12.5, 6, 0, INK),
    "field": (9, 12.5, 2, 0, INK),
    "before": (9, 12.5, 1, 14, GONE),
    "after": (9, 12.5, 1, 14, NEW),
    "lines": (8, 10.5, 2, 14, INK),
    "entry": (9, 12.5, 5, 0, INK),
    "trail": (7.6, 10.4, 4, 0, INK),
}
LABELLED: Final = {"heading"}
CONTINUED: Final = " continued"
PIECE: Final = 1_500  # characters of one paragraph
NOTHING: Final = "&nbsp;"  # an empty line keeps its height
BESIDES: Final = "›"  # the one other character in labels


def pdf(title: str, subject: str, footer: str, sections: Sequence[Section]) -> bytes:
    """The printout's bytes, with `title` at the top of each page and `footer` at the bottom beside the page number."""
    with importing():
        from reportlab.lib.pagesizes import A4
        from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageBreak, PageTemplate

    covered = glyphs()
    head, foot = printable(title, covered), printable(footer, covered)
    width, height = A4
    made = io.BytesIO()
    document = BaseDocTemplate(made, pagesize=A4, title=head, author="QFacts", subject=subject, creator="QFacts", lang="en")
    for mark in dict.fromkeys(section.stamp for section in sections):
        frame = Frame(MARGIN, MARGIN + 14, width - 2 * MARGIN, height - 2 * MARGIN - 40, 0, 0, 0, 0)
        document.addPageTemplates(
            PageTemplate(mark or "", [frame], onPage=lambda canvas, _, mark=mark: decorate(canvas, head, mark, (width, height)))
        )
    looks, story = styles(), []
    for number, section in enumerate(sections):
        story += [NextPageTemplate(section.stamp or ""), *([PageBreak()] if number else [])]
        story += [one for block in section.blocks for one in paragraphs(block, looks, covered)]
    document.pageTemplates.sort(key=lambda one: one.id != (sections[0].stamp or ""))
    document.build(story, canvasmaker=numbering(foot))
    return made.getvalue()


@cache
def glyphs() -> frozenset[int]:
    """Register the fonts with reportlab and return the characters that the text font covers."""
    with importing():
        from reportlab.pdfbase.pdfmetrics import registerFont
        from reportlab.pdfbase.ttfonts import TTFont

        text = TTFont(TEXT, str(FONT))
        text.stringWidth = lru_cache(20_000)(text.stringWidth)  # an audit trail repeats its words: caching halves the time
        registerFont(text)
        registerFont(TTFont(LABELS, f"{LABELS}.ttf"))
    return frozenset(text.face.charToGlyph)


def printable(words: str, covered: frozenset[int]) -> str:
    """The words with each character missing from the font as its code point, such as [U+4E2D]."""
    return "".join(one if one in "\n\t" or ord(one) in covered else f"[U+{ord(one):04X}]" for one in words)


def styles() -> dict[str, Any]:
    """The style of each kind of block, and of its pieces after the first, which continue it without a gap."""
    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle

    first = {
        name: ParagraphStyle(
            name,
            fontName=LABELS if name in LABELLED else TEXT,
            fontSize=size,
            leading=leading,
            spaceBefore=before,
            leftIndent=indent,
            textColor=HexColor(colour),
            splitLongWords=1,
        )
        for name, (size, leading, before, indent, colour) in STYLES.items()
    }
    return first | {f"{name}{CONTINUED}": ParagraphStyle(f"{name}{CONTINUED}", style, spaceBefore=0) for name, style in first.items()}


def paragraphs(block: Block, styles: dict[str, Any], covered: frozenset[int]) -> list[Any]:
    """A block as paragraphs of at most PIECE characters, a line of text at a time.

    reportlab lays out a paragraph anew on each page that it reaches, so that one over many pages takes the square of its length.
    """
    from reportlab.platypus import Paragraph

    first, *others = pieces(printable(block.text, covered))
    text, label = escape(first), escape(printable(block.label, covered))
    mark = f'<font color="{GONE}">● changed</font> ' if block.changed else ""
    if block.style == "trail":
        text = f"{label}<br/><font color='{SOFT}'>{text}</font>"
    elif label:
        text = f'{mark}<font name="{LABELS if label.replace(BESIDES, "").isascii() else TEXT}">{label}:</font> {text}'
    more = [Paragraph(escape(piece) or NOTHING, styles[f"{block.style}{CONTINUED}"]) for piece in others]
    return [Paragraph(text, styles[block.style]), *more]


def pieces(text: str) -> list[str]:
    """The lines of a text, long ones divided between two words where that is possible."""
    found = []
    for line in text.split("\n"):
        start = 0
        while len(line) - start > PIECE:
            end = line.rfind(" ", start + 1, start + PIECE)
            end = start + PIECE if end < 0 else end
            found.append(line[start:end])
            start = end
        found.append(line[start:])
    return found


def decorate(canvas: Any, head: str, mark: str | None, size: tuple[float, float]) -> None:  # noqa: ANN401 - reportlab has no types
    """Draw the page header and the stamp."""
    width, height = size
    canvas.saveState()
    if mark:
        canvas.setFillColorRGB(0.64, 0.15, 0.16, alpha=0.16)
        canvas.translate(width / 2, height / 2)
        canvas.rotate(52)
        fitting = min(96, 820 / max(len(mark), 1))
        canvas.setFont(LABELS, fitting)
        canvas.drawCentredString(0, -fitting / 3, mark)
        canvas.rotate(-52)
        canvas.translate(-width / 2, -height / 2)
    canvas.setFillColorRGB(0.36, 0.4, 0.46, alpha=1)
    canvas.setFont(TEXT, 8)
    canvas.drawString(MARGIN, height - MARGIN + 4, head if len(head) <= 100 else f"{head[:99]}…")
    canvas.drawRightString(width - MARGIN, height - MARGIN + 4, mark or "")
    canvas.setStrokeColorRGB(0.8, 0.83, 0.86)
    canvas.line(MARGIN, height - MARGIN - 4, width - MARGIN, height - MARGIN - 4)
    canvas.restoreState()


def numbering(foot: str) -> Any:  # noqa: ANN401 - reportlab has no types
    """A canvas class that writes the page numbers and their total at the end."""
    from reportlab.pdfgen.canvas import Canvas

    class Numbered(Canvas):  # type: ignore[misc]  # reportlab has no types
        """Keeps each page until the total is known."""

        def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - reportlab's own
            super().__init__(*given, **named)
            self.kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - reportlab's own name
            """Keep the page."""
            self.kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            """Write every page with its number."""
            for number, page in enumerate(self.kept, 1):
                self.__dict__.update(page)
                self.setFont(TEXT, 8)
                self.setFillColorRGB(0.36, 0.4, 0.46)
                self.drawString(MARGIN, MARGIN - 8, foot)
                self.drawRightString(self._pagesize[0] - MARGIN, MARGIN - 8, f"page {number} of {len(self.kept)}")
                super().showPage()
            super().save()

    return Numbered
