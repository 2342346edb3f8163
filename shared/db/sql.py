"""Long statements stand in `.sql` files beside the modules of shared.queries that use them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from shared.db import words

FOLDER: Final = Path(__file__).resolve().parents[1] / "queries"
PLACE: Final = re.compile(r"\{\{ (\w+) \}\}")
HEADING: Final = re.compile(r"(?:--[^\n]*\n)*")


@cache
def _file(name: str) -> str:
    """What a file holds, without the comment that it begins with."""
    return HEADING.sub("", (FOLDER / f"{name}.sql").read_text(encoding="utf-8"), count=1).strip()


def sql(name: str, /, **fragments: object) -> str:
    """The statement in shared/queries/`name`.sql, put together once, at import.

    In place of `{{ UNDECIDED }}` stands what shared.db.words calls so, in place of `{{ owner }}` the fragment of that name. Raises
    LookupError where a placeholder stands for nothing, or a fragment for no placeholder.
    """
    text = _file(name)
    wanted = set(PLACE.findall(text))
    known = {word: getattr(words, word, None) for word in wanted if word.isupper()} | fragments
    if missing := sorted(word for word in wanted if known.get(word) is None):
        raise LookupError(f"{name}.sql asks for {', '.join(missing)}")
    if unused := sorted(fragments.keys() - wanted):
        raise LookupError(f"{name}.sql has no place for {', '.join(unused)}")
    return PLACE.sub(lambda found: str(known[found[1]]), text)
