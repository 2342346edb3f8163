"""A sentence is English where it stands, and is said in another language by its code, with the same facts."""

from __future__ import annotations

import json
import pickle
from datetime import date

import pytest

from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.sentences import ENGLISH, Language, Sentence, Term, together

DUTCH = Language(
    "nl",
    {
        "late": "{number} is {status} sinds {day}.",
        "sizes": "{count:,} van {names:and}",
        "outer": "Helaas. {cause}",
        "several": "{sentences}",
    },
    {"in_approval": "ter goedkeuring", "QA": "QA"},
    {"and": "en", "or": "of"},
    ".",
)
LATE = Sentence("late", "{number} is {status} since {day}.", number="CHG-1", status=Term("in_approval"), day=date(2030, 1, 2))


def test_a_sentence_is_english_text() -> None:
    assert LATE == "CHG-1 is in approval since 2030-01-02."
    assert json.loads(json.dumps(LATE)) == LATE
    assert ENGLISH.said(LATE) == LATE


def test_another_language_says_it_by_its_code_with_the_same_facts() -> None:
    assert DUTCH.said(LATE) == "CHG-1 is ter goedkeuring sinds 2030-01-02."


def test_what_a_language_has_no_words_for_stays_english() -> None:
    assert DUTCH.said(Sentence("unheard_of", "Never {what}.", what=Term("some_step"))) == "Never some step."


@pytest.mark.parametrize(
    ("names", "english", "dutch"),
    [
        ((), "1,234 of ", "1.234 van "),
        (("a",), "1,234 of a", "1.234 van a"),
        (("a", "b", "c"), "1,234 of a and b and c", "1.234 van a en b en c"),
    ],
)
def test_lists_and_numbers_are_written_as_the_language_does(names: tuple[str, ...], english: str, dutch: str) -> None:
    sentence = Sentence("sizes", "{count:,} of {names:and}", count=1234, names=names)
    assert (str(sentence), DUTCH.said(sentence)) == (english, dutch)


def test_a_sentence_in_a_sentence_is_said_in_the_same_language() -> None:
    outer = Sentence("outer", "Sorry. {cause}", cause=LATE)
    assert str(outer) == f"Sorry. {LATE}"
    assert DUTCH.said(outer) == "Helaas. CHG-1 is ter goedkeuring sinds 2030-01-02."


def test_several_sentences_follow_each_other() -> None:
    assert together([]) is None
    assert together([LATE]) is LATE
    both = together([LATE, LATE])
    assert both == f"{LATE} {LATE}"
    assert DUTCH.said(both) == "CHG-1 is ter goedkeuring sinds 2030-01-02. CHG-1 is ter goedkeuring sinds 2030-01-02."


def test_what_a_person_wrote_is_never_read_as_a_template() -> None:
    sentence = Sentence("outer", "Sorry. {cause}", cause="{number} {0} {}")
    assert str(sentence) == "Sorry. {number} {0} {}"
    assert DUTCH.said(sentence) == "Helaas. {number} {0} {}"


def test_it_goes_to_another_process_whole() -> None:
    come = pickle.loads(pickle.dumps(LATE))  # noqa: S301 - our own
    assert (come, come.code, come.facts) == (LATE, "late", LATE.facts)


def test_a_refusal_has_the_code_of_its_sentence() -> None:
    assert Conflict(LATE).code == "late"
    refused = Invalid.together([Invalid("a", LATE), Invalid("b", Sentence("other", "Other."))])
    assert (refused.code, [(field, sentence.code) for field, sentence in refused.faults]) == ("late", [("a", "late"), ("b", "other")])
