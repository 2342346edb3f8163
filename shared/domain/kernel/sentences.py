"""Sentences that people read: in English where they are said, with a code that never changes, and apart from the facts in them.

So a sentence can be said in another language once it is known who reads it: by its code, from a catalogue, with the same facts.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import date
from typing import Self

from shared.domain.kernel.values import dataclass


class Term(str):
    """A fact that is a word of the domain, such as a status, a step or a role, and so is translated too; English says it with spaces."""

    __slots__ = ()


class Sentence(str):
    """What English says; `code` names the sentence, and `facts` are what stands in the places of its `template`.

    A fact is text, a number, a day, a Term, another sentence, or a tuple of these: `{names}` sets commas between, `{names:or}`
    "or" between. `{count:,}` sets apart the thousands, and `{step:first}` begins a sentence.
    """

    __slots__ = ("code", "facts", "template")
    code: str
    template: str
    facts: Mapping[str, object]

    def __new__(cls, code: str, template: str, /, **facts: object) -> Self:
        """The sentence as English says it, with what it is made of."""
        made = super().__new__(cls, ENGLISH.filled(template, facts))
        made.code, made.template, made.facts = code, template, facts
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, object]]:
        """What makes it anew in another process."""
        return (self.code, self.template), dict(self.facts)


class _Template(string.Formatter):
    def __init__(self, language: Language) -> None:
        self.language = language

    def format_field(self, value: object, format_spec: str) -> str:
        return self.language.said(value, format_spec)


@dataclass(frozen=True)
class Language:
    """A language: its sentences by their codes, its words for terms, and how it writes numbers and lists."""

    code: str
    sentences: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)
    conjunctions: Mapping[str, str] = field(default_factory=dict)
    thousands: str = ","

    def filled(self, template: str, facts: Mapping[str, object]) -> str:
        """The template with the facts in its places."""
        return _Template(self).vformat(template, (), facts) if facts else template

    def said(self, value: object, form: str = "") -> str:
        """A sentence or a fact in this language; what it has no words for stays English."""
        if isinstance(value, Sentence):
            template = self.sentences.get(value.code)
            return str(value) if template is None else self.filled(template, value.facts)
        if isinstance(value, Term):
            said = self.terms.get(value) or (value.replace("_", " ") if value.isidentifier() else str(value))
            return said[:1].upper() + said[1:] if form == "first" else said
        if isinstance(value, tuple):
            return self._listed([self.said(one) for one in value], form or (" " if value and isinstance(value[0], Sentence) else ""))
        if isinstance(value, int) and form == ",":
            return f"{value:,}".replace(",", self.thousands)
        return value.isoformat() if isinstance(value, date) else str(value)

    def _listed(self, items: list[str], form: str) -> str:
        if form in (" ", ";", ","):
            return {" ": " ", ";": "; ", ",": ", "}[form].join(items)
        if not form or len(items) < 2:
            return ", ".join(items)
        return f" {self.conjunctions.get(form, form)} ".join(items)


ENGLISH = Language("en")
MISSING = Sentence("missing", "This field is needed.")
TWICE = Sentence("stands_twice", "This stands in the list twice.")


def must_be(wanted: str) -> Sentence:
    """What is said of a value of another type; `wanted` is a term, such as "a whole number"."""
    return Sentence("wrong_type", "This must be {wanted}.", wanted=Term(wanted))


def together(sentences: Iterable[Sentence]) -> Sentence | None:
    """Several sentences as one, each in its own words; None where there are none."""
    found = tuple(sentences)
    if len(found) < 2:
        return found[0] if found else None
    return Sentence("several", "{sentences}", sentences=found)
