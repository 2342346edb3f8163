"""What is written to people: complete in three languages, and nothing in a name can do harm."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.domain.mail.mail import LANGUAGES, OCCASIONS, STRANGERS, Mail, compose, facts_of, plain, unlinked
from shared.domain.mail.occasions import Text
from shared.domain.mail.texts.steps import FOOTERS


def mail(template: str, language: str = "en", **facts: str) -> Mail:
    """A mail whose facts are their own names, unless given."""
    return Mail("ada@demo.example", language, template, _usual(template) | facts)


def _usual(template: str) -> dict[str, Any]:
    return {name: [] if name in OCCASIONS[template].lists else name for name in facts_of(template)}


def names(text: Text) -> set[str]:
    pieces = (text.subject, *text.sentences)
    return {name for piece in pieces for _, name, _, _ in Formatter().parse(piece) if name}


@pytest.mark.parametrize("template", OCCASIONS)
def test_every_occasion_tells_the_same_facts_in_every_language(template: str) -> None:
    occasion = OCCASIONS[template]
    assert names(occasion.nl) == names(occasion.fr) == names(occasion.en)
    assert occasion.nl != occasion.en != occasion.fr
    assert len(occasion.nl.sentences) == len(occasion.fr.sentences) == len(occasion.en.sentences)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", OCCASIONS)
def test_every_letter_can_be_written(template: str, language: str) -> None:
    letter = compose(mail(template, language))
    assert letter.language == language
    assert letter.footer == FOOTERS[language]
    assert letter.path.startswith("/")
    assert not {"{", "}"} & set("".join((letter.subject, letter.path, *letter.sentences)))


def test_the_invitations_link_carries_the_token_whatever_is_in_it() -> None:
    letter = compose(mail("invitation", token="0190-a.b&c=d#e f"))  # noqa: S106 - opens nothing
    assert urlsplit(letter.path).path == "/accept-invitation"
    assert parse_qs(urlsplit(letter.path).query) == {"token": ["0190-a.b&c=d#e f"]}


def test_an_unknown_language_is_answered_in_english() -> None:
    assert compose(mail("document_effective", "tlh")).subject.startswith("In force")


def test_a_missing_or_unknown_fact_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="exactly the facts"):
        compose(Mail("a@b.example", "en", "role_granted", {"person": "Ada"}))
    with pytest.raises(ValueError, match="differing: extra"):
        compose(mail("role_granted", extra="x"))


@pytest.mark.parametrize("nasty", ["\r\n", "\n", "\r", "\u2028", "\x00", "\x85", "\v"])
def test_no_name_begins_a_new_line(nasty: str) -> None:
    letter = compose(mail("role_granted", person=f"Ada{nasty}Bcc: all@demo.example"))
    assert letter.subject == "Ada Bcc: all@demo.example is now QA at organisation"
    assert all(len(sentence.splitlines()) == 1 for sentence in letter.sentences)


def test_no_name_turns_the_text_around_or_hides() -> None:
    assert plain("Ada\u202egnirts\u2066\u200b\ufeff") == "Adagnirts"
    assert plain("\ud800Ada\udfff").encode() == b"Ada"
    assert plain("می‌خواهم") == "می‌خواهم"


def test_no_name_becomes_a_link() -> None:
    assert "://" not in plain("Click https://evil.example/x or HTTP://evil.example")
    assert "www." not in plain("www.evil.example")


def test_no_fact_is_read_as_a_template() -> None:
    letter = compose(mail("change_approved", title="{change_id}{{7*7}}{0.__class__}"))
    assert "{change_id}{{7*7}}{0.__class__}" in letter.subject


def test_long_names_are_cut() -> None:
    letter = compose(mail("change_approved", title="x" * 1_000_000))
    assert len(letter.subject) == 200
    assert all(len(sentence) < 1000 for sentence in letter.sentences)


@pytest.mark.parametrize(
    "name",
    [
        "evil.example/x",
        "Free money at EVIL.COM!",
        "evil\u3002com",
        "evil\uff0ecom/login",
        "evil.\u200dexample",
        "évil.рф",
        "evil.भारत",
        "xn--vil-9la.xn--p1ai",
        "ada@evil.example",
        "javascript://evil.example/%0aalert(1)",
        "slack://open.example",
        "a.b.evil.example:8443/x?y=z",
    ],
)
@pytest.mark.parametrize("template", [name for name in OCCASIONS if facts_of(name) & STRANGERS])
def test_a_host_in_a_strangers_name_leads_nowhere(template: str, name: str) -> None:
    """Neither in text nor in HTML, which hold the same sentences: a mail program makes a link of `evil.example` by itself."""
    host = re.compile(r"\S[.\u3002\uff0e\uff61][\u200c\u200d]*(?:[a-zA-Z]{2}|[^\x00-\x7f])|:/")
    usual = {one: "2030-01-01" if one == "today" else "1" for one in facts_of(template) - STRANGERS if one not in OCCASIONS[template].lists}
    letter = compose(mail(template, **usual | dict.fromkeys(facts_of(template) & STRANGERS, name)))
    for text in letter.sentences:
        assert not host.search(text.rstrip(".")), text
    assert not host.search(letter.path)


@pytest.mark.parametrize("name", ["St. Mary's", "Version 1.2", "e.g. Weighing", "Dr. Ada Lovelace", "A. B. Company"])
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    assert unlinked(name) == name
