"""Accept an invitation."""

from __future__ import annotations

from shared.answers import people as answers
from shared.answers.people import Joined
from shared.app.addresses import prove_invited
from shared.app.call import Call
from shared.app.training_follow_ups import settle_person
from shared.domain.kernel.outcomes import Outcome
from shared.domain.people import invitations, people
from shared.doors.body import Line
from shared.doors.http import command
from shared.queries.directory import act_for
from shared.queries.lists import show_member
from shared.queries.organisations import hold_printed_names, load_members
from shared.queries.teams import missing_teams


@command(who=people.ANYONE, organisation=False)
def accept_invitation(call: Call, token: Line) -> Joined:
    """Join the organisation that mailed this token, `<organisation>.<secret>`, to your address; having it proves that address."""
    organisation_id, secret = invitations.read_token(token)
    act_for(call.tx, organisation_id)
    invitation, organisation = call.entering(organisation_id, secret)
    former = load_members(call.tx, [call.person.id]).get(call.person.id)
    if former is not None and former.printed_name is not None:
        former = people.without_taken_name(former, hold_printed_names(call.tx, former.person_id))
    closed = missing_teams(call.tx, invitation.team_ids)
    used, member, teams = invitations.accept(invitation, call.person, former, closed, signed_in_as=call.identity.email, at=call.now)
    prove_invited(call, invitation)
    call.enter(call.person, member, organisation)
    call.record(Outcome(saves=(used, member, *teams)))
    settle_person(call, call.person.id, "joined the organisation")
    return {"organisation": answers.organisation(organisation), "member": show_member(call.tx, call.person.id)}
