"""An occasion to mail people: the page that its button opens, and its text in each language."""

from __future__ import annotations

from shared.domain.kernel.values import dataclass


@dataclass(frozen=True)
class Text:
    """The text of an occasion in one language; `button` opens its page."""

    subject: str
    sentences: tuple[str, ...]
    button: str


@dataclass(frozen=True)
class Occasion:
    """An occasion to mail people: the page that its button opens (a path on our origin) and its text by language.

    `lists` names the facts that are lists; they are laid out below the sentences (shared.domain.mail.digests).
    """

    page: str
    nl: Text
    fr: Text
    en: Text
    lists: tuple[str, ...] = ()
