"""What an occasion to write to people is: the page that it leads to, and its texts in our languages."""

from __future__ import annotations

from shared.domain.kernel.values import dataclass


@dataclass(frozen=True)
class Text:
    """One occasion in one language; `button` opens the occasion's page."""

    subject: str
    sentences: tuple[str, ...]
    button: str


@dataclass(frozen=True)
class Occasion:
    """Why there is mail: the page that it leads to (a path on our origin) and its texts by language.

    `lists` names the facts that are lists of things; they are told below the sentences (shared.domain.mail.digests).
    """

    page: str
    nl: Text
    fr: Text
    en: Text
    lists: tuple[str, ...] = ()
