"""Mail an invitation again."""

from __future__ import annotations

from uuid import UUID

from shared.answers import people as answers
from shared.answers.people import AnInvitation
from shared.app.call import Call
from shared.app.inviting import invitation_mail
from shared.domain.kernel.outcomes import Outcome
from shared.domain.people import invitations, limits, people
from shared.doors.http import command
from shared.queries.organisations import load_invitation, mail_again
from shared.queries.quotas import spend


@command(who=people.ADMIN)
def resend_invitation(call: Call, invitation_id: UUID) -> AnInvitation:
    """Mail an open invitation again, for seven more days; the link of the former mail opens nothing more, and a bounce is forgotten."""
    found = call.match_if_sent(load_invitation(call.tx, invitation_id))
    renewed, token = invitations.renew(found, call.organisation, at=call.now)
    spend(call.tx, limits.quota("invite_member", "address"), renewed.email)
    call.record(Outcome(saves=(renewed,)), invitation_mail(call, renewed, token))
    mail_again(call.tx, renewed.email)
    return {"invitation": answers.invitation(load_invitation(call.tx, invitation_id))}
