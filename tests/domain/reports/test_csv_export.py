"""A sheet has a line for every value, and nothing in it is a formula."""

from __future__ import annotations

import csv
import io

import pytest

from shared.domain.reports.csv_export import HEADINGS, cell, sheet


def lines(**export: object) -> list[list[str]]:
    """The lines after the headings, as a spreadsheet reads them."""
    first, *rest = csv.reader(io.StringIO(sheet(export).decode(), newline=""))
    assert tuple(first) == HEADINGS
    return rest


def test_every_value_has_its_line_with_its_part_row_and_field() -> None:
    export = {
        "record": {"title": "A", "content": {"summary": "B", "steps": ["C", 1]}, "team": None},
        "notes": [{"text": "D"}, {"text": "E"}],
    }
    assert lines(**export) == [
        ["record", "1", "title", "A"],
        ["record", "1", "content.summary", "B"],
        ["record", "1", "content.steps", '["C",1]'],
        ["notes", "1", "text", "D"],
        ["notes", "2", "text", "E"],
    ]


def test_a_part_without_rows_has_no_line() -> None:
    assert lines(notes=[]) == []


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(1)",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(1)",
        "−1",
        "﹣1",
        " =1",
        "\u00a0=1",
        "\u200b=1",
        "\x0b=1",
        '"=1"',
        '" =1',
    ],
)
def test_a_text_that_a_spreadsheet_would_calculate_is_kept_as_text(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert lines(notes=[{"text": text, text: "A"}]) == [["notes", "1", "text", f"'{text}"], ["notes", "1", f"'{text}", "A"]]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("\n=1", "'\n'=1"),
        ("a;=1;b", "a;'=1;b"),
        ("a;＝1", "a;'＝1"),
        ("a\t-1", "a\t'-1"),
        ("a\r\n@SUM(1)", "a\r\n'@SUM(1)"),
        ('a; "=1"', 'a;\' "=1"'),
    ],
)
def test_where_a_spreadsheet_may_begin_a_new_cell_no_formula_begins(text: str, kept: str) -> None:
    assert cell(text) == kept
    assert lines(notes=[{"text": text}]) == [["notes", "1", "text", kept]]


@pytest.mark.parametrize("text", ["a" * 300_000, "=;" * 150_000, " " * 300_000, "\u200b" * 300_000])
def test_escaping_takes_no_longer_than_reading_the_text(text: str) -> None:
    assert cell(text).replace("'", "") == text


@pytest.mark.parametrize("text", ["1+1", "a-b;c+d", "à; b", "'=1", 'a "quoted", text', "two\r\nlines", "résumé 文"])
def test_other_text_is_given_as_it_is(text: str) -> None:
    assert lines(notes=[{"text": text}]) == [["notes", "1", "text", text]]
