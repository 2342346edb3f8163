"""What is read of Office and OpenDocument files: what their reader sees, and a mark where that is no text."""

from __future__ import annotations

import pytest

from shared.domain.files.extents import State
from shared.outside.texts import packages, sheets
from tests import contents, evidence
from tests.evidence import ODF, ODP, ODS, PPTX, W, open_document, paragraph, relations, word, workbook
from tests.outside.office_texts import MARK, lines, read


def test_a_word_document_has_its_tables_by_row() -> None:
    row = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("Detergent", "2 %"))
    nested = f"<w:tc>{paragraph('Dose')}<w:tbl><w:tr><w:tc>{paragraph('10')}{paragraph('mg')}</w:tc></w:tr></w:tbl></w:tc>"
    assert lines(word(f"{paragraph('Before')}<w:tbl><w:tr>{row}</w:tr><w:tr>{nested}</w:tr></w:tbl>{paragraph('After')}")) == [
        "Before",
        "Detergent | 2 %",
        "Dose / 10 / mg",
        "After",
    ]


def test_headers_footers_notes_and_comments_of_a_word_document_are_read() -> None:
    body = "<w:p><w:r><w:t>Rinse</w:t><w:footnoteReference w:id='2'/><w:commentReference w:id='0'/></w:r></w:p>"
    found = lines(
        word(
            body,
            header1=f"<w:hdr {W}>{paragraph('Version 2')}</w:hdr>".encode(),
            footer1=f"<w:ftr {W}>{paragraph('Confidential')}</w:ftr>".encode(),
            footnotes=f"<w:footnotes {W}><w:footnote w:id='2'>{paragraph('With water')}</w:footnote></w:footnotes>".encode(),
            endnotes=f"<w:endnotes {W}><w:endnote w:id='3'>{paragraph('See SOP-1')}</w:endnote></w:endnotes>".encode(),
            comments=f"<w:comments {W}><w:comment w:id='0' w:author='Ann'>{paragraph('Warm?')}</w:comment></w:comments>".encode(),
        )
    )
    assert found == [
        "Rinse[footnote 2][comment 0]",
        "[header 1]",
        "Version 2",
        "[footer 1]",
        "Confidential",
        "[footnotes]",
        "[footnote 2] With water",
        "[endnotes]",
        "[endnote 3] See SOP-1",
        "[comments]",
        "[comment 0 by Ann] Warm?",
    ]


def test_tracked_changes_of_a_word_document_are_marked() -> None:
    body = (
        "<w:p><w:r><w:t>Give </w:t></w:r><w:del w:author='Ann'><w:r><w:delText>10</w:delText></w:r></w:del>"
        "<w:ins w:author='Ann'><w:r><w:t>100</w:t></w:r></w:ins><w:r><w:t> mg</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:rPr><w:ins w:author='Ann'/></w:rPr></w:pPr><w:moveTo><w:r><w:t>Moved</w:t></w:r></w:moveTo></w:p>"
    )
    assert lines(word(body)) == ["Give [deleted by Ann: 10][inserted by Ann: 100] mg", "[moved here: Moved]"]


def test_what_is_written_twice_for_older_readers_and_field_codes_are_read_once() -> None:
    twice = "<mc:Choice><w:r><w:t>Box</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>Box</w:t></w:r></mc:Fallback>"
    box = f"<mc:AlternateContent>{twice}</mc:AlternateContent>"
    field = "<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>7</w:t></w:r>"
    assert lines(word(f"<w:p>{box}{field}</w:p>")) == ["Box7"]


def test_what_other_readers_show_instead_is_said() -> None:
    both = "<mc:Choice Requires='x'><w:r><w:t>10 mg</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>100 mg</w:t></w:r></mc:Fallback>"
    assert lines(word(f"<w:p><mc:AlternateContent>{both}</mc:AlternateContent></w:p>")) == ["10 mg[other readers show: 100 mg]"]


@pytest.mark.parametrize(
    ("look", "shown"),
    [
        ("<w:strike/>", "Give [struck out: 10 mg] daily"),
        ("<w:dstrike w:val='true'/>", "Give [struck out: 10 mg] daily"),
        ("<w:vanish/>", "Give [hidden: 10 mg] daily"),
        ("<w:strike w:val='0'/>", "Give 10 mg daily"),
        ("<w:b/>", "Give 10 mg daily"),
    ],
)
def test_words_that_are_struck_out_or_hidden_are_marked(look: str, shown: str) -> None:
    run = f"<w:r><w:rPr>{look}</w:rPr><w:t>10 mg</w:t></w:r>"
    assert lines(word(f"<w:p><w:r><w:t>Give </w:t></w:r>{run}<w:r><w:t> daily</w:t></w:r></w:p>")) == [shown]


def test_a_header_is_read_under_whatever_name_the_body_refers_to_it() -> None:
    parts = {
        "word/_rels/document.xml.rels": relations(rId1="header kopf.xml"),
        "word/kopf.xml": f"<w:hdr {W}>{paragraph('10 mg')}</w:hdr>".encode(),
    }
    assert lines(word(paragraph("Give"), **parts)) == ["Give", "[kopf]", "10 mg"]


def test_pictures_and_links_stand_where_they_are_and_what_nothing_refers_to_at_the_end() -> None:
    body = (
        "<w:p><w:r><w:drawing><a:blip r:embed='rId1'/></w:drawing></w:r></w:p>"
        "<w:p><w:hyperlink r:id='rId2'><w:r><w:t>here</w:t></w:r></w:hyperlink></w:p>"
    )
    content = word(
        body,
        **{
            "word/_rels/document.xml.rels": relations(rId1="image media/image1.png", rId2="hyperlink https://pharma.example/sop"),
            "word/media/image1.png": b"pixels",
            "word/embeddings/oleObject1.bin": b"pixels",
        },
    )
    assert lines(content) == [
        f"[picture, SHA-256 {MARK}]",
        "[link https://pharma.example/sop] here",
        f"[embedded file oleObject1.bin, SHA-256 {MARK}]",
    ]
    assert read(content).extent.by_hash == 2


def test_slides_are_read_in_their_order_with_notes_and_hidden_ones_marked() -> None:
    def slide(text: str, more: str = "") -> bytes:
        return f'<p:sld xmlns:p="p" xmlns:a="a" {more}><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>'.encode()

    order = '<p:sldId id="256" r:id="rId2"/><p:sldId id="257" r:id="rId1"/>'
    shown = f'<p:presentation xmlns:p="p" xmlns:r="{evidence.OFFICE}"><p:sldIdLst>{order}</p:sldIdLst></p:presentation>'
    content = contents.package(
        {
            "ppt/presentation.xml": shown.encode(),
            "ppt/_rels/presentation.xml.rels": relations(rId1="slide slides/slide1.xml", rId2="slide slides/slide2.xml"),
            "ppt/slides/slide1.xml": slide("Second"),
            "ppt/slides/slide2.xml": slide("First", 'show="0"'),
            "ppt/slides/_rels/slide1.xml.rels": relations(rId1="notesSlide ../notesSlides/notesSlide1.xml"),
            "ppt/notesSlides/notesSlide1.xml": b'<n xmlns:a="a"><a:p><a:r><a:t>Say it slowly</a:t></a:r></a:p></n>',
        }
    )
    found = read(content, PPTX)
    assert found.text == "[hidden slide]\nFirst\fSecond\n\n[notes]\nSay it slowly"
    assert found.extent.words == "2 slides"


def test_an_opendocument_text_has_tables_notes_pictures_tracked_changes_and_margins() -> None:
    body = (
        "<office:text><text:tracked-changes>"
        "<text:changed-region text:id='c1'><text:insertion><office:change-info><dc:creator>Ann</dc:creator></office:change-info>"
        "</text:insertion></text:changed-region>"
        "<text:changed-region text:id='c2'><text:deletion><office:change-info><dc:creator>Ann</dc:creator></office:change-info>"
        "<text:p>10</text:p></text:deletion></text:changed-region></text:tracked-changes>"
        "<text:p>Give <text:change text:change-id='c2'/><text:change-start text:change-id='c1'/>100<text:change-end text:change-id='c1'/>"
        "<text:s text:c='2'/>mg<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>With water</text:p></text:note-body></text:note></text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>Detergent</text:p></table:table-cell>"
        "<table:table-cell><text:p>2 %</text:p></table:table-cell></table:table-row></table:table>"
        "<text:p><draw:frame><draw:image xlink:href='Pictures/a.png'/></draw:frame></text:p></office:text>"
    )
    styles = f"<office:document-styles {ODF}><style:header><text:p>Version 2</text:p></style:header></office:document-styles>".encode()
    assert lines(open_document(body, contents.ODT, styles=styles, **{"Pictures/a.png": b"pixels"}), contents.ODT) == [
        "Give [deleted: 10][inserted: 100]  mg[note 1: With water ] ",
        "Detergent | 2 %",
        f"[picture, SHA-256 {MARK}]",
        "[header] Version 2",
    ]


def test_an_opendocument_sheet_shows_cells_values_in_full_formulas_and_repeats() -> None:
    body = (
        "<office:spreadsheet><table:table table:name='Results'><table:table-row table:number-rows-repeated='2'>"
        "<table:table-cell table:number-columns-repeated='3'/><table:table-cell office:value-type='float' office:value='7.4999'"
        " table:formula='of:=SUM([.A1:.A9])'><text:p>7.5</text:p>"
        "<office:annotation><text:p>Checked</text:p></office:annotation></table:table-cell></table:table-row>"
        "<table:table-row><table:table-cell table:number-columns-repeated='2' office:value-type='date' office:date-value='2026-03-19'>"
        "<text:p>19/03</text:p></table:table-cell>"
        "<table:table-cell office:value-type='boolean' office:boolean-value='true'><text:p>WAAR</text:p></table:table-cell>"
        "<table:table-cell office:value-type='percentage' office:value='0.051'><text:p>5 %</text:p></table:table-cell>"
        "<table:table-cell office:value-type='string'><text:p>One</text:p><text:p>Two</text:p></table:table-cell></table:table-row>"
        "<table:table-row table:number-rows-repeated='1048573'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>"
        "</table:table></office:spreadsheet>"
    )
    assert lines(open_document(body, ODS), ODS) == [
        "[sheet Results]",
        "D1:D2: 7.4999 (=SUM([.A1:.A9])) [comment Checked ]",
        "A3:B3: 2026-03-19",
        "C3: TRUE",
        "D3: 5.1 %",
        "E3: One ⏎ Two",
    ]


def test_an_opendocument_presentation_is_read_by_slide_with_its_notes() -> None:
    body = "".join(
        f"<draw:page><text:p>{text}</text:p><presentation:notes><text:p>Note {text}</text:p></presentation:notes></draw:page>"
        for text in ("One", "Two")
    )
    found = read(open_document(f"<office:presentation>{body}</office:presentation>", ODP), ODP)
    assert found.text == "One\n\n[notes]\nNote One\fTwo\n\n[notes]\nNote Two"
    assert found.extent.words == "2 slides"


def test_an_opendocument_with_a_password_cannot_be_compared() -> None:
    manifest = b"<m:manifest xmlns:m='m'><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"
    found = read(open_document("<office:text/>", contents.ODT, **{"META-INF/manifest.xml": manifest}), contents.ODT)
    assert found.extent.why == "it opens only with a password"


def test_a_package_beyond_its_limit_is_read_in_part_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "UNPACKED", 1024 * 1024)
    found = read(word("".join(paragraph(f"Line {number}") for number in range(40_000))))
    assert found.text.startswith("Line 0\nLine 1\n")
    assert (found.extent.state, found.extent.why) == (State.IN_PART, "at most 1 MiB of a file's unpacked parts are read")


def test_a_package_with_more_text_than_is_kept_is_not_read_further(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(word("".join(paragraph("Rinse and dry") for _ in range(100_000))))
    assert found.extent.words == "the first 1,000,000 characters, because at most 1,000,000 characters of a file are kept"
    monkeypatch.setattr(sheets, "STRINGS", 10)
    sheet = '<row r="1"><c r="A1" t="s"><v>3</v></c><c r="B1" t="s"><v>70</v></c></row>'
    book = read(workbook(sheet, tuple(f"text {n}" for n in range(100))), contents.XLSX)
    assert book.text == "[sheet Results]\nA1: text 3\nB1: [text 70]"
    assert (book.extent.state, "texts of cells" in book.extent.why) == (State.IN_PART, True)


@pytest.mark.parametrize("media_type", [contents.DOCX, contents.ODT])
def test_a_cell_longer_than_what_is_kept_is_read_as_far_as_any_text(media_type: str) -> None:
    if media_type == contents.DOCX:
        content = word(f"<w:tbl><w:tr><w:tc>{paragraph('Rinse and dry') * 100_000}</w:tc></w:tr></w:tbl>")
    else:
        cell = f"<table:table-cell>{'<text:p>Rinse and dry</text:p>' * 100_000}</table:table-cell>"
        content = open_document(
            f"<office:text><table:table><table:table-row>{cell}</table:table-row></table:table></office:text>", media_type
        )
    found = read(content, media_type)
    assert (found.extent.state, found.extent.characters) == (State.IN_PART, 1_000_000)


@pytest.mark.parametrize("deep", [packages.DEEPEST + 1, 50_000])
def test_elements_too_deep_in_each_other_are_refused(deep: int) -> None:
    found = read(word("<w:p>" * deep + "</w:p>" * deep))
    assert found.extent.why == "its elements lie too deep in each other"
