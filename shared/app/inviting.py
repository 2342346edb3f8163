"""The mail with which somebody is invited, the first time and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.mail.mail import Mail
from shared.domain.people import people

if TYPE_CHECKING:
    from shared.app.call import Call
    from shared.domain.people.invitations import Invitation


def invitation_mail(call: Call, invitation: Invitation, token: str) -> Mail:
    """The mail that carries the token; its last day is the organisation's own."""
    expires_on = people.local_day(invitation.expires_at, call.organisation.time_zone).isoformat()
    facts = {"organisation": call.organisation.name, "inviter": call.name, "token": token, "expires_on": expires_on}
    return Mail(invitation.email, call.organisation.language, "invitation", facts)
