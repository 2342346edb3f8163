"""Change the name that is printed beside a member's signatures."""

from __future__ import annotations

from uuid import UUID

from shared.answers.people import AMember
from shared.app.call import Call
from shared.domain.people import people
from shared.doors.body import Name, Reason
from shared.doors.http import command
from shared.queries.lists import show_member
from shared.queries.organisations import hold_printed_names, load_member


@command(who=people.ADMIN)
def change_printed_name(call: Call, person_id: UUID, printed_name: Name, reason: Reason) -> AMember:
    """Change a member's printed name for their signatures to come; the member gets mail, and signatures that stand keep the former name."""
    member = load_member(call.tx, person_id)
    call.match_if_sent(member)
    others = hold_printed_names(call.tx, person_id)
    changed = people.change_printed_name(member, printed_name, others, by=call.member, at=call.now)
    call.record(people.printed_name_changed(member, changed, call.name, reason))
    return {"member": show_member(call.tx, person_id)}
