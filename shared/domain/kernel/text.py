"""The check of text that a person wrote: printable, in reading order and visibly not empty."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence

# Unicode's bidirectional controls (UAX #9 §2): they make a name read as another one.
BIDIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LINE_CONTROLS = frozenset("\n\t")
INVISIBLE = frozenset({"Cf", "Zs", "Zl", "Zp", "Cc", "Mn", "Me"})
FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and a sign that show nothing
NAME, TITLE, LINE, REASON, PROSE = 200, 300, 500, 4000, 50_000


def fault(value: str, longest: int, *, lines: bool = True) -> Sentence | None:
    """Why `value` isn't acceptable text of at most `longest` characters, as a sentence; None where it is."""
    if len(value) > longest:
        return Sentence("too_many_characters", "This has {length} characters; at most {most} are allowed.", length=len(value), most=longest)
    if value.isascii() and value.isprintable():
        return None
    for character in value:
        if character in BIDIRECTIONAL:
            return Sentence("reading_direction_control", "This holds a control character that changes the reading direction; remove it.")
        category = unicodedata.category(character)
        if category == "Cs":
            return Sentence("half_a_character", "This holds half a character (a lone surrogate); type it again.")
        if category == "Cc" and not (lines and character in LINE_CONTROLS):
            return Sentence("control_character", "This holds a control character; remove it.")
        if category in {"Zl", "Zp"} and not lines:
            return Sentence("line_break", "This holds a line break; remove it.")
    return None


def visible(value: str) -> bool:
    """Whether `value` holds a visible character; white space, zero-width characters and lone accents aren't."""
    return any(unicodedata.category(character) not in INVISIBLE and character not in FILLERS for character in value)


def check(field: str, value: str, longest: int, *, lines: bool = True, required: bool = True) -> str:
    """`value` without outer white space; raises Invalid naming `field`."""
    sentence = fault(value, longest, lines=lines)
    if sentence is None and required and not visible(value):
        sentence = Sentence("empty", "This is empty; write something that can be read.")
    if sentence is not None:
        raise Invalid(field, sentence)
    return value.strip()


def word(field: str, said: str, known: Iterable[str]) -> str:
    """The word of `known` that `said` means, ignoring case and reading spaces and hyphens as underscores; raises Invalid naming `field`."""
    words, meant = tuple(known), said.strip().lower().replace(" ", "_").replace("-", "_")
    if meant not in words:
        raise Invalid(field, Sentence("not_among", "This must be one of: {words}.", words=words))
    return meant
