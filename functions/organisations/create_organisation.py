"""Create an organisation."""

from __future__ import annotations

from shared.answers import people as answers
from shared.answers.people import AnOrganisation
from shared.app.addresses import refuse_unproven
from shared.app.call import Call
from shared.domain.people import organisations, people
from shared.doors.body import Name
from shared.doors.http import command
from shared.queries.directory import act_for
from shared.queries.organisations import load_present_organisation


@command(who=people.ANYONE, organisation=False)
def create_organisation(call: Call, name: Name) -> AnOrganisation:
    """Create an organisation and become its first admin, without a quality role."""
    refuse_unproven(call)
    organisation, member = organisations.create(name, call.person, at=call.now)
    act_for(call.tx, organisation.id)
    call.enter(call.person, member, organisation)
    call.save(organisation, member)
    return {"organisation": answers.organisation(load_present_organisation(call.tx))}
