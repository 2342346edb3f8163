"""Sign-ins that count no more: what the identity provider ended is kept with the person, for every process (21 CFR 11.300)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.db import database
from shared.domain.kernel.errors import Unauthenticated

if TYPE_CHECKING:
    from shared.app.call import Call
    from shared.google.identity import Ended


def refuse_old(call: Call) -> None:
    """Raise Unauthenticated for a token issued before the person's sign-ins were ended."""
    if call.person.not_before is not None and call.identity.issued_at <= call.person.not_before:
        raise Unauthenticated("This sign-in has been ended. Sign in again.")


def note_ended(ended: Ended) -> None:
    """Keep with the person that the provider ended their sign-ins, so that every process refuses them without asking."""
    from shared.queries.directory import end_sign_ins

    settings = {"app.identity_uid": ended.uid, "app.step": "end_sign_ins"}
    with database.current().transaction(role="qfacts_directory", settings=settings) as tx:
        end_sign_ins(tx, ended.uid, ended.issued_at)
