"""The sentences and the terms in other languages than English: by code in nl.toml and fr.toml, read when first asked for."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files as packaged

from shared.domain.kernel.sentences import ENGLISH, Language


@cache
def language_named(code: str) -> Language:
    """The language of this code; English needs no catalogue."""
    if code == ENGLISH.code:
        return ENGLISH
    found = tomllib.loads(packaged("shared.domain.languages").joinpath(f"{code}.toml").read_text(encoding="utf-8"))
    return Language(code, found["sentences"], found["terms"], found["conjunctions"], found["numbers"]["thousands"])
