"""Export a person's training file."""

from __future__ import annotations

from uuid import UUID

from shared.answers.parts import named
from shared.answers.sheets import Rows, sheet_file
from shared.app.call import Call
from shared.app.sheets import training_sheet
from shared.domain.people import people
from shared.domain.trainings import training_files
from shared.doors.http import query
from shared.queries.organisations import load_named_member


@query(who=people.STAFF, after=sheet_file)
def export_training_file(call: Call, person_id: UUID, format: training_files.Form = "pdf") -> Rows:
    """Export a person's whole training file: every assignment with its results and its signatures, as CSV, spreadsheet, PDF or JSON."""
    member, name = load_named_member(call.tx, person_id)
    sheet = training_sheet(member, name, format, named(call.person.id, call.name), call.organisation.name, call.now)
    return sheet.read(call.tx, call.member)
