"""Teams from their founding to their end: who leads them, and what keeps them from being closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.domain.kernel import ids, text
from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.outcomes import Outcome
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import dataclass, replace
from shared.domain.people.organisations import Organisation, Team, TeamMember
from shared.domain.people.people import Member


@dataclass(frozen=True)
class TeamWork:
    """What a team owns or is to learn: how many records and changes, and the numbers of the newest."""

    count: int
    numbers: tuple[str, ...]


def new_team(organisation: Organisation, name: str, *, at: datetime) -> Team:
    """A new, empty team."""
    checked = text.check("name", name, text.NAME, lines=False)
    return Team(organisation_id=organisation.id, id=ids.new(at), name=checked, created_at=at, updated_at=at)


def refuse_closed(team: Team) -> None:
    """Raise Conflict for a team that was closed."""
    if team.closed_at is not None:
        raise Conflict(Sentence("team_closed", "This team is closed."), status="closed")


def rename(team: Team, name: str, *, at: datetime) -> Team:
    """The team under another name; what it owns stays its own."""
    refuse_closed(team)
    return replace(team, name=text.check("name", name, text.NAME, lines=False), updated_at=at)


def lead(team: Team, member: Member | None, place: TeamMember | None, *, at: datetime) -> Team:
    """The team with this member of it as its lead, or without one."""
    refuse_closed(team)
    if member is not None and not (member.active and place is not None):
        raise Invalid(
            "lead_id", Sentence("lead_must_be_in_team", "The lead must be an active member of the team; add the person to it first.")
        )
    return replace(team, lead_id=None if member is None else member.person_id, updated_at=at)


def left(team: Team, place: TeamMember, *, at: datetime) -> Outcome:
    """The team without this person, who doesn't lead it any more either."""
    unled = (replace(team, lead_id=None, updated_at=at),) if team.lead_id == place.person_id else ()
    return Outcome(saves=unled, removes=(place,))


def close(team: Team, work: TeamWork, places: Sequence[TeamMember], *, at: datetime) -> Outcome:
    """Close a team that owns nothing any more and is no audience; its name stays beside what it once owned."""
    refuse_closed(team)
    if work.count:
        raise Conflict(
            Sentence(
                "team_still_owns",
                "This team still owns or must learn something ({count} in all): {numbers}{more}. Give that to another team first.",
                count=work.count,
                numbers=work.numbers,
                more=Term(" and others" if work.count > len(work.numbers) else ""),
            ),
            status="open",
            numbers=list(work.numbers),
            count=work.count,
        )
    return Outcome(saves=(replace(team, lead_id=None, closed_at=at, updated_at=at),), removes=tuple(places))
