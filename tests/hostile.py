"""Files for tests that stop, swell or mislead whoever reads them carelessly, made here and never copied."""

from __future__ import annotations

import base64
import struct
import zlib

from shared.domain.files.extents import TOO_LARGE
from tests.contents import DOCX

PDF = "application/pdf"


def pdf_of(*objects: bytes, header: bytes = b"%PDF-1.7\n", trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first one is the catalogue."""
    pieces, places, place = [header], list[int](), len(header) - header.find(b"%PDF-")
    for number, each in enumerate(objects, 1):
        places.append(place)
        pieces.append(b"%d 0 obj\n%s\nendobj\n" % (number, each))
        place += len(pieces[-1])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    pieces.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table))
    pieces.append(b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, place))
    return b"".join(pieces)


def pdf(*more: bytes, catalogue: bytes = b"", page: bytes = b"", header: bytes = b"%PDF-1.7\n") -> bytes:
    """A PDF of one page, with more in its catalogue, its page, and as objects 5, 6, ..."""
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << >> %s >>" % page,
        b"<< /Length 7 >>\nstream\nBT ET \n\nendstream",
        *more,
        header=header,
    )


def stream(content: bytes, *entries: bytes) -> bytes:
    """A stream as an object of a PDF."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), b" ".join(entries), content)


def slow_pdf(pages: int = 352, lines: int = 3_000) -> bytes:
    """A valid PDF whose text takes a reader far more than ten seconds."""
    text = zlib.compress(b"BT /F1 9 Tf 72 720 Td (x) Tj 0 -1 Td (y) Tj ET\n" * lines)
    kids = b" ".join(b"%d 0 R" % (5 + number) for number in range(pages))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 3 0 R /Resources << /Font << /F1 4 0 R >> >> >>"
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        stream(text, b"/Filter /FlateDecode"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *[page] * pages,
    )


def swelling_pdf(megabytes: int = 944, *, layers: int = 2) -> bytes:
    """A few kilobytes of Flate within ASCII85 that unpack to so much."""
    packed = zlib.compressobj(9)
    content = b"".join(packed.compress(bytes(1024 * 1024)) for _ in range(megabytes)) + packed.flush()
    for _ in range(layers - 1):
        content = zlib.compress(content, 9)
    text = base64.a85encode(content) + b"~>"
    filters = b"/Filter [/ASCII85Decode %s]" % b" ".join([b"/FlateDecode"] * layers)
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << >> >>",
        stream(text, filters),
    )


def crowded_zip(entries: int = 1_100_000) -> bytes:
    """A zip whose list has so many entries, all of one and the same empty part."""
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    listed = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    table = listed * entries
    record = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, len(table), len(local))
    place = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(local) + len(table), 1)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(table), len(local), 0)
    return local + table + record + place + end


def cyclic_pdf() -> bytes:
    """A PDF whose pages are their own children."""
    return pdf_of(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>")


def bombs() -> dict[str, tuple[bytes, str, str]]:
    """By their names, each with the media type that it is announced as and how it ends: with a danger, or with a sentence."""
    from tests.contents import bomb

    return {
        "60 comments": (b"<!---->" * 60, "text/plain", ""),
        "7 million comments": (b"<!---->" * 7_000_000, "text/plain", ""),
        "60 declarations": (b"<?xml x>" * 60 + b"<", "text/plain", "another type"),
        "a catalogue alone": (b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n", PDF, "damaged"),
        "352 slow pages": (slow_pdf(), PDF, str(TOO_LARGE)),
        "a PDF packed twice": (swelling_pdf(), PDF, "bomb"),
        "a PDF packed once": (swelling_pdf(400, layers=1), PDF, "bomb"),
        "1.1 million entries": (crowded_zip(), DOCX, "bomb"),
        "200,000 entries": (crowded_zip(200_000), "application/zip", "bomb"),
        "a zip bomb": (bomb(), DOCX, "bomb"),
        "pages of themselves": (cyclic_pdf(), PDF, "damaged"),
        "a mail without a line's end": (b"From: a\nDate: b\n\n" + b"=41" * 10_000_000, "message/rfc822", ""),
        "deep XML": (b"<a>" * 3_000_000, "application/xml", "unchecked"),
    }
