"""Mail of no organisation, in the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

ACCOUNT_MAIL = "insert into mails (id, to_email, language, template) values (:id, :to_email, :language, :template) returning 1 as queued"


def queue_account_mail(tx: Transaction, mail_id: UUID, *, template: str, to_email: str, language: str) -> None:
    """Queue a mail about a sign-in; its code is fetched when it is sent."""
    tx.rows(ACCOUNT_MAIL, id=mail_id, to_email=to_email, language=language, template=template)
