"""Mail a way to prove one's address."""

from __future__ import annotations

from shared.answers.account_mail import MailOnItsWay
from shared.app.account_mail import queue
from shared.app.call import Call
from shared.domain.kernel.errors import Conflict
from shared.domain.kernel.sentences import Sentence
from shared.domain.mail.texts.accounts import ADDRESS_VERIFICATION
from shared.domain.people import people
from shared.doors.http import command


@command(who=people.ANYONE, organisation=False)
def send_address_verification(call: Call) -> MailOnItsWay:
    """Mail you a link with which you prove that the address of your sign-in is yours."""
    if call.identity.email_verified:
        raise Conflict(Sentence("address_proven_already", "Your address is proven already."))
    return queue(call, ADDRESS_VERIFICATION, call.identity.email, call.person.language)
