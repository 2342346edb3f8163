"""The organisation's settings."""

from __future__ import annotations

from typing import Any

from shared.answers import people as answers
from shared.answers.people import AnOrganisation
from shared.app.call import Call
from shared.domain.kernel.values import OMITTED
from shared.domain.people import people
from shared.domain.records import settings
from shared.doors.body import Line, Name
from shared.doors.http import command
from shared.queries.organisations import load_present_organisation, refuse_strangers


@command(who=people.ADMIN)
def update_organisation(
    call: Call,
    name: Name = OMITTED,
    time_zone: str = OMITTED,
    language: str = OMITTED,
    approval_policy: dict[str, Any] | None = OMITTED,
    approval_days: int | None = OMITTED,
    signing_policy: str | None = OMITTED,
    open_comments_block: bool | None = OMITTED,
    weekend: list[Line] | None = OMITTED,
    holidays: list[Line] | None = OMITTED,
    retention_years: dict[str, Any] | None = OMITTED,
    legal_hold: bool | None = OMITTED,
) -> AnOrganisation:
    """Change settings; omitted ones stay, null brings back the default. Changes in approval keep the policy of their submission."""
    given = {
        "name": name,
        "time_zone": time_zone,
        "language": language,
        "approval_policy": approval_policy,
        "approval_days": approval_days,
        "signing_policy": signing_policy,
        "open_comments_block": open_comments_block,
        "weekend": weekend,
        "holidays": holidays,
        "retention_years": retention_years,
        "legal_hold": legal_hold,
    }
    call.match_if_sent(call.organisation)
    updated = settings.update(call.organisation, {field: value for field, value in given.items() if value is not OMITTED}, at=call.now)
    refuse_strangers(call.tx, updated, "approval_policy")
    call.save(updated)
    return {"organisation": answers.organisation(load_present_organisation(call.tx))}
