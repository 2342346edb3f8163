"""Sign-ins that count no more: what the identity provider ended is kept with the person, for every process (21 CFR 11.300)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.db import database

if TYPE_CHECKING:
    from shared.google.identity import Ended


def note_ended(ended: Ended) -> None:
    """Keep with the person that the provider ended their sign-ins, so that every process refuses them without asking."""
    from shared.queries.directory import end_sign_ins

    settings = {"app.identity_uid": ended.uid, "app.step": "end_sign_ins"}
    with database.current().transaction(role="qfacts_directory", settings=settings) as tx:
        end_sign_ins(tx, ended.uid, ended.issued_at)
