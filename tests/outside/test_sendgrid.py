"""Mail through the real SendGrid client into the inbox of one machine."""

from __future__ import annotations

import json
import re
import threading
import urllib.request
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from werkzeug.test import Client

from infra.local.inbox import Inbox
from shared.domain.kernel import errors
from shared.domain.mail.mail import Fact, Mail
from shared.domain.mail.texts.steps import FOOTERS
from shared.outside import config
from shared.outside import sendgrid as post
from tests.outside.mailers import INVITATION, KEY, configure, inbox, mailer

__all__ = ["inbox", "mailer"]

ORIGIN = "https://app.qfacts.example"


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - an address of our own
        return json.load(answer)


def body(**more: Any) -> dict[str, Any]:
    """A mail as SendGrid's client sends it."""
    usual = {
        "personalizations": [{"to": [{"email": "ada@demo.example"}]}],
        "from": {"email": "no-reply@qfacts.example"},
        "subject": "Hello",
        "content": [{"type": "text/plain", "value": "text"}, {"type": "text/html", "value": "<p>html</p>"}],
    }
    return {name: value for name, value in (usual | more).items() if value is not None}


def put(inbox: Inbox, mail: Any, key: str = KEY, kind: str = "application/json") -> Any:
    data = mail if isinstance(mail, bytes) else json.dumps(mail).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": kind}
    return Client(inbox).post("/v3/mail/send", data=data, headers=headers)


def test_an_invitation_arrives_with_its_link(mailer: str) -> None:
    mail = Mail("New@Demo.example", "nl", "invitation", INVITATION)
    post.send(mail.to_email, *post.render(mail, ORIGIN), "mail-1")
    (message,) = get(f"{mailer}/messages?to=new@demo.example")
    assert message["to"] == "new@demo.example"
    assert message["subject"] == "Uitnodiging voor Demo Pharma op QFacts"
    assert message["links"] == [f"{ORIGIN}/accept-invitation?token=0190.secret"]
    assert message["links"][0] in message["text"]
    assert "2026-12-01" in message["html"]
    assert get(f"{mailer}/messages/{message['id']}") == message


def test_messages_are_listed_newest_first_and_by_recipient(mailer: str) -> None:
    for number in range(3):
        post.send("ada@demo.example", f"Mail {number}", "text", "<p>html</p>", f"mail-{number}")
    post.send("bob@demo.example", "Other", "text", "<p>html</p>", "mail-9")
    assert [each["subject"] for each in get(f"{mailer}/messages?to=ADA%40demo.example")] == ["Mail 2", "Mail 1", "Mail 0"]
    assert len(get(f"{mailer}/messages")) == 4
    assert get(f"{mailer}/messages?to=nobody@demo.example") == []


def test_html_and_text_say_the_same_and_only_html_is_escaped() -> None:
    facts = {"number": "CHG-1", "title": "<b>Salt & pepper</b>", "organisation": "A & B", "change_id": "7"}
    subject, text, html = post.render(Mail("a@b.example", "en", "change_approved", facts), ORIGIN + "/")
    assert subject == "Approved: CHG-1 <b>Salt & pepper</b>"
    assert "<b>Salt & pepper</b>" in text
    assert "&lt;b&gt;Salt &amp; pepper&lt;/b&gt;" in html
    assert "<b>" not in html
    assert f"{ORIGIN}/changes/7" in text
    assert f'href="{ORIGIN}/changes/7"' in html
    assert '<html lang="en">' in html


def test_a_name_with_a_line_break_makes_no_header(mailer: str) -> None:
    facts = INVITATION | {"organisation": "Demo\r\nBcc: all@demo.example"}
    mail = Mail("ada@demo.example", "en", "invitation", facts)
    post.send(mail.to_email, *post.render(mail, ORIGIN), "mail-1")
    (message,) = get(f"{mailer}/messages")
    assert message["subject"] == "Invitation to Demo Bcc: all@demo.example on QFacts"


def test_a_wrong_key_loses_no_mail(mailer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, mailer, key="wrong")
    with pytest.raises(errors.Unavailable):
        post.send("ada@demo.example", "Hello", "text", "<p>html</p>", "mail-1")
    assert get(f"{mailer}/messages") == []


def test_an_impossible_address_is_refused_for_good_and_not_logged(mailer: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(errors.Invalid):
        post.send("not-an-address", "Hello", "text", "<p>html</p>", "mail-1")
    assert "not-an-address" not in caplog.text
    assert "personalizations.0.to.email" in caplog.text
    assert mailer


@pytest.mark.parametrize(("status", "again", "pause"), [(429, True, 7), (500, True, 7), (503, True, 7), (413, False, 0)])
def test_what_passes_is_tried_again_and_what_does_not_is_not(
    monkeypatch: pytest.MonkeyPatch, status: int, pause: int, *, again: bool
) -> None:
    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Retry-After", "7")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    configure(monkeypatch, f"http://127.0.0.1:{running.server_address[1]}")
    try:
        with pytest.raises(errors.Refusal) as refused:
            post.send("ada@demo.example", "Hello", "text", "<p>html</p>", "mail-1")
        assert isinstance(refused.value, errors.Unavailable) is again
        assert getattr(refused.value, "retry_after", 0) == pause
    finally:
        running.shutdown()
        running.server_close()
        config.current.cache_clear()


def test_a_server_that_never_answers_costs_the_time_limit_only(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket
    import time

    with socket.create_server(("127.0.0.1", 0)) as silent:
        configure(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setattr(post, "TIME_LIMIT", 0.3)
        started = time.monotonic()
        with pytest.raises(errors.Unavailable):
            post.send("ada@demo.example", "Hello", "text", "<p>html</p>", "mail-1")
        assert time.monotonic() - started < 5
    config.current.cache_clear()


def test_nobody_there_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, "http://127.0.0.1:1")
    with pytest.raises(errors.Unavailable):
        post.send("ada@demo.example", "Hello", "text", "<p>html</p>", "mail-1")
    config.current.cache_clear()


@pytest.mark.parametrize(
    ("mail", "field"),
    [
        ([], None),
        (b"{", None),
        (b"[" * 100_000, None),
        (body(personalizations=None), "personalizations"),
        (body(personalizations=[{"to": []}]), "personalizations.0.to"),
        (body(personalizations=[{"to": [{"email": "a@b.example\r\nBcc: c@d.example"}]}]), "personalizations.0.to.email"),
        (body(**{"from": None}), "from.email"),
        (body(subject=None), "subject"),
        (body(subject="a\r\nb"), "subject"),
        (body(content=[]), "content"),
        (body(content=[{"type": "text/plain", "value": ""}]), "content"),
        (body(content=[{"type": "text/html", "value": "x"}, {"type": "text/plain", "value": "x"}]), "content"),
    ],
)
def test_the_inbox_refuses_what_sendgrid_refuses(inbox: Inbox, mail: Any, field: str | None) -> None:
    answer = put(inbox, mail)
    assert answer.status_code == 400
    assert answer.json["errors"][0]["field"] == field
    assert inbox.messages() == []


def test_the_inbox_answers_as_sendgrid_does(inbox: Inbox) -> None:
    answer = put(inbox, body())
    assert (answer.status_code, answer.data) == (202, b"")
    assert answer.headers["X-Message-Id"] == inbox.messages()[0]["id"]
    mounted = Client(inbox).post("/sendgrid/v3/mail/send", json=body(), headers={"Authorization": f"Bearer {KEY}"})
    assert mounted.status_code == 202
    assert put(inbox, body(), key="wrong").status_code == 401
    assert put(inbox, body(), kind="text/plain").status_code == 415
    assert Client(inbox).get("/v3/mail/send").status_code == 405
    assert Client(inbox).get("/messages/unknown").status_code == 404
    assert Client(inbox).delete("/messages").status_code == 405


def test_messages_survive_a_restart(inbox: Inbox) -> None:
    put(inbox, body())
    assert Inbox(inbox.path, KEY).messages() == inbox.messages()


def test_the_page_shows_mail_in_a_frame_that_may_run_nothing(inbox: Inbox) -> None:
    html = '<script>alert(1)</script><a href="https://app.qfacts.example/x?a=1&amp;b=2">go</a>'
    put(inbox, body(subject='"><script>alert(2)</script>', content=[{"type": "text/html", "value": html}]))
    answer = Client(inbox).get("/?to=ada@demo.example")
    assert "<script>" not in answer.text
    assert re.search(r"<iframe sandbox title=", answer.text)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert inbox.messages()[0]["links"] == ["https://app.qfacts.example/x?a=1&b=2"]
    assert Client(inbox).get("").status_code == 200


class Seen(HTMLParser):
    """What a reader sees of a page: its words in their order, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """A tag and where it leads."""
        self.tags.append(tag)
        self.links += [value for name, value in attributes if name == "href" and value]

    def handle_data(self, data: str) -> None:
        """Words between tags."""
        self.words += data.split()


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_a_digest_reads_the_same_on_the_page_and_as_text(language: str) -> None:
    told = [
        ("owner", "learn", "assignment", "TRN-1", "2026-11-12"),
        ("owner", "act", "action", "A & <i>B</i>", "2026-11-22"),
        ("qa", "review", "document", "SOP-1", "2026-11-14"),
    ]
    things = [
        {"told": who, "what": what, "kind": kind, "id": str(place), "number": number, "title": "Cleaning", "due_on": day, "person": "Otto"}
        for place, (who, what, kind, number, day) in enumerate(told)
    ]
    facts: dict[str, Fact] = {"organisation": "Demo", "today": "2026-11-22", "count": "9", "things": things}
    subject, text, html = post.render(Mail("a@b.example", language, "reminder_digest", facts), ORIGIN)
    page = Seen(html)
    said = [word.strip(",:") for word in text.partition("\n-- ")[0].split() if ORIGIN not in word and word != "-"]
    shown = page.words[len(subject.split()) + 1 : -len(FOOTERS[language].split())]  # without its title, the name of QFacts and the footer
    assert sorted(said) == sorted(word.strip(",:") for word in shown if ORIGIN not in word)
    assert page.tags.count("tr") == 3
    assert page.tags.count("h2") == 3
    assert "i" not in page.tags, "a title is never markup"
    assert page.links == [f"{ORIGIN}/assignments/0", f"{ORIGIN}/actions/1", f"{ORIGIN}/documents/2", f"{ORIGIN}/"]
    assert re.findall(r"https://\S+", text) == page.links
