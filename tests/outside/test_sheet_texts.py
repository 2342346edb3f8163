"""What is read of Excel's sheets: cells as they show, with formulas, comments and hidden rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.outside.texts import formats, sheets
from tests import contents, evidence
from tests.evidence import relations, workbook
from tests.outside.office_texts import MARK, lines, read


def cells(sheet: str, **more: object) -> list[str]:
    """The lines of a workbook's only sheet, without its name."""
    return lines(workbook(sheet, **more), contents.XLSX)[1:]  # type: ignore[arg-type]  # as the builder takes it


def test_cells_are_named_and_show_their_text_not_its_number() -> None:
    sheet = '<row r="7"><c r="A7" t="s"><v>1</v></c><c r="B7"><v>7.5</v></c></row>'
    assert cells(sheet, strings=("Tank", "Batch")) == ["A7: Batch", "B7: 7.5"]
    assert lines(workbook(sheet, ("Tank", "Batch")), contents.XLSX)[0] == "[sheet Results]"


def test_a_formula_stands_beside_its_value() -> None:
    sheet = '<row r="1"><c r="A1"><f>SUM(B1:B9)</f><v>12</v></c><c r="B1"><f t="shared" ref="B1:B2" si="0">A1*2</f><v>24</v></c></row>'
    sheet += '<row r="2"><c r="B2"><f t="shared" si="0"/><v>0</v></c><c r="C2"><f t="array" ref="C2:C3">A1:A2</f><v>1</v></c></row>'
    assert cells(sheet) == ["A1: 12 (=SUM(B1:B9))", "B1: 24 (=A1*2)", "B2: 0 (=as in B1)", "C2: 1 (=A1:A2 over C2:C3)"]


@pytest.mark.parametrize(
    ("style", "value", "shown"),
    [
        (14, "46100", "2026-03-19"),
        (22, "46100.75", "2026-03-19 18:00:00"),
        (20, "0.25", "06:00:00"),
        (46, "1.5", "36:00:00"),
        (9, "0.051", "5.1 %"),
        (10, "7.4999999999999997E-2", "7.5 %"),
        (2, "0.1234567", "0.1234567"),  # two decimals are shown; a change of the others mustn't hide
        (0, "46100", "46100"),
        (164, "46100", "2026-03-19"),
        (165, "46100", '46100 [shown as #,##0.00 "days"]'),
        (166, "46100.5", "2026-03-19 12:00:00"),
        (14, "60", "1900-02-29"),
        (14, "59", "1900-02-28"),
        (14, "61", "1900-03-01"),
        (0, "1E400", "1E400"),
        (14, "1E9", "1000000000"),
        (14, "-1", "-1"),
    ],
)
def test_a_number_shows_by_its_cells_format_in_full(style: int, value: str, shown: str) -> None:
    own = {164: "[$-413]d\\ mmmm\\ yyyy;@", 165: "#,##0.00 &quot;days&quot;", 166: "dd/mm/yyyy hh:mm"}
    assert cells(f'<row r="1"><c r="A1" s="1"><v>{value}</v></c></row>', formats=own, styles=(0, style)) == [f"A1: {shown}"]


def test_a_workbook_that_counts_from_1904_shows_its_own_dates() -> None:
    content = workbook('<row r="1"><c r="A1" s="1"><v>44638</v></c></row>', styles=(0, 14))
    book = f'<workbook {evidence.S}><workbookPr date1904="1"/><sheets><sheet name="Results" r:id="rId1"/></sheets></workbook>'.encode()
    other = workbook('<row r="1"><c r="A1" s="1"><v>44638</v></c></row>', styles=(0, 14), parts={"xl/workbook.xml": book})
    assert "A1: 2022-03-18" in lines(content, contents.XLSX)
    assert "A1: 2026-03-19" in lines(other, contents.XLSX)


def test_truth_errors_inline_text_and_line_breaks_show_as_in_the_sheet() -> None:
    sheet = (
        '<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="e"><v>#DIV/0!</v></c>'
        '<c r="D1" t="inlineStr"><is><t>One\nTwo</t></is></c><c r="E1" t="str"><f>A1&amp;"x"</f><v>1x</v></c><c r="F1" s="0"/></row>'
    )
    assert cells(sheet) == ["A1: TRUE", "B1: FALSE", "C1: #DIV/0!", "D1: One ⏎ Two", 'E1: 1x (=A1&"x")']


def test_cells_without_a_reference_are_counted() -> None:
    assert cells("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>") == ["A1: 1", "B1: 2", "A2: 3"]


def test_hidden_rows_comments_headers_and_shapes_of_a_sheet_are_read() -> None:
    sheet = workbook(
        '<row r="1" hidden="1"><c r="A1"><v>1</v></c></row>',
        parts={
            "xl/worksheets/_rels/sheet1.xml.rels": relations(rId1="comments ../comments1.xml", rId2="drawing ../drawings/drawing1.xml"),
            "xl/comments1.xml": b'<comments><commentList><comment ref="A1"><text><t>Checked</t></text></comment></commentList></comments>',
            "xl/drawings/drawing1.xml": b'<d xmlns:a="a"><sp><a:p><a:r><a:t>Limit 10</a:t></a:r></a:p></sp></d>',
            "xl/media/image1.png": b"pixels",
        },
    )
    found = lines(sheet, contents.XLSX)
    assert found[1:4] == ["A1: 1 (hidden row)", "comment on A1: Checked", "shape: Limit 10"]
    assert f"[picture image1.png, SHA-256 {MARK}]" in found


def test_every_sheet_is_read_in_its_order_with_hidden_ones_and_named_formulas() -> None:
    book = (
        f'<workbook {evidence.S}><sheets><sheet name="Last" r:id="rId2"/><sheet name="First" state="hidden" r:id="rId1"/></sheets>'
        "<definedNames><definedName name='Limit'>Last!$A$1</definedName></definedNames></workbook>"
    ).encode()
    sheet = f'<worksheet {evidence.S}><sheetData><row r="1"><c r="A1"><v>2</v></c></row></sheetData></worksheet>'.encode()
    content = workbook(
        '<row r="1"><c r="A1"><v>1</v></c></row>',
        parts={
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": relations(rId1="worksheet worksheets/sheet1.xml", rId2="worksheet /xl/worksheets/other.xml"),
            "xl/worksheets/other.xml": sheet,
        },
    )
    found = read(content, contents.XLSX)
    assert found.text == "[sheet Last]\n[name Limit = Last!$A$1]\nA1: 2\f[sheet First, hidden]\nA1: 1"
    assert found.extent.words == "2 sheets"


@given(st.integers(1, 20_000))
def test_a_columns_name_and_number_belong_together(number: int) -> None:
    assert sheets.column_number(f"{sheets.column_name(number)}7") == number


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", formats.GENERAL),
        ("0.00E+00", formats.GENERAL),
        ('0 "dd"', formats.GENERAL),
        ("0.0%", formats.PERCENT),
        ("mm:ss.0", formats.TIME),
        ("h:mm AM/PM", formats.TIME),
        ("mmm-yy", formats.DATE),
        ("[h]:mm:ss", formats.SPAN),
        ("[Red]0;[Blue]0", formats.GENERAL),
        ("yyyy\\-mm\\-dd\\ hh:mm", formats.MOMENT),
        ("@", formats.GENERAL),
        ('"' * 100_000, formats.GENERAL),
    ],
)
def test_a_format_says_whether_it_shows_a_date(code: str, kind: str) -> None:
    assert formats.kind_of(code) == kind


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ('0" mg"', True),
        ('0" g"', True),
        ('"99"', True),
        ("0\\1", True),
        (";;;", True),
        ("0;", True),
        ("0,", True),
        ("[Red]0.00", False),
        ("#,##0.00", False),
        ("#,##0.00 [$€-407]", False),
        ('_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', False),
        ("General", False),
        ("dd/mm/yyyy", False),
        ("@", False),
        ("0.00E+00", False),
    ],
)
def test_a_format_that_alters_what_a_number_says_stands_beside_it(code: str, words: bool) -> None:
    assert formats.words_of(code) == (code if words else "")
