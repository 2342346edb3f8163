"""What an invitation opens, for who isn't signed in yet."""

from __future__ import annotations

from shared.answers import people as answers
from shared.answers.people import InvitationPreview
from shared.app.call import Call
from shared.domain.people import invitations, people
from shared.doors.body import Line
from shared.doors.http import query
from shared.queries.directory import act_for
from shared.queries.organisations import name_of_member


@query(who=people.VISITORS, organisation=False)
def get_invitation_preview(call: Call, token: Line) -> InvitationPreview:
    """Show who invites whom to which organisation, as what and until when; every token that opens nothing is refused alike."""
    organisation_id, secret = invitations.read_token(token)
    act_for(call.tx, organisation_id)
    invitation, organisation = call.entering(organisation_id, secret, hold=False)
    invitations.refuse_over(invitation, at=call.now)
    return answers.preview(invitation, organisation, name_of_member(call.tx, invitation.invited_by))
