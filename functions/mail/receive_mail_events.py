"""Take in what became of mail that was handed over."""

from __future__ import annotations

from shared.domain.mail import delivery_events
from shared.doors.webhook import Delivery, signed_with_ecdsa, webhook
from shared.outside import config
from shared.queries.undelivered_mail import note

SIGNATURE, TIMESTAMP = "X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"


@webhook("sendgrid", signed_with_ecdsa(lambda: config.current().mail_events_key, SIGNATURE, TIMESTAMP))
def receive_mail_events(delivery: Delivery) -> dict[str, int]:
    """An address that bounces, complains of spam or unsubscribes isn't mailed any more, and its organisations' admins see why."""
    return note(delivery.tx, delivery_events.read(delivery.body))
