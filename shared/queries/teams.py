"""Teams, who is in them, and what they own, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from shared.db.rows import read, read_all
from shared.db.sql import sql
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.sentences import Sentence
from shared.domain.people.organisations import Team, TeamMember
from shared.domain.people.teams import TeamWork
from shared.queries.names import person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.answers.people import Team as ShownTeam
    from shared.db.transaction import Transaction

WORK = sql("team_work")
NAMED = 5  # numbers that a refusal names


def load_team(tx: Transaction, team_id: UUID, *, hold: bool = False) -> Team:
    """One team, held until this transaction ends if asked, so that nothing new is given to it; raises NotFound."""
    row = tx.row(f"select to_jsonb(t) as team from teams t where t.id = :id{' for update' if hold else ''}", id=team_id)
    if row is None:
        raise NotFound(Sentence("no_such_team", "There is no such team."))
    return read(Team, row.team)


def missing_teams(tx: Transaction, team_ids: Sequence[UUID]) -> list[UUID]:
    """Those of `team_ids` that this organisation doesn't have, or has closed; the others stay open until this transaction ends."""
    found = "select t.id from teams t where t.id = any(cast(:ids as uuid[])) and t.closed_at is null for share"
    rows = tx.rows(found, ids=list(map(str, team_ids))) if team_ids else []
    present = {row.id for row in rows}
    return [team for team in team_ids if team not in present]


def load_team_member(tx: Transaction, team_id: UUID, person_id: UUID) -> TeamMember | None:
    """A person's place in a team, if they have one."""
    row = tx.row(
        "select to_jsonb(x) as place from team_members x where x.team_id = :team and x.person_id = :person",
        team=team_id,
        person=person_id,
    )
    return read(TeamMember, row.place) if row else None


def show_team(tx: Transaction, team: Team) -> ShownTeam:
    """A team with its lead and its people."""
    from shared.answers import people as answers

    row = tx.row(
        f"select {person('cast(:lead as uuid)')} as lead,"
        f" (select jsonb_agg({person('x.person_id')} order by x.created_at) from team_members x where x.team_id = :id) as people",
        id=team.id,
        lead=team.lead_id,
    )
    return answers.team(team, row.lead, row.people or [])


def team_work(tx: Transaction, team_id: UUID) -> TeamWork:
    """What a team owns that isn't closed, and what it is the audience of."""
    numbers = tx.row(WORK, team=team_id).numbers or []
    return TeamWork(len(numbers), tuple(numbers[:NAMED]))


def places_in(tx: Transaction, team_id: UUID) -> tuple[TeamMember, ...]:
    """Everybody's place in a team."""
    row = tx.row("select jsonb_agg(to_jsonb(x)) as places from team_members x where x.team_id = :team", team=team_id)
    return read_all(TeamMember, row.places)


def teams_led(tx: Transaction, person_id: UUID) -> tuple[Team, ...]:
    """The teams that a person leads."""
    row = tx.row("select jsonb_agg(to_jsonb(t)) as teams from teams t where t.lead_id = :person", person=person_id)
    return read_all(Team, row.teams)
