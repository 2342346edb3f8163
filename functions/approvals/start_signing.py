"""Begin to sign."""

from __future__ import annotations

from uuid import UUID

from shared.answers.signatures import SigningChallenge
from shared.answers.signatures import challenge as shown
from shared.app.call import Call
from shared.app.signing_subjects import signable
from shared.domain.people import people
from shared.domain.signing import signatures
from shared.doors.body import Name
from shared.doors.http import command
from shared.queries.signing import count_signing_failures


@command(who=people.SIGNERS)
def start_signing(call: Call, subject_kind: Name, subject_id: UUID, meaning: Name) -> SigningChallenge:
    """Get a challenge for one signature within 120 seconds; sign in again, then send the challenge with the step."""
    meaning = meaning.replace("_", " ")
    subject = signable(call, subject_kind, subject_id, meaning)
    failures = count_signing_failures(call.tx, call.person.id)
    challenge = signatures.challenge(subject, meaning, by=call.member, sign_in=call.sign_in, failures=failures, at=call.now)
    call.save(challenge)
    return shown(challenge)
