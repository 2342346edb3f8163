"""What is read of files and how much of them that is: PDFs, scans, plain text; every limit is a count and is said."""

from __future__ import annotations

import hashlib
import sys
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.files.extents import Extent, State, lines_of, pages_of
from shared.outside.texts import gathering, pdf_pages
from shared.outside.texts.gathering import Reading
from shared.outside.texts.reading import read_text
from tests import contents, evidence

PDF = "application/pdf"
TYPES = [PDF, contents.DOCX, contents.XLSX, evidence.PPTX, contents.ODT, evidence.ODS, evidence.ODP, "text/plain", "image/png"]


def read(content: bytes, media_type: str = PDF) -> Reading:
    return read_text(evidence.seekable(content), media_type)


def why_not(content: bytes, media_type: str = PDF) -> str:
    """Why a file can't be compared."""
    found = read(content, media_type)
    assert (found.text, found.extent.state) == ("", State.NOT_COMPARED)
    return found.extent.why


def test_a_pdf_is_read_page_by_page_and_counted() -> None:
    found = read(evidence.procedure(60, "10 mg"))
    assert found.extent == Extent(
        State.WHOLE,
        unit="pages",
        read=60,
        of=60,
        lines=60 * 45 + 1,
        characters=len(found.text),
        text_sha256=hashlib.sha256(found.text.encode()).hexdigest(),
    )
    assert found.extent.words == "60 pages"
    assert found.text.split("\f")[54].splitlines()[-1] == "Give 10 mg"


def test_a_page_keeps_its_number_after_blank_ones() -> None:
    found = read(evidence.pdf_pages([], [], ["Third"]))
    assert found.text == "\f\fThird"
    assert pages_of(found.text) == [3]
    assert found.extent.state == State.WHOLE


def test_a_scan_cannot_be_compared() -> None:
    assert why_not(evidence.scan(10, 200)) == "a scan: its pages hold pictures and no text"


def test_a_scanned_page_among_others_is_named_and_stands_there_by_its_hash() -> None:
    first, second = (read(evidence.pdf_pages(["One"], [], ["Three"], pictures={2: bytes([shade]) * 64})) for shade in (1, 2))
    assert first.extent.state == State.IN_PART
    assert first.extent.words == "not all, because page 2 holds a picture or a drawing and no text"
    assert first.text.split("\f")[1] != second.text.split("\f")[1]
    assert first.text.split("\f")[::2] == second.text.split("\f")[::2] == ["One", "Three"]


def test_a_picture_beside_text_stands_there_by_its_hash() -> None:
    found = read(evidence.pdf_pages(["One"], pictures={1: bytes(64)}))
    assert found.text.splitlines() == ["One", f"[picture, SHA-256 {hashlib.sha256(zlib.compress(bytes(64))).hexdigest()}]"]
    assert (found.extent.state, found.extent.by_hash) == (State.WHOLE, 1)


def test_a_drawing_without_text_is_no_blank_page() -> None:
    drawn = b"0 0 m 100 100 l S"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
    ]
    assert why_not(evidence.written(objects)) == "a scan: its pages hold pictures and no text"


def test_what_is_filled_into_a_form_and_noted_on_a_page_is_read() -> None:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Annots [4 0 R 5 0 R 6 0 R] >>",
        b"<< /Type /Annot /Subtype /Widget /T (Batch) /V (B-7) >>",
        b"<< /Type /Annot /Subtype /FreeText /Contents (10 mg, not 1 mg) >>",
        b"<< /Type /Annot /Subtype /Widget /T (Agreed) /V /Off >>",
    ]
    assert read(evidence.written(objects)).text.splitlines()[-2:] == ["[field Batch: B-7]", "[note: 10 mg, not 1 mg]"]


@pytest.mark.parametrize(
    ("content", "media_type", "why"),
    [
        (contents.locked_pdf(), PDF, "it opens only with a password"),
        (contents.encrypted(), contents.DOCX, "it is encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), contents.XLSX, "it opens only with a password"),
        (evidence.png(7), "image/png", "a picture"),
        (contents.package({"a.txt": b"x"}), "application/zip", "a file of a type that isn't opened (application/zip)"),
        (b"PK\x03\x04rubbish", contents.DOCX, "it is damaged"),
        (b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n", PDF, "it is damaged or written in a way that can't be read"),
        (
            contents.package({"word/document.xml": b'<!DOCTYPE d [<!ENTITY a "x">]><d>&a;</d>'}),
            contents.DOCX,
            "it declares a document type",
        ),
    ],
)
def test_what_cannot_be_compared_says_why(content: bytes, media_type: str, why: str) -> None:
    assert why_not(content, media_type) == why


def test_pages_beyond_the_limit_are_counted_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "PAGES", 3)
    found = read(evidence.pdf_pages(*([f"Page {number}"] for number in range(1, 6))))
    assert found.text == "Page 1\fPage 2\fPage 3"
    assert found.extent.words == "the first 3 of 5 pages, because at most 3 pages of a file are read"


def test_drawing_instructions_beyond_the_limit_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_pages, "INSTRUCTIONS", 100)
    found = read(evidence.pdf_pages(*([f"Page {number}"] for number in range(1, 6))))
    assert (found.extent.state, found.extent.read, found.extent.of) == (State.IN_PART, 2, 5)
    assert "drawing instructions" in found.extent.why


def test_characters_beyond_the_limit_are_counted_and_said() -> None:
    found = read(b"x" * 3_000_000, "text/plain")
    assert len(found.text) == gathering.CHARACTERS
    assert found.extent.words == "the first 1,000,000 of 3,000,000 characters, because at most 1,000,000 characters of a file are kept"


def test_a_pdf_with_more_characters_than_are_kept_says_how_many_pages_those_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "CHARACTERS", 30)
    found = read(evidence.pdf_pages(["A line of text"], ["A line of text"], ["A line of text"]))
    assert (found.extent.state, found.extent.read, found.extent.of) == (State.IN_PART, 2, 3)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("naïve €".encode(), "naïve €"),
        ("\ufeffnaïve €".encode(), "naïve €"),
        ("naïve €".encode("utf-16"), "naïve €"),
        ("\ufeffnaïve €".encode("utf-16-be"), "naïve €"),
        ("naïve €".encode("cp1252"), "naïve €"),
        (b"x" * 4_000_001 + "é".encode("cp1252"), "x" * 1_000_000),  # what begins as UTF-8 and isn't
        (b"", ""),
    ],
)
def test_plain_text_is_read_in_the_encoding_that_it_has(content: bytes, text: str) -> None:
    assert read(content, "text/plain").text == text


def test_an_empty_text_is_whole_and_no_picture() -> None:
    assert read(b"", "text/plain").extent.state == State.WHOLE


def test_a_text_is_the_same_whatever_else_the_machine_does() -> None:
    """No limit looks at a clock: the reader doesn't even import one."""
    program = (
        "import io, sys\nfrom shared.outside.texts import opendocument, pdf_pages, reading, sheets, word\n"
        "print([name for name, part in sys.modules.items() if name.startswith('shared.outside.texts') and 'time' in vars(part)])"
    )
    import subprocess

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("media_type", TYPES)
@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nrubbish", b"PK\x03\x04rubbish", b"\xff\xfe\x00", contents.pdf()[:300]])
def test_unreadable_content_gives_no_error_and_says_so_or_reads_it(content: bytes, media_type: str) -> None:
    found = read(content, media_type)
    assert found.extent.state in set(State)
    assert bool(found.extent.why) == (found.extent.state != State.WHOLE)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(TYPES), st.sampled_from([contents.pdf(), contents.docx("x"), contents.odt("x"), evidence.workbook("<row/>")]), st.data()
)
def test_a_file_cut_and_altered_anywhere_never_raises(media_type: str, content: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(content)))
    altered = content[:place] + data.draw(st.binary(max_size=8)) + content[place + data.draw(st.integers(0, 30)) :]
    found = read(altered, media_type)
    assert len(lines_of(found.text)) == found.extent.lines
