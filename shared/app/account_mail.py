"""Mail about a sign-in itself, which belongs to no organisation: choosing another password, proving an address.

The identity provider's code is fetched when the mail is sent, not when it is asked for: the outbox keeps no code, and neither the answer
nor its time tells whether an account exists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.kernel import ids
from shared.domain.kernel.errors import NotFound
from shared.domain.mail.mail import Mail
from shared.domain.mail.texts.accounts import ADDRESS_VERIFICATION, PASSWORD_RESET
from shared.domain.people.people import spoken_language
from shared.google import accounts
from shared.queries.outgoing import queue_account_mail

if TYPE_CHECKING:
    from shared.answers.account_mail import MailOnItsWay
    from shared.app.call import Call

CODES = {PASSWORD_RESET: accounts.password_reset_code, ADDRESS_VERIFICATION: accounts.address_verification_code}


def queue(call: Call, template: str, to_email: str, language: str) -> MailOnItsWay:
    """Put such a mail in the outbox; raises Invalid for a language that isn't one of ours."""
    queue_account_mail(call.tx, ids.new(call.now), template=template, to_email=to_email, language=spoken_language(language))
    return {"queued": True}


def with_code(mail: Mail) -> Mail | None:
    """The mail with the code that its link needs; None if nobody signs in with that address. Other mail is left as it is."""
    fetch = CODES.get(mail.template)
    if fetch is None:
        return mail
    try:
        return Mail(mail.to_email, mail.language, mail.template, {"address": mail.to_email, "code": fetch(mail.to_email)})
    except NotFound:
        return None
