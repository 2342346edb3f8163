"""Take an invitation back."""

from __future__ import annotations

from uuid import UUID

from shared import answers, organisations, people
from shared.io.call import Call
from shared.io.http import Answer, command


@command(who=people.ADMIN)
def revoke_invitation(call: Call, invitation_id: UUID) -> Answer:
    """Make an open invitation useless at once."""
    call.save(organisations.revoke(call.store.invitation(invitation_id), at=call.now))
    return {"invitation": answers.thing(call.store.invitation(invitation_id))}
