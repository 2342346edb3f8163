"""Take an invitation back."""

from __future__ import annotations

from uuid import UUID

from shared.answers import building
from shared.answers.pages import AnInvitation
from shared.app.call import Call
from shared.domain.people import organisations, people
from shared.doors.http import command


@command(who=people.ADMIN)
def revoke_invitation(call: Call, invitation_id: UUID) -> AnInvitation:
    """Make an open invitation useless at once."""
    call.save(organisations.revoke(call.store.invitation(invitation_id), at=call.now))
    return {"invitation": building.thing(call.store.invitation(invitation_id))}
