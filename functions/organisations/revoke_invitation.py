"""Take an invitation back."""

from __future__ import annotations

from uuid import UUID

from shared import answers, organisations, people
from shared.io.call import Call
from shared.io.http import command
from shared.io.shapes.answers import AnInvitation


@command(who=people.ADMIN)
def revoke_invitation(call: Call, invitation_id: UUID) -> AnInvitation:
    """Make an open invitation useless at once."""
    call.save(organisations.revoke(call.store.invitation(invitation_id), at=call.now))
    return {"invitation": answers.thing(call.store.invitation(invitation_id))}
