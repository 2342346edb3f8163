"""Mail by SendGrid (https://www.twilio.com/docs/sendgrid/api-reference/mail-send), laid out by Jinja2.

A step only writes to the outbox; deliver_mail sends. jinja2 takes 0.05 s to import and sendgrid 0.07 s, so both are
imported only when needed.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from functools import cache
from http.client import HTTPException
from typing import Any

from shared.domain.kernel import errors
from shared.domain.kernel.sentences import Sentence
from shared.domain.mail import mail as letters
from shared.outside import config
from shared.outside.imports import importing

TIME_LIMIT = 10  # seconds; SendGrid's client has no limit of its own
PAUSE = 30  # seconds to wait if SendGrid doesn't say how long
_TOO_MANY, _SERVER_TROUBLE = 429, 500
_OUR_FAULT = {401, 403}  # the key is wrong or lacks a permission; the mail is tried again

_TEXT = """{% for sentence in letter.sentences %}{{ sentence }}

{% endfor %}{% for section in letter.sections %}{{ section.heading }}
{% for line in section.lines %}- {{ line.text }}
  {{ line.due_on }}, {{ line.when }}
  {{ origin }}{{ line.path }}
{% endfor %}
{% endfor %}{{ letter.button }}: {{ link }}

{{ "-- " }}
{{ letter.footer }}
"""
_HTML = """<!doctype html>
<html lang="{{ letter.language }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{ letter.subject }}</title></head>
<body style="margin:0;padding:24px;background:#f4f5f7;color:#1c2430;font:16px/1.5 Arial,Helvetica,sans-serif">
<div style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border:1px solid #d9dde3;border-radius:8px">
<p style="margin:0 0 16px;font-weight:bold">QFacts</p>
{% for sentence in letter.sentences %}<p style="margin:0 0 16px">{{ sentence }}</p>
{% endfor %}{% for section in letter.sections %}{% if section.lines %}
<h2 style="margin:24px 0 4px;font-size:16px">{{ section.heading }}</h2>
<table role="presentation" width="100%" cellspacing="0" cellpadding="0" style="border-collapse:collapse">
{% for line in section.lines %}<tr>
<td style="padding:8px 16px 8px 0;border-top:1px solid #d9dde3;vertical-align:top;word-break:break-word">
<a href="{{ origin }}{{ line.path }}" style="color:#1d4ed8;text-decoration:none">{{ line.text }}</a></td>
<td style="padding:8px 0;border-top:1px solid #d9dde3;vertical-align:top;text-align:right;white-space:nowrap;font-size:14px">
<span style="{% if line.late %}color:#b42318;font-weight:bold{% else %}color:#1c2430{% endif %}">{{ line.when }}</span><br>
<span style="color:#5b6470">{{ line.due_on }}</span></td>
</tr>
{% endfor %}</table>
{% else %}<p style="margin:16px 0;color:#5b6470;font-size:14px">{{ section.heading }}</p>
{% endif %}{% endfor %}<p style="margin:24px 0"><a href="{{ link }}"
 style="display:inline-block;padding:12px 20px;background:#1d4ed8;color:#ffffff;
 text-decoration:none;border-radius:6px">{{ letter.button }}</a></p>
<p style="margin:0;color:#5b6470;font-size:13px;word-break:break-all">{{ link }}</p>
</div>
<p style="max-width:560px;margin:16px auto 0;color:#5b6470;font-size:13px">{{ letter.footer }}</p>
</body>
</html>
"""

log = logging.getLogger(__name__)


def render(mail: letters.Mail, origin: str) -> tuple[str, str, str]:
    """The subject, text and HTML of `mail`; `origin` is the web application's, such as https://app.qfacts.example."""
    letter = letters.compose(mail)
    told = {"letter": letter, "origin": origin.rstrip("/"), "link": origin.rstrip("/") + letter.path}
    text, html = _layouts()
    return letter.subject, text.render(told), html.render(told)


@cache
def _layouts() -> tuple[Any, Any]:
    """The one layout as text and as HTML; only HTML is escaped."""
    with importing():
        from jinja2 import Environment, StrictUndefined

    text = Environment(autoescape=False, undefined=StrictUndefined, keep_trailing_newline=True)  # noqa: S701 - plain text
    html = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    return text.from_string(_TEXT), html.from_string(_HTML)


def send(to: str, subject: str, text: str, html: str, mail_id: str) -> None:
    """Send one mail through SendGrid; `mail_id`, the outbox's id, comes back in SendGrid's events.

    Raises errors.Unavailable if it may be retried (`retry_after` in seconds) and errors.Invalid if SendGrid will never
    accept it. SendGrid has no idempotency key: a time-out after acceptance causes one duplicate.
    """
    with importing():
        from python_http_client.exceptions import HTTPError
        from sendgrid import SendGridAPIClient

    settings = config.current()
    client = SendGridAPIClient(api_key=os.environ.get("SENDGRID_API_KEY", ""), host=settings.sendgrid).client
    client.timeout = TIME_LIMIT
    try:
        client.mail.send.post(request_body=_body(to, subject, text, html, mail_id=mail_id, sender=settings.mail_from))
    except HTTPError as refusal:
        status = int(refusal.status_code)
        if status == _TOO_MANY or status >= _SERVER_TROUBLE or status in _OUR_FAULT:
            log.warning("mail %s isn't taken now: status %s", mail_id, status)
            raise errors.Unavailable(
                Sentence("mail_not_taken", "SendGrid doesn't take mail at this moment."), _pause(refusal.headers)
            ) from None
        fields = _fields(refusal.body)
        log.error("mail %s is refused for good: status %s, fields %s", mail_id, status, fields)  # noqa: TRY400 - its trace quotes the address
        raise errors.Invalid("mail", Sentence("mail_refused", "SendGrid refuses this mail (status {status}).", status=status)) from None
    except (OSError, HTTPException) as trouble:  # urllib's URLError is an OSError
        log.warning("mail %s: SendGrid can't be reached: %s", mail_id, type(trouble).__name__)
        raise errors.Unavailable(Sentence("mail_out_of_reach", "SendGrid can't be reached at this moment."), PAUSE) from None


def _body(to: str, subject: str, text: str, html: str, *, mail_id: str, sender: str) -> dict[str, Any]:
    """The request body for SendGrid; tracking is off, because links carry tokens and reading habits are private."""
    return {
        "personalizations": [{"to": [{"email": to}], "custom_args": {"mail_id": mail_id}}],
        "from": {"email": sender, "name": "QFacts"},
        "subject": subject,
        "content": [{"type": "text/plain", "value": text}, {"type": "text/html", "value": html}],
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": False},
        },
    }


def _pause(headers: Mapping[str, str] | None) -> int:
    """The seconds that SendGrid asks to wait, one hour at most."""
    asked = str((headers or {}).get("Retry-After", ""))
    return min(int(asked), 3600) if asked.isdecimal() else PAUSE


def _fields(body: bytes | str) -> list[str]:
    """The names of the fields that SendGrid rejects; its messages aren't logged, because they may quote the address."""
    try:
        return [str(error.get("field")) for error in json.loads(body)["errors"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
