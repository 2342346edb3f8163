"""One CAPA plan."""

from __future__ import annotations

from uuid import UUID

from shared.answers.records import Record
from shared.app.call import Call
from shared.domain.capa import capa_plans
from shared.domain.people import people
from shared.doors.http import query
from shared.queries.shown_records import show_record


@query(who=people.STAFF)
def get_capa_plan(call: Call, id: UUID) -> Record:
    """Show a CAPA plan: its content, actions with their evidence, links, signatures and open steps."""
    return show_record(call.tx, id, call.member, capa_plans.KIND.name)
