"""The files of the demo organisation, made from its tables: PDF to read, Word to edit, photographs to look at."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

COMPANY = "Demo Pharma"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HEADING, SIZE = "# ", (480, 320)  # what begins a heading; pixels of a photograph


@dataclass(frozen=True)
class File:
    """A file as it is uploaded."""

    name: str
    media_type: str
    content: bytes


def pdf(name: str, title: str, text: str) -> File:
    """A PDF: the title, then headings and paragraphs, and the page's number at its foot."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    styles, file = getSampleStyleSheet(), io.BytesIO()
    layout = SimpleDocTemplate(file, pagesize=A4, title=title, author=COMPANY, invariant=1)
    story = [Paragraph(escape(title), styles["Title"])]
    story += [Paragraph(escape(line), styles["Heading2" if heading else "BodyText"]) for heading, line in lines(text)]
    layout.build(story, onFirstPage=_foot, onLaterPages=_foot)
    return File(f"{name}.pdf", "application/pdf", file.getvalue())


def docx(name: str, title: str, text: str) -> File:
    """The same as a Word document, which authors edit."""
    import docx as word

    file, document = io.BytesIO(), word.Document()
    document.core_properties.author = COMPANY
    document.add_heading(title, 0)
    for heading, line in lines(text):
        if heading:
            document.add_heading(line, 1)
        else:
            document.add_paragraph(line)
    document.save(file)
    return File(f"{name}.docx", DOCX, file.getvalue())


def photograph(name: str, drawn: Mapping[str, list[object]]) -> File:
    """A picture of simple shapes, which stands for a photograph: each colour with the corners of its shape, in hundredths."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", SIZE, "#d8dde2")
    canvas, file = ImageDraw.Draw(image), io.BytesIO()
    for colour, shapes in drawn.items():
        for shape in shapes:
            corners = [(float(str(x)) * SIZE[0] / 100, float(str(y)) * SIZE[1] / 100) for x, y in _pairs(shape)]
            if len(corners) == 2:
                canvas.line(corners, fill=colour, width=6)
            else:
                canvas.polygon(corners, fill=colour)
    image.save(file, "JPEG", quality=80)
    return File(f"{name}.jpg", "image/jpeg", file.getvalue())


def lines(text: str) -> Iterator[tuple[bool, str]]:
    """Each line of a text, and whether it is a heading."""
    for line in filter(None, map(str.strip, text.splitlines())):
        yield line.startswith(HEADING), line.removeprefix(HEADING)


def _pairs(shape: object) -> list[tuple[object, object]]:
    flat = shape if isinstance(shape, list) else []
    return list(zip(flat[::2], flat[1::2], strict=True))


def _foot(canvas: object, layout: object) -> None:
    """Whose document it is, and the page's number."""
    from reportlab.pdfgen.canvas import Canvas

    if isinstance(canvas, Canvas):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, 40, f"{COMPANY}, controlled document, page {getattr(layout, 'page', 1)}")
