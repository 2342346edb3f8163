"""What SendGrid tells of mail it was handed (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event).

Only what says that an address shouldn't be mailed any more, or that a mail didn't arrive, is kept. A later delivery takes none of it back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from uuid import UUID

from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.values import dataclass

BOUNCE, DROPPED, SPAM, UNSUBSCRIBED = "bounce", "dropped", "spam_complaint", "unsubscribed"
# A new invitation says that the address is good after all; to a complaint or a wish nobody but the person has the last word.
LIFTED_BY_INVITING = (BOUNCE, DROPPED)
CAUSE_LIMIT = 400  # characters


@dataclass(frozen=True)
class Event:
    """One event: why the address is no longer mailed (None: it still is), and whether the mail it is about didn't arrive."""

    event_id: str
    email: str
    reason: str | None
    mail_id: str | None
    at: str
    cause: str
    undelivered: bool


def read(body: bytes) -> list[Event]:
    """The events of a delivery that matter; raises Invalid where it isn't a list, for that will never be one of SendGrid's."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, list):
        raise Invalid("body", "This must be a JSON list of events.")
    return list(_events(given))


def _events(given: Iterable[object]) -> Iterable[Event]:
    for row in given:
        if not isinstance(row, Mapping):
            continue
        event_id, email = _word(row, "sg_event_id", 200), _word(row, "email", 320)
        reason, undelivered = _meaning(row)
        if event_id and email and (reason or undelivered):
            cause = f"{row.get('event')}: {_word(row, 'reason', CAUSE_LIMIT)}"[: CAUSE_LIMIT - 1]
            yield Event(
                event_id=event_id,
                email=email,
                reason=reason,
                mail_id=_id(row.get("mail_id")),
                at=_at(row.get("timestamp")),
                cause=cause,
                undelivered=undelivered,
            )


def _meaning(row: Mapping[str, object]) -> tuple[str | None, bool]:
    """Why the address is no longer mailed, and whether this mail didn't arrive."""
    event = row.get("event")
    if event == "bounce":  # "blocked" is for now: a full mailbox, a server that was busy
        return (None if row.get("type") == "blocked" else BOUNCE), True
    if event == "dropped":  # for the address, or for what was sent
        return (DROPPED if "address" in _word(row, "reason", CAUSE_LIMIT).lower() else None), True
    if event == "spamreport":
        return SPAM, False
    return (UNSUBSCRIBED if event in {"unsubscribe", "group_unsubscribe"} else None), False


def _word(row: Mapping[str, object], name: str, longest: int) -> str:
    """A text of an event, as far as PostgreSQL can keep it; empty where it is none."""
    value = row.get(name)
    kept = value.replace("\x00", "").encode("utf-8", "ignore").decode() if isinstance(value, str) else ""
    return kept.strip()[:longest]


def _id(value: object) -> str | None:
    try:
        return str(UUID(value)) if isinstance(value, str) else None
    except ValueError:
        return None


def _at(value: object) -> str:
    """When it happened, in UTC; now where SendGrid doesn't say."""
    seconds = value if isinstance(value, int) and 0 < value < 2**32 else int(datetime.now(UTC).timestamp())
    return datetime.fromtimestamp(seconds, UTC).isoformat()
