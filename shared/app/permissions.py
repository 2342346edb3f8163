"""Which functions of an organisation a membership may call, as their doors say it (21 CFR 11.10(d)).

`permissions.json` is made from the doors by `python -m infra.reference`, so that who asks needn't load every function; a test compares it.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files as packaged
from typing import TYPE_CHECKING

from shared.domain.people.people import Role, groups_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shared.answers.parts import Membership


@cache
def admitted() -> Mapping[str, frozenset[str]]:
    """The groups that each function's door admits."""
    made = json.loads(packaged("shared.app").joinpath("permissions.json").read_text(encoding="utf-8"))
    return {function: frozenset(groups) for function, groups in made.items()}


def with_functions(memberships: Iterable[Membership]) -> list[Membership]:
    """The memberships, each with the functions that it may call."""
    return [{**one, "may": _functions_for(Role(one["role"]) if one["role"] else None, admin=one["admin"])} for one in memberships]


def _functions_for(role: Role | None, *, admin: bool) -> list[str]:
    return [function for function, groups in admitted().items() if groups & groups_of(role, admin=admin)]
