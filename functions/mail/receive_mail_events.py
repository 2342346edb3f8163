"""Receive SendGrid's delivery events."""

from __future__ import annotations

from shared.domain.mail import delivery_events
from shared.doors.webhook import Delivery, signed_with_ecdsa, webhook
from shared.outside import config
from shared.queries.undelivered_mail import note

SIGNATURE, TIMESTAMP = "X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"


@webhook("sendgrid", signed_with_ecdsa(lambda: config.current().mail_events_key, SIGNATURE, TIMESTAMP))
def receive_mail_events(delivery: Delivery) -> dict[str, int]:
    """Stop mailing an address that bounces, reports spam or unsubscribes; the admins of its organisations see why."""
    return note(delivery.tx, delivery_events.parse(delivery.body))
