"""Text that a person wrote: what is refused, naming the field, and what is kept as it came."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.kernel import text
from shared.domain.kernel.errors import Invalid

BAD = {
    "a NUL": "a\u0000b",
    "a bell": "a\x07b",
    "a delete": "a\x7fb",
    "a C1 control": "a\x85b",
    "a carriage return": "a\r\nb",
    "a vertical tab": "a\x0bb",
    "an escape": "\x1b[31m",
    "half a character, high": "a\ud800b",
    "half a character, low": "\udfff",
    "a right-to-left override": "invoice\u202efdp.exe",
    "a left-to-right mark": "a\u200eb",
    "an isolate": "\u2066a\u2069",
    "an Arabic letter mark": "\u061ca",
}
EMPTY = {
    "nothing": "",
    "spaces": "   ",
    "a tab and a line": "\t\n",
    "a no-break space": "\u00a0",
    "an ideographic space": "\u3000",
    "zero-width spaces": "\u200b\u200b",
    "joiners": "\u200d\u200c\u2060",
    "a byte-order mark": "\ufeff",
    "a soft hyphen": "\u00ad",
    "tags": "\U000e0041\U000e007f",
    "a line separator": "\u2028\u2029",
    "accents without letters": "\u0301\u0302",
    "a grapheme joiner": "\u034f",
    "a variation selector": "\ufe0f",
    "Hangul fillers": "\u3164\u115f\uffa0",
    "an empty Braille cell": "\u2800",
}


@pytest.mark.parametrize("value", BAD.values(), ids=BAD)
def test_text_that_misleads_or_breaks_readers_is_refused(value: str) -> None:
    for lines in (True, False):
        with pytest.raises(Invalid) as refused:
            text.check("title", value, 100, lines=lines)
        assert refused.value.field == "title"
        assert refused.value.sentence.endswith(".")
        refused.value.sentence.encode()


@pytest.mark.parametrize("value", EMPTY.values(), ids=EMPTY)
def test_text_that_shows_nothing_is_refused(value: str) -> None:
    assert not text.visible(value)
    with pytest.raises(Invalid) as refused:
        text.check("title", value, 100)
    assert refused.value.sentence == "This is empty; write something that can be read."
    assert text.check("title", value, 100, required=False) == value.strip()


@pytest.mark.parametrize("value", ["a\nb", "a\tb", "a\u2028b", "a\u2029b", "a\n"])
def test_a_name_stands_on_one_line_where_prose_may_have_many(value: str) -> None:
    assert text.check("text", value, 100) == value.strip()
    with pytest.raises(Invalid):
        text.check("name", value, 100, lines=False)


@pytest.mark.parametrize(
    "value",
    [
        *(
            "Zoë Ångström",
            "Reiniging – tank 7 (v2)",
            "5 µg/ml ≥ 3 %",
            "日本語",
            "עברית",
            "العربية",
            "👩‍🔬 lab",
            "e\u0301te",
            "نامه\u200cای",
            "<b>&amp;'\"",
            "=",
        ),
        *("a", "0", ".", "\u0915\u094d\u0937", "SELECT 1; --", "{{7*7}}", "../../x", "NULL"),
    ],
)
def test_what_people_really_write_is_kept_as_it_is(value: str) -> None:
    assert text.check("title", value, 100, lines=False) == value


def test_a_megabyte_is_refused_naming_its_length_and_the_limit() -> None:
    with pytest.raises(Invalid) as refused:
        text.check("name", "a" * 1_000_000, text.NAME)
    assert refused.value.sentence == "This has 1000000 characters; at most 200 are allowed."
    assert len(refused.value.sentence) < 200


@pytest.mark.parametrize("longest", [1, 5, text.NAME, text.TITLE])
def test_the_longest_text_is_accepted_and_one_more_is_not(longest: int) -> None:
    assert text.check("name", "é" * longest, longest) == "é" * longest
    with pytest.raises(Invalid):
        text.check("name", "é" * (longest + 1), longest)


@given(st.text(), st.booleans())
def test_accepted_text_is_readable_trimmed_and_accepted_again_unchanged(value: str, lines: bool) -> None:
    try:
        kept = text.check("title", value, 1000, lines=lines)
    except Invalid:
        return
    kept.encode()
    assert kept == value.strip()
    assert text.visible(kept)
    assert text.check("title", kept, 1000, lines=lines) == kept
    assert not {unicodedata.category(character) for character in kept} & {"Cs"}
    assert not set(kept) & text.BIDIRECTIONAL
    assert all(unicodedata.category(character) != "Cc" or (lines and character in "\n\t") for character in kept)


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"], exclude_characters=text.FILLERS), min_size=1))
def test_letters_digits_and_signs_are_always_accepted(value: str) -> None:
    assert text.check("title", value, len(value), lines=False) == value


@pytest.mark.parametrize("said", ["near_miss", "Near Miss", " near-miss ", "NEAR_MISS"])
def test_a_word_is_understood_as_people_write_it(said: str) -> None:
    assert text.word("type", said, ("deviation", "near_miss")) == "near_miss"


@pytest.mark.parametrize("said", ["", "near", "near  miss", "nearmiss", "near.miss", "near_miss\u0000"])
def test_any_other_word_is_refused_with_those_that_there_are(said: str) -> None:
    with pytest.raises(Invalid, match=r"^This must be one of: deviation, near_miss\.$") as refused:
        text.word("kind", said, iter(("deviation", "near_miss")))
    assert refused.value.field == "kind"
