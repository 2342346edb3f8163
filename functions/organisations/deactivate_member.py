"""Deactivate a member and hand over their open work."""

from __future__ import annotations

from uuid import UUID

from shared.answers.people import AMember
from shared.app.call import Call
from shared.app.training_follow_ups import settle_person
from shared.domain.changes import approvals
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence
from shared.domain.people import organisations, people, teams
from shared.doors.http import command
from shared.queries.lists import show_member
from shared.queries.organisations import hand_over_work, has_open_work, hold_admins, load_member, load_members
from shared.queries.proposals import load_open_proposals
from shared.queries.teams import teams_led
from shared.queries.telling import tell_successor


@command(who=people.ADMIN)
def deactivate_member(call: Call, person_id: UUID, successor_id: UUID | None = None) -> AMember:
    """Deactivate a member at once; the successor takes over their open work, and their signatures stay."""
    found = load_members(call.tx, [person_id] if successor_id is None else [person_id, successor_id])
    member = found.get(person_id) or load_member(call.tx, person_id)
    call.match_if_sent(member)
    if successor_id is not None and successor_id not in found:
        raise Invalid("successor_id", Sentence("no_such_member", "There is no such member."))
    successor = found[successor_id] if successor_id is not None else None
    work = has_open_work(call.tx, person_id)
    left = organisations.deactivate(member, successor, has_work=work, admins=hold_admins(call.tx), by=call.member, at=call.now)
    if successor is not None:
        hand_over_work(call.tx, person_id, successor.person_id)
    call.save(left, *(teams.lead(team, None, None, at=call.now) for team in teams_led(call.tx, person_id)))
    settle_person(call, person_id, "left the organisation")
    if successor is not None:
        tell_successor(call.tx, successor.person_id, f"person:{call.person.id}")
    call.record(approvals.recheck(load_open_proposals(call.tx), at=call.now))
    return {"member": show_member(call.tx, person_id)}
