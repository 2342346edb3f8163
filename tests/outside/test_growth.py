"""Ten times the input is at most fifteen times the work: counted in lines of Python, those of libraries included."""

from __future__ import annotations

import pytest

from shared.domain.reports.printed_parts import Block
from shared.outside import pdf
from tests import growth
from tests.work import growth as ratio

SIZE = 100  # the calls that take less work by itself would measure what every call costs


@pytest.mark.parametrize("of", growth.CALLS)
def test_ten_times_the_input_is_at_most_fifteen_times_the_work(of: str) -> None:
    growth.CALLS[of](10)()  # what is imported and compiled once isn't counted
    assert ratio(growth.CALLS[of], SIZE) <= 15


@pytest.mark.parametrize(
    "text", ["word and number 17 " * 20_000, "x" * 200_000, "\n".join(map(str, range(3_000))), "\n" * 500, "", "x " * 751, "x" * 1_500]
)
@pytest.mark.parametrize("style", ["text", "lines", "trail"])
def test_a_printout_is_laid_out_in_paragraphs_of_bounded_length(text: str, style: str) -> None:
    made = pdf.paragraphs(Block(style, text), pdf.styles(), pdf.glyphs())
    assert len(made) <= len(text) / (pdf.PIECE / 2) + text.count("\n") + 1
    said = pdf.pieces(text)
    assert len(said) == len(made)
    assert max(map(len, said)) <= pdf.PIECE
    assert "".join(said) == text.replace("\n", "")


def test_a_long_text_is_divided_between_words() -> None:
    for piece in pdf.pieces("word " * 1_000)[:-1]:
        assert piece.endswith("word")
