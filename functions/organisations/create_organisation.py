"""Found an organisation."""

from __future__ import annotations

from shared import answers, organisations, people
from shared.io.body import Name
from shared.io.call import Call
from shared.io.directory import act_for
from shared.io.http import command
from shared.io.shapes.answers import AnOrganisation


@command(who=people.ANYONE, organisation=False)
def create_organisation(call: Call, name: Name) -> AnOrganisation:
    """Found an organisation and become its first admin, without a quality role."""
    organisation, member = organisations.create(name, call.person, at=call.now)
    act_for(call.tx, organisation.id)
    call.enter(call.person, member, organisation)
    call.save(organisation, member)
    return {"organisation": answers.organisation(call.store.reload())}
