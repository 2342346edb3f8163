"""Text out of files, for comparing: bounded, and never at the price of an upload."""

from __future__ import annotations

import io

import pytest

from shared.outside.texts import gathering
from shared.outside.texts.reading import read_text
from tests import contents

PDF = "application/pdf"


def text_of(content: bytes, media_type: str) -> str:
    return read_text(io.BytesIO(content), media_type).text


def test_text_is_bounded_in_length() -> None:
    assert len(text_of(b"x" * 3_000_000, "text/plain")) == gathering.CHARACTERS
    many = "".join(f"<w:p><w:t>{'word ' * 1_000}</w:t></w:p>" for _ in range(400))
    body = f'<w:document xmlns:w="w"><w:body>{many}</w:body></w:document>'.encode()
    assert 900_000 < len(text_of(contents.package({"word/document.xml": body}), contents.DOCX)) <= gathering.CHARACTERS


def test_an_entity_is_never_expanded() -> None:
    laughs = b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document xmlns:w="w"><w:t>&a;</w:t></w:document>'
    found = read_text(io.BytesIO(contents.package({"word/document.xml": laughs})), contents.DOCX)
    assert found.text == ""
    assert "document type" in found.extent.why


@pytest.mark.parametrize("media_type", [PDF, contents.DOCX, contents.XLSX, contents.ODT, "text/plain", "image/png"])
@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\nrubbish", b"PK\x03\x04rubbish", b"\xff\xfe\x00", contents.pdf()[:300]])
def test_unreadable_content_gives_no_text_and_no_error(content: bytes, media_type: str) -> None:
    assert isinstance(text_of(content, media_type), str)


def test_spreadsheets_and_slides_have_text() -> None:
    cells = b'<sst xmlns="x"><si><t>Tank</t></si><si><t>Result</t></si></sst>'
    texts = b'<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
    sheet = b'<worksheet xmlns="x"><sheetData>' + texts + b"<row><c><v>7.5</v></c><c><v>8</v></c></row></sheetData></worksheet>"
    book = contents.package({"xl/sharedStrings.xml": cells, "xl/worksheets/sheet1.xml": sheet})
    assert text_of(book, contents.XLSX).split()[2:] == ["A1:", "Tank", "B1:", "Result", "A2:", "7.5", "B2:", "8"]
    slides = {f"ppt/slides/slide{number}.xml": f"<p xmlns='x'><t>Slide {number}</t></p>".encode() for number in (10, 2, 1)}
    shown = text_of(contents.package(slides), "application/vnd.openxmlformats-officedocument.presentationml.presentation")
    assert shown.split("\f") == ["Slide 1", "Slide 2", "Slide 10"]
