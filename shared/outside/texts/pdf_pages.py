"""The text of a PDF, page by page, with its form fields and notes; a page without text, such as a scan, is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from shared.domain.files.extents import Unit, numbered
from shared.outside.imports import importing
from shared.outside.texts.gathering import Gathering, Reading, Unreadable, digest_of

PAGES = 2_000
INSTRUCTIONS = 8 * 1024 * 1024  # bytes of drawing instructions, over all pages; half a megabyte takes a second
PICTURES = 200  # of one page
NOTES = 500  # form fields and notes of one page
DEEPEST = 4  # forms within forms
_DRAWN = re.compile(rb"/([^\s/<>\[\](){}%]+)\s+Do\b")
_INLINE = re.compile(rb"(?:^|\s)BI\s")


def read_pdf(file: BinaryIO) -> Reading:
    """The text of a PDF; raises Unreadable where there is none."""
    with importing():
        import pypdf

    reader = pypdf.PdfReader(file)
    if reader.is_encrypted and not reader.decrypt(""):
        message = "it opens only with a password"
        raise Unreadable(message)
    found = Gathering(Unit.PAGES)
    found.of = len(reader.pages)
    if not found.of:
        message = "it has no page"
        raise Unreadable(message)
    bare: list[int] = []
    broken: list[int] = []
    instructions = 0
    for number, page in enumerate(reader.pages, 1):
        if number > PAGES:
            found.why.append(f"at most {PAGES:,} pages of a file are read")
            break
        if found.full:
            break
        try:
            content = page.get_contents()
            drawn = content.get_data() if content is not None else b""
            instructions += len(drawn)
            if instructions > INSTRUCTIONS:
                found.why.append(f"at most {INSTRUCTIONS // 1024 // 1024} MiB of a file's drawing instructions are read")
                break
            if not _read(page, drawn, found):
                bare.append(number)
        except Exception:  # noqa: BLE001 - one broken page mustn't hide the others
            found.add("[this page can't be read]\n")
            broken.append(number)
        found.end_page()
    return _judged(found, bare, broken)


def _judged(found: Gathering, bare: list[int], broken: list[int]) -> Reading:
    """The reading, which isn't whole where pages have no text or can't be read."""
    if bare and len(bare) == found.pages == found.of:
        message = "a scan: its pages hold pictures and no text"
        raise Unreadable(message)
    if broken and len(broken) == found.pages:
        message = "none of its pages can be read"
        raise Unreadable(message)
    if bare:
        found.why.append(f"{numbered(bare, 'pages')} {_hold(bare)} a picture or a drawing and no text")
    if broken:
        found.why.append(f"{numbered(broken, 'pages')} can't be read")
    return found.reading()


def _hold(pages: list[int]) -> str:
    return "holds" if len(pages) == 1 else "hold"


def _read(page: Any, drawn: bytes, found: Gathering) -> bool:  # noqa: ANN401 - pypdf's own
    """Read one page; False if something is drawn on it and nothing of that is text."""
    text = page.extract_text().strip("\n")
    found.add(f"{text}\n")
    pictures = 0
    names = {f"/{one.decode('latin-1')}" for one in _DRAWN.findall(drawn)}
    for picture in _pictures(page.get("/Resources"), names, DEEPEST):
        pictures += 1
        if pictures > PICTURES:
            found.why.append(f"at most {PICTURES} pictures of a page are looked at")
            break
        found.mark("picture", picture)
    if _INLINE.search(drawn):
        pictures += 1
        found.mark("picture drawn in the page", digest_of(drawn))
    if not text.strip() and not pictures and drawn.strip():
        found.mark("drawing", digest_of(drawn))
        pictures = 1
    said = 0
    for note in _notes(page):
        said += 1
        if said > NOTES:
            found.why.append(f"at most {NOTES} form fields and notes of a page are read")
            break
        found.add(f"[{note}]\n")
    return bool(text.strip() or said or not pictures)


def _pictures(resources: Any, names: set[str] | None, deepest: int) -> Iterator[str]:  # noqa: ANN401 - pypdf's own
    """The hash of each picture that is drawn, those in forms included; `names` are the ones drawn, None where that isn't known."""
    objects = _object(_object(resources or {}).get("/XObject") or {})
    for name, reference in objects.items():
        if names is not None and name not in names:
            continue
        drawn = _object(reference)
        if drawn.get("/Subtype") == "/Image":
            yield digest_of(drawn._data)  # noqa: SLF001 - as it stands in the file; decoding it would be what bombs wait for
        elif drawn.get("/Subtype") == "/Form" and deepest:
            yield from _pictures(drawn.get("/Resources"), None, deepest - 1)


def _notes(page: Any) -> Iterator[str]:  # noqa: ANN401 - pypdf's own
    """What is filled into a form or noted on the page, which isn't part of its text."""
    for reference in _object(page.get("/Annots") or ()):
        one = _object(reference)
        if one.get("/Subtype") == "/Widget":
            above = _object(one.get("/Parent") or {})
            name, value = one.get("/T") or above.get("/T"), _object(one.get("/V", above.get("/V")))
            if value is not None and value != "/Off":
                yield f"field {name}: {value}"
        elif (words := _object(one.get("/Contents"))) and str(words).strip():
            yield f"note: {words}"


def _object(one: Any) -> Any:  # noqa: ANN401 - pypdf's own
    return one.get_object() if hasattr(one, "get_object") else one
