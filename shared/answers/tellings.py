"""The shape of how a member is told of what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.domain.waiting.tellings import way_of
from shared.domain.waiting.waits import WAITS

if TYPE_CHECKING:
    from shared.domain.people.people import Member


class Telling(TypedDict):
    """How the caller is told of one kind of wait: `at_once`, `in_digest` or `not`; what is mandatory can't be chosen."""

    what: str
    way: str
    mandatory: bool


class Tellings(TypedDict):
    """How the caller is told of each kind of wait."""

    tellings: list[Telling]


def tellings(member: Member) -> Tellings:
    """How a member is told of each kind of wait."""
    return {"tellings": [{"what": wait.what, "way": way_of(member, wait.what), "mandatory": wait.mandatory} for wait in WAITS]}
