"""Link a record to another, or to a change."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import ARecord
from shared.app.call import Call
from shared.domain.events import investigation_scope
from shared.domain.people import people
from shared.domain.records import links
from shared.doors.body import Name
from shared.doors.http import command
from shared.queries.dossiers import load_dossier, load_ends
from shared.queries.links import is_linked
from shared.queries.shown_records import show_altered_record


@command(who=people.ACTION_OWNERS)
def link_records(call: Call, id: UUID, type: Name, to_id: UUID) -> ARecord:
    """Link a record to another (caused by, investigated in, corrected by, changes, trains); both show the link."""
    of_type = links.type_named(type)
    found = load_dossier(call.tx, id)
    call.match(found.record)
    end = links.end_of(load_ends(call.tx, to_id), to_id)
    there = is_linked(call.tx, id, of_type, to_id)
    call.record(investigation_scope.link(found, of_type, end, there=there, by=call.member, at=call.now))
    return show_altered_record(call.tx, id, call.member)
