"""Begin to sign."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared.answers.signatures import SigningCeremony
from shared.app.call import Call
from shared.app.ceremonies import SubjectToSign, begin, wishes
from shared.domain.people import people
from shared.doors.body import Name
from shared.doors.http import command


@command(who=people.SIGNERS)
def start_signing(
    call: Call,
    subject_kind: Name | None = None,
    subject_id: UUID | None = None,
    meaning: Name | None = None,
    arguments: dict[str, Any] | None = None,
    subjects: list[SubjectToSign] | None = None,
) -> SigningCeremony:
    """Begin to sign one thing, or up to 50 with one sign-in, within 120 seconds; sign in again, then send the challenge with each step.

    `arguments` are what the step will be told, such as its reason: the signature covers them. A subject that can't be signed is shown
    with the reason and refuses only itself.
    """
    return begin(call, wishes(subject_kind, subject_id, meaning, arguments, subjects), alone=subjects is None)
