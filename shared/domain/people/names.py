"""The names of people: written in one way, and told apart by whoever reads them beside a signature (21 CFR 11.50(a)(1), 11.100(a)).

Two names look alike if their skeletons are equal (UTS #39, 4), with or without regard to capitals. The table is Unicode's own
(confusables.txt, extracted by infra/confusables.py); it is read when the first name is compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from shared.domain.kernel import text
from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.sentences import Sentence

TABLE: Final = Path(__file__).with_name("confusables.txt")
# Controls, formats, private and unassigned characters, separators of lines: nobody's name holds one, or nobody can judge what it shows.
REFUSED: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt): they show nothing.
IGNORABLE: Final = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F)),
    *((0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8)),
    *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)


def checked(field: str, given: str) -> str:
    """A person's name, composed (NFC) and with single spaces; raises Invalid naming `field`."""
    name = " ".join(unicodedata.normalize("NFC", text.check(field, given, text.NAME, lines=False)).split())
    if any(unicodedata.category(character) in REFUSED or _is_ignorable(character) for character in name):
        raise Invalid(
            field,
            Sentence("name_unreadable", "This holds a character that can't be seen or isn't a letter of any script; type the name anew."),
        )
    if len(name) > text.NAME:
        raise Invalid(
            field,
            Sentence("too_many_characters", "This has {length} characters; at most {most} are allowed.", length=len(name), most=text.NAME),
        )
    return name


def refuse_look_alike(name: str, others: Iterable[str]) -> None:
    """Raise Conflict if readers would take `name` for one of the others, and say how to tell them apart."""
    looks = _looks(name)
    for other in others:
        if _same(looks, _looks(other)):
            raise Conflict(
                Sentence(
                    "name_looks_alike",
                    "Another member of this organisation signs as {name}, and readers couldn't tell the two names apart."
                    " Add a middle initial, a second given name or a family name, such as {suggestion}.",
                    name=other,
                    suggestion=_told_apart(name),
                ),
                printed_name=other,
            )


def alike(one: str, other: str) -> bool:
    """Whether readers would take one name for the other."""
    return _same(_looks(one), _looks(other))


def skeleton(name: str) -> str:
    """What a name looks like (UTS #39, 4): equal for names that look alike, and no text to show to anybody."""
    seen = "".join(character for character in unicodedata.normalize("NFD", name) if not _is_ignorable(character))
    drawn = unicodedata.normalize("NFD", "".join(_looks_like().get(character, character) for character in seen))
    return re.sub(r"\s+", " ", drawn).strip()


def _looks(name: str) -> tuple[str, ...]:
    """As it is written in any width or style (NFKC), in small letters, and with its look in small letters (0 looks like O)."""
    plain = unicodedata.normalize("NFKC", name)
    return skeleton(plain), skeleton(plain.casefold()), skeleton(plain).casefold()


def _same(looks: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return any(one == other for one, other in zip(looks, others, strict=True))


def _told_apart(name: str) -> str:
    first, _, rest = name.partition(" ")
    return f"{first} A. {rest}".rstrip()


def _is_ignorable(character: str) -> bool:
    return not character.isascii() and any(first <= ord(character) <= last for first, last in IGNORABLE)


@cache
def _looks_like() -> dict[str, str]:
    """The prototype of each character that looks like another one."""
    found: dict[str, str] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            target, _, sources = line.partition(" = ")
            prototype = "".join(chr(int(code, 16)) for code in target.split())
            found |= {chr(int(code, 16)): prototype for code in sources.split()}
    return found
