"""Mail to people: its occasions and its text, in the reader's language.

Names and titles are untrusted input: they must not begin a new header line (RFC 5322 §2.2), change the reading
direction (Unicode TR 36) or become a link.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from string import Formatter
from urllib.parse import quote

from shared.domain.kernel.values import dataclass
from shared.domain.mail.digests import Section, sections
from shared.domain.mail.texts import accounts, reminders, steps, waiting
from shared.domain.mail.texts.steps import FOOTERS

OCCASIONS = {**steps.OCCASIONS, **reminders.OCCASIONS, **waiting.OCCASIONS, **accounts.OCCASIONS}
FACT_LIMIT = 300  # characters of one fact
SUBJECT_LIMIT = 200  # characters
LANGUAGES = tuple(FOOTERS)
Fact = str | Sequence[Mapping[str, str]]
STRANGERS = frozenset({"organisation", "inviter"})  # facts that reach people who have nothing to do with whoever chose them
_SCHEME = re.compile(r"(?i)\b[a-z][a-z0-9+-]{0,20}:/+|\bwww\.")
# A dot, or what browsers read as one (UTS 46 §2.3), before at least two letters: every top-level domain has them.
_HOST_DOT = re.compile(r"(?<=\S)[.\u3002\uff0e\uff61](?=[\u200c\u200d]*(?:[a-zA-Z][\u200c\u200d]*[^\W_]|[^\x00-\x7f\u200c\u200d]))")
_JOINERS = "\u200c\u200d"  # Persian and Indian names need them


@dataclass(frozen=True)
class Mail:
    """A mail to one person: `template` is a key of OCCASIONS, `facts` fills its placeholders, `language` is "nl", "fr" or "en"."""

    to_email: str
    language: str
    template: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True)
class Letter:
    """The text of a mail, unescaped: the layout escapes it. `path` begins with a slash."""

    language: str
    subject: str
    sentences: tuple[str, ...]
    sections: tuple[Section, ...]
    button: str
    path: str
    footer: str


def facts_of(template: str) -> frozenset[str]:
    """The names of the facts that an occasion needs."""
    occasion = OCCASIONS[template]
    pieces = (occasion.page, occasion.en.subject, *occasion.en.sentences)
    return frozenset(name for piece in pieces for _, name, _, _ in Formatter().parse(piece) if name) | frozenset(occasion.lists)


def compose(mail: Mail) -> Letter:
    """The text of `mail`, in English if its language is unknown; raises ValueError if its facts aren't those of the occasion."""
    wanted = facts_of(mail.template)
    if set(mail.facts) != wanted:
        differing = ", ".join(sorted(set(mail.facts) ^ wanted))
        message = f"The mail {mail.template} needs exactly the facts {', '.join(sorted(wanted))}; differing: {differing}."
        raise ValueError(message)
    language = mail.language if mail.language in LANGUAGES else "en"
    occasion = OCCASIONS[mail.template]
    text = getattr(occasion, language)
    facts = {name: plain(value) for name, value in mail.facts.items() if isinstance(value, str)}
    if "task" in facts:  # named in the mail, said in the reader's language
        facts["task"] = waiting.TASKS[language].get(facts["task"], facts["task"])
    told = {name: unlinked(value) if name in STRANGERS else value for name, value in facts.items()}  # a subject makes no links
    places = {name: quote(_on_one_line(value), safe="") for name, value in mail.facts.items() if isinstance(value, str)}
    things = [thing for name in occasion.lists for thing in mail.facts[name] if isinstance(thing, Mapping)]
    return Letter(
        language=language,
        subject=_shortened(text.subject.format_map(facts), SUBJECT_LIMIT),
        sentences=tuple(sentence.format_map(told) for sentence in text.sentences),
        sections=_sections(things, facts, language) if things else (),
        button=text.button,
        path=occasion.page.format_map(places),
        footer=FOOTERS[language],
    )


def _sections(things: Sequence[Mapping[str, str]], facts: Mapping[str, str], language: str) -> tuple[Section, ...]:
    told = [{name: plain(str(value)) for name, value in thing.items()} for thing in things]
    return sections(told, int(facts["count"]), date.fromisoformat(facts["today"]), language)


def plain(value: str) -> str:
    """`value` on one line, without invisible characters and without an address that a mail program turns into a link."""
    return _shortened(_SCHEME.sub(lambda found: found[0].rstrip(":/.") + " ", _on_one_line(value)), FACT_LIMIT)


def unlinked(value: str) -> str:
    """The same for a stranger's name, in which a bare host is no link either: its dots are written in brackets.

    A firm may well be named after its site, so that such a name isn't refused. But nobody is led there by our mail.
    """
    return _shortened(_HOST_DOT.sub("[.]", plain(value)), FACT_LIMIT)


def _on_one_line(value: str) -> str:
    return re.sub(r"\s+", " ", "".join(map(_visible, unicodedata.normalize("NFC", value)))).strip()


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category in {"Cf", "Cs"} and character not in _JOINERS else character


def _shortened(value: str, limit: int) -> str:
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"
