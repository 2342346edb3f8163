"""Files as evidence for tests, each made here of its parts: PDFs of many pages, scans, workbooks, slides, texts with tracked changes."""

from __future__ import annotations

import io
import zlib

from tests.contents import package

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = f'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{OFFICE}" xmlns:a="a" xmlns:mc="mc"'
S = f'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{OFFICE}"'
ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    ' xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def pdf_pages(*pages: list[str], pictures: dict[int, bytes] | None = None) -> bytes:
    """A PDF with these lines on each page; `pictures` are grey pixels (8 by 8) drawn on a page, counted from 1."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for number, lines in enumerate(pages, 1):
        drawn = b"".join(b"BT /F1 9 Tf 50 %d Td (%s) Tj ET\n" % (800 - 12 * at, line.encode("latin-1")) for at, line in enumerate(lines))
        resources = b"/Font << /F1 3 0 R >>"
        if pictures and number in pictures:
            pixels = zlib.compress(pictures[number])
            objects.append(
                b"<< /Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode"
                b" /Length %d >>\nstream\n%s\nendstream" % (len(pixels), pixels)
            )
            resources += b" /XObject << /Im1 %d 0 R >>" % len(objects)
            drawn += b"q 500 0 0 700 50 50 cm /Im1 Do Q\n"
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << %s >> >>" % (len(objects), resources)
        objects.append(page)
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return written(objects)


def written(objects: list[bytes]) -> bytes:
    """A PDF of these objects, the first of which is its catalogue."""
    content, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return content + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def scan(*shades: int) -> bytes:
    """A PDF whose pages each hold a picture of one shade of grey and no text."""
    return pdf_pages(*([] for _ in shades), pictures={number: bytes([shade]) * 64 for number, shade in enumerate(shades, 1)})


def procedure(pages: int, dose: str, on: int = 55) -> bytes:
    """A procedure of many pages that states a dose on one of them."""
    return pdf_pages(
        *(
            [*(f"Page {number} step {step}" for step in range(45)), *([f"Give {dose}"] if number == on else [])]
            for number in range(1, pages + 1)
        )
    )


def png(shade: int) -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    head = (1).to_bytes(4) + (1).to_bytes(4) + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes([0, shade]))) + chunk(b"IEND", b"")


def relations(**targets: str) -> bytes:
    """The relations of a part: by id, `kind target`."""
    rows = ""
    for name, said in targets.items():
        kind, target = said.split(" ", 1)
        outside = ' TargetMode="External"' if "://" in target else ""
        rows += f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"{outside}/>'
    return f'<Relationships xmlns="{RELATIONS}">{rows}</Relationships>'.encode()


def word(body: str, **more: bytes) -> bytes:
    """A Word document with this body, and further parts: `header1=...` is word/header1.xml."""
    parts = {"[Content_Types].xml": b"<Types/>", "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>".encode()}
    return package(parts | {f"word/{name.replace('__', '/')}.xml" if "." not in name else name: content for name, content in more.items()})


def paragraph(text: str) -> str:
    """A paragraph of a Word document."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def workbook(
    sheet: str,
    strings: tuple[str, ...] = (),
    formats: dict[int, str] | None = None,
    styles: tuple[int, ...] = (0,),
    parts: dict[str, bytes] | None = None,
) -> bytes:
    """A workbook with one sheet called Results; `styles` are the number formats of the cell styles, `formats` those it defines itself."""
    own = "".join(f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in (formats or {}).items())
    cells = "".join(f'<xf numFmtId="{number}"/>' for number in styles)
    made = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": f'<workbook {S}><sheets><sheet name="Results" sheetId="1" r:id="rId1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": relations(rId1="worksheet worksheets/sheet1.xml"),
        "xl/styles.xml": f"<styleSheet {S}><numFmts>{own}</numFmts><cellXfs>{cells}</cellXfs></styleSheet>".encode(),
        "xl/sharedStrings.xml": f"<sst {S}>{''.join(f'<si><t>{one}</t></si>' for one in strings)}</sst>".encode(),
        "xl/worksheets/sheet1.xml": f"<worksheet {S}><sheetData>{sheet}</sheetData></worksheet>".encode(),
    }
    return package(made | (parts or {}))


def open_document(body: str, media_type: str, **more: bytes) -> bytes:
    """An OpenDocument file with this body; further parts by name, `styles=...` is styles.xml."""
    content = f"<office:document-content {ODF}><office:body>{body}</office:body></office:document-content>".encode()
    parts = {"mimetype": media_type.encode(), "content.xml": content}
    return package(parts | {f"{name.replace('__', '/')}.xml" if "." not in name else name: part for name, part in more.items()})


def seekable(content: bytes) -> io.BytesIO:
    """The bytes as an open file."""
    return io.BytesIO(content)
