"""What a PDF would do by itself or brings along is refused; what only leads somewhere is taken."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest

from tests import contents, hostile
from tests.hostile import PDF, stream
from tests.outside.foreign import PROGRAM, danger, opened

ACTING: dict[str, Callable[[], bytes]] = {
    "a script on opening": lambda: hostile.pdf(catalogue=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
    "a script by name": lambda: hostile.pdf(catalogue=b"/Names << /JavaScript << /Names [(a) 5 0 R] >> >>"),
    "a name written in another way": lambda: hostile.pdf(b"<< /S /J#61vaScript /#4A#53 (x) >>", catalogue=b"/OpenAction 5 0 R"),
    "such a name on a click": lambda: hostile.pdf(page=b"/Annots [<< /Subtype /Link /A << /S /J#61vaScript /#4A#53 (x) >> >>]"),
    "a name that stands elsewhere": lambda: hostile.pdf(b"<< /S 6 0 R /F (a) >>", b"/Launch", catalogue=b"/OpenAction 5 0 R"),
    "a program on a click": lambda: hostile.pdf(page=b"/Annots [<< /Subtype /Link /A << /S /Launch /F (cmd.exe) >> >>]"),
    "an address on opening": lambda: hostile.pdf(catalogue=b"/OpenAction << /S /URI /URI (http://x.example) >>"),
    "an action on a page": lambda: hostile.pdf(page=b"/AA << /O << /S /URI /URI (http://x.example) >> >>"),
    "a form that is a program": lambda: hostile.pdf(stream(b"<xdp/>"), catalogue=b"/AcroForm << /XFA 5 0 R >>"),
    "a film": lambda: hostile.pdf(page=b"/Annots [<< /Subtype /RichMedia >>]"),
    "a script in a packed object": lambda: packed_object(b"<< /S /JavaScript /JS (x) >>"),
    "a script under a password that is none": lambda: opened(hostile.pdf(catalogue=b"/OpenAction << /S /JavaScript /JS (x) >>")),
}


def packed_object(content: bytes) -> bytes:
    """A PDF whose catalogue opens object 5, which stands in an object stream."""
    body = zlib.compress(b"5 0 " + content)
    holder = stream(body, b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")
    catalogue = b"<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R >>"
    plain = hostile.pdf()
    objects = [catalogue, *(plain.partition(b"%d 0 obj\n" % number)[2].partition(b"\nendobj")[0] for number in (2, 3, 4))]
    made, places = b"%PDF-1.7\n", dict[int, int]()
    for number, each in [*enumerate(objects, 1), (6, holder)]:
        places[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    places[7] = len(made)
    rows = [(0, 0, 255), *((1, places[number], 0) for number in (1, 2, 3, 4)), (2, 6, 0), (1, places[6], 0), (1, places[7], 0)]
    table = b"".join(bytes([kind]) + place.to_bytes(4, "big") + bytes([more]) for kind, place, more in rows)
    made += b"7 0 obj\n" + stream(table, b"/Type /XRef /Size 8 /W [1 4 1] /Root 1 0 R") + b"\nendobj\n"
    return made + b"startxref\n%d\n%%%%EOF\n" % places[7]


@pytest.mark.parametrize("name", ACTING)
def test_a_pdf_that_acts_by_itself_is_refused(name: str) -> None:
    assert danger(ACTING[name](), PDF) == "active"


@pytest.mark.parametrize(
    "content",
    [
        hostile.pdf(catalogue=b"/OpenAction [3 0 R /Fit]"),
        hostile.pdf(catalogue=b"/OpenAction << /S /GoTo /D [3 0 R /Fit] >>"),
        hostile.pdf(page=b"/Annots [<< /Subtype /Link /Rect [0 0 1 1] /A << /S /URI /URI (http://x.example) >> >>]"),
        hostile.pdf(b"(A text about /JavaScript and /Launch)"),
        opened(contents.pdf()),
        packed_object(b"<< /S /GoTo /D [3 0 R /Fit] >>"),
    ],
)
def test_a_pdf_that_only_leads_somewhere_is_taken(content: bytes) -> None:
    assert danger(content, PDF) == ""


@pytest.mark.parametrize(
    "content",
    [
        hostile.pdf(stream(PROGRAM, b"/Type /EmbeddedFile")),
        hostile.pdf(b"<< /Type /Filespec /F (a.txt) /EF << /F 4 0 R >> >>"),
        hostile.pdf(page=b"/Annots [<< /Subtype /FileAttachment /FS << >> >>]"),
        hostile.pdf(catalogue=b"/Names << /EmbeddedFiles << /Names [] >> >>"),
    ],
)
def test_a_pdf_with_files_in_it_is_refused(content: bytes) -> None:
    assert danger(content, PDF) == "embedded"


@pytest.mark.parametrize("kids", [b"/Kids [] /Count 0", b"/Count 1", b"/Kids [9 0 R] /Count 1"])
def test_a_pdf_has_a_page(kids: bytes) -> None:
    assert danger(hostile.pdf_of(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages %s >>" % kids), PDF) == "pageless"
