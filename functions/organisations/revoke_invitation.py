"""Revoke an invitation."""

from __future__ import annotations

from uuid import UUID

from shared.answers import people as answers
from shared.answers.people import AnInvitation
from shared.app.call import Call
from shared.domain.people import invitations, people
from shared.doors.http import command
from shared.queries.organisations import load_invitation


@command(who=people.ADMIN)
def revoke_invitation(call: Call, invitation_id: UUID) -> AnInvitation:
    """Revoke an open invitation at once."""
    call.save(invitations.revoke(load_invitation(call.tx, invitation_id), at=call.now))
    return {"invitation": answers.invitation(load_invitation(call.tx, invitation_id))}
