"""How a member is told of what waits: at once, in their digest, or not, where the row of the table doesn't say that they must be."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import replace
from shared.domain.people.people import Member
from shared.domain.waiting.waits import BY_NAME


class Way(StrEnum):
    """How somebody is told of what begins to wait for them. Who isn't told isn't reminded, but is told of what escalates to them."""

    AT_ONCE = "at_once"
    IN_DIGEST = "in_digest"
    NOT = "not"


def choose(member: Member, what: str, way: Way, *, at: datetime) -> Member:
    """The member who is told of one kind of wait in this way from now on."""
    if BY_NAME[what].mandatory:
        raise Invalid(
            "what", Sentence("telling_is_mandatory", "This is mandatory: everybody for whom it waits is told of it, and reminded.")
        )
    in_digest, not_told = set(member.in_digest) - {what}, set(member.not_told) - {what}
    if way is Way.IN_DIGEST:
        in_digest.add(what)
    elif way is Way.NOT:
        not_told.add(what)
    return replace(member, in_digest=tuple(sorted(in_digest)), not_told=tuple(sorted(not_told)), updated_at=at)


def way_of(member: Member, what: str) -> Way:
    """How a member is told of one kind of wait."""
    if BY_NAME[what].mandatory or what not in {*member.in_digest, *member.not_told}:
        return Way.AT_ONCE
    return Way.NOT if what in member.not_told else Way.IN_DIGEST
