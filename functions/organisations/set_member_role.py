"""Change a member's role."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from shared.answers.people import AMember
from shared.app.call import Call
from shared.app.training_follow_ups import settle_person
from shared.domain.changes import approvals
from shared.domain.people import organisations, people
from shared.domain.people.people import Role
from shared.doors.http import command
from shared.queries.lists import show_member
from shared.queries.organisations import admins_and_qa, hold_admins, load_member, name_of_member
from shared.queries.proposals import load_open_proposals


@command(who=people.ADMIN)
def set_member_role(
    call: Call,
    person_id: UUID,
    role: Role | None,
    admin: bool = False,
    role_until: date | None = None,
) -> AMember:
    """Set a member's quality role and whether they are an admin, from their next request on.

    Approval requests that nobody can decide any more lapse at once, and the authors of their changes get mail.
    """
    member = load_member(call.tx, person_id)
    call.match_if_sent(member)
    changed = organisations.set_role(
        member, role=role, admin=admin, role_until=role_until, admins=hold_admins(call.tx), today=call.today, by=call.member, at=call.now
    )
    told, person = admins_and_qa(call.tx), name_of_member(call.tx, person_id)
    call.record(organisations.role_changed(member, changed, told, call.name, person))
    settle_person(call, person_id, "another role")
    call.record(approvals.recheck(load_open_proposals(call.tx), at=call.now))
    return {"member": show_member(call.tx, person_id)}
