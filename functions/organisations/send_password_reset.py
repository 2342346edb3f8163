"""Mail a way to choose another password."""

from __future__ import annotations

from shared.answers.account_mail import MailOnItsWay
from shared.app.account_mail import queue
from shared.app.call import Call
from shared.domain.mail.texts.accounts import PASSWORD_RESET
from shared.domain.people import invitations, limits, people
from shared.doors.body import Line, Name
from shared.doors.http import command
from shared.queries.quotas import spend


@command(who=people.VISITORS, organisation=False)
def send_password_reset(call: Call, email: Line, language: Name = "en") -> MailOnItsWay:
    """Mail a link to choose another password, in `language`; the answer is the same whether or not somebody signs in with that address."""
    address = invitations.address("email", email)
    spend(call.tx, limits.quota("send_password_reset", "address"), address)
    return queue(call, PASSWORD_RESET, address, language)
