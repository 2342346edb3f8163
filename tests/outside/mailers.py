"""The real SendGrid client with the inbox of one machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server
from werkzeug.test import Client

from infra.local.inbox import Inbox
from shared.outside import config

KEY = "local-key"
INVITATION = {"organisation": "Demo Pharma", "inviter": "Ada", "token": "0190.secret", "expires_on": "2026-12-01"}


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "mail.sqlite", KEY)


@pytest.fixture
def mailer(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The inbox on a real socket, mounted at /mail as the stack mounts it."""
    from werkzeug.middleware.dispatcher import DispatcherMiddleware

    nothing = Client(inbox).application
    running = make_server("127.0.0.1", 0, DispatcherMiddleware(nothing, {"/mail": inbox}), threaded=True)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{running.server_port}/mail"
    configure(monkeypatch, url)
    yield url
    running.shutdown()
    running.server_close()
    thread.join(5)
    config.current.cache_clear()


def configure(monkeypatch: pytest.MonkeyPatch, url: str, key: str = KEY) -> None:
    monkeypatch.setenv("QFACTS_SENDGRID", url)
    monkeypatch.setenv("SENDGRID_API_KEY", key)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    config.current.cache_clear()
