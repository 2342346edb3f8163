"""Choose how you are told of what waits for you."""

from __future__ import annotations

from typing import Annotated

from shared.answers.tellings import Tellings, tellings
from shared.app.call import Call
from shared.domain.people import people
from shared.domain.waiting.tellings import Way, choose
from shared.domain.waiting.waits import BY_NAME
from shared.doors.body import Among
from shared.doors.http import command


@command(who=people.MEMBER)
def set_telling(call: Call, what: Annotated[str, Among(tuple(BY_NAME))], way: Way) -> Tellings:
    """Choose how you are told in this organisation of one kind of wait: at once, in your digest, or not; what is mandatory stays."""
    chosen = choose(call.member, what, way, at=call.now)
    call.save(chosen)
    return tellings(chosen)
