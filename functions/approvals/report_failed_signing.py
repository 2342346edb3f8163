"""Count a password that the identity provider refused during a signing."""

from __future__ import annotations

from uuid import UUID

from shared.answers import signatures as answers
from shared.answers.signatures import FailedSignings
from shared.app.call import Call, record_failure
from shared.domain.people import people
from shared.domain.signing import signatures
from shared.doors.http import command
from shared.queries.signing import count_signing_failures, load_challenges, locked_until


@command(who=people.SIGNERS)
def report_failed_signing(call: Call, challenge_id: UUID) -> FailedSignings:
    """Count a wrong password; too many lock signing, and QA and the admins are told (21 CFR 11.300(d))."""
    signatures.refuse_over(load_challenges(call.tx, challenge_id), by=call.member, at=call.now)
    record_failure(call, signatures.WRONG_PASSWORD)
    return answers.failed_signings(count_signing_failures(call.tx, call.person.id), locked_until(call.tx, call.person.id))
