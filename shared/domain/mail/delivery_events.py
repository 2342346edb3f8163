"""SendGrid's delivery events (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event).

Only events that stop mail to an address, or report a mail that didn't arrive, are kept. A later successful delivery doesn't revoke them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from uuid import UUID

from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass

BOUNCE, DROPPED, SPAM, UNSUBSCRIBED = "bounce", "dropped", "spam_complaint", "unsubscribed"
# A new invitation lifts these; a complaint or an unsubscription only the person can lift.
LIFTED_BY_INVITING = (BOUNCE, DROPPED)
CAUSE_LIMIT = 400  # characters


@dataclass(frozen=True)
class Event:
    """One event: why mail to the address stops (None if it doesn't), and whether this mail didn't arrive."""

    event_id: str
    email: str
    reason: str | None
    mail_id: str | None
    at: str
    cause: str
    undelivered: bool


def parse(body: bytes) -> list[Event]:
    """The relevant events of a delivery; raises Invalid if it isn't a list, which SendGrid always sends."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, list):
        raise Invalid("body", Sentence("events_list_needed", "This must be a JSON list of events."))
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
    """Why mail to the address stops, or None, and whether this mail didn't arrive."""
    event = row.get("event")
    if event == "bounce":  # "blocked" is temporary: a full mailbox or a busy server
        return (None if row.get("type") == "blocked" else BOUNCE), True
    if event == "dropped":  # because of the address or of the content
        return (DROPPED if "address" in _word(row, "reason", CAUSE_LIMIT).lower() else None), True
    if event == "spamreport":
        return SPAM, False
    return (UNSUBSCRIBED if event in {"unsubscribe", "group_unsubscribe"} else None), False


def _word(row: Mapping[str, object], name: str, longest: int) -> str:
    """A text field of an event without what PostgreSQL can't store; empty if it isn't text."""
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
