"""Invite somebody by mail."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.answers import people as answers
from shared.answers.people import AnInvitation
from shared.app.call import Call
from shared.app.inviting import invitation_mail
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence
from shared.domain.people import invitations, limits, people
from shared.domain.people.people import Role
from shared.doors.http import command
from shared.queries.organisations import admins_and_qa, load_invitation, mail_again, open_invitations
from shared.queries.quotas import spend
from shared.queries.teams import missing_teams


@command(who=people.ADMIN)
def invite_member(
    call: Call,
    email: str,
    role: Role | None = None,
    admin: bool = False,
    team_ids: list[UUID] = [],
    role_until: date | None = None,
) -> AnInvitation:
    """Mail an invitation that one address can use once within seven days; it replaces an open one, and a bounce is forgotten."""
    if missing := missing_teams(call.tx, team_ids):
        raise Invalid("team_ids", Sentence("no_team_named", "There is no team {team} in this organisation.", team=missing[0]))
    invitation, token = invitations.invite(
        call.organisation, email=email, role=role, admin=admin, team_ids=team_ids, role_until=role_until, by=call.member, at=call.now
    )
    spend(call.tx, limits.quota("invite_member", "address"), invitation.email)
    replaced = [invitations.revoke(one, at=call.now) for one in open_invitations(call.tx, invitation.email)]
    outcome = invitations.granted(invitation, admins_and_qa(call.tx), call.name, replaced)
    call.record(outcome, invitation_mail(call, invitation, token))
    mail_again(call.tx, invitation.email)
    return {"invitation": answers.invitation(load_invitation(call.tx, invitation.id))}
