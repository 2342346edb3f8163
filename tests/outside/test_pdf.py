"""How a printout looks: numbered pages, stamps, letters of all of Europe, long texts whole."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.domain.reports.printed_parts import Block, Section
from shared.outside.pdf import pdf


def pages(*sections: Section, title: str = "Firm · SOP-2026-0001", footer: str = "exported by Ann") -> list[str]:
    """The text of each page."""
    from pypdf import PdfReader

    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf(title, "document", footer, sections))).pages]


def plain(*texts: str, stamp: str | None = None) -> Section:
    return Section("Record", stamp, tuple(Block("text", text) for text in texts))


def test_each_page_has_head_foot_and_its_number_of_all() -> None:
    made = pages(plain(*(f"Paragraph {number}" for number in range(200))))
    assert len(made) > 2
    for number, page in enumerate(made, 1):
        assert "Firm · SOP-2026-0001" in page
        assert "exported by Ann" in page
        assert f"page {number} of {len(made)}" in page
    assert all(any(f"Paragraph {number}" in page for page in made) for number in range(200))


@pytest.mark.clause("ISO 13485 4.2.4")
def test_a_stamp_is_on_each_page_of_its_section_and_on_no_other() -> None:
    made = pages(plain("First"), plain(*("Old words " * 30 for _ in range(60)), stamp="SUPERSEDED"), plain("Last"))
    assert len(made) > 3
    assert ["SUPERSEDED" in page for page in made] == [False, *(True for _ in made[1:-1]), False]


@pytest.mark.parametrize(
    "words",
    [
        "Zażółć gęślą jaźń",
        "Příliš žluťoučký kůň",
        "Árvíztűrő tükörfúrógép",
        "Καθαρισμός δοχείων",
        "Очистка сосудов",
        "Škoda ≤ 5 µg → ± 2 °C ✓ €",
    ],
)
def test_letters_of_all_of_europe_are_printed(words: str) -> None:
    assert words in " ".join(pages(plain(words), title=words)[0].split())


def test_what_the_font_lacks_is_printed_as_its_code_point() -> None:
    assert "[U+4E2D][U+6587] and [U+1F9EA]" in pages(plain("中文 and 🧪"))[0]


def test_markup_in_a_text_is_only_text() -> None:
    made = pages(plain('<b>bold</b> & <img src="file:///etc/passwd"/> </para>'))
    assert '<b>bold</b> & <img src="file:///etc/passwd"/> </para>' in " ".join(made[0].split())


def test_a_text_longer_than_a_page_and_a_word_wider_than_it_are_whole() -> None:
    made = "".join("".join(page.split()) for page in pages(plain("x" * 5_000, "word " * 9_000)))
    assert made.count("x") >= 5_000
    assert made.count("word") == 9_000


def test_printouts_made_at_once_do_not_mix() -> None:
    letters = "αβγδεζηθ"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda one: pages(plain(*(one * 40 for _ in range(50)))), letters))
    for letter, found in zip(letters, made, strict=True):
        text = "".join(found)
        assert text.count(letter) == 2_000
        assert not set(text) & (set(letters) - {letter})
