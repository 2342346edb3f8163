"""Calls of scheduled functions as Cloud Scheduler makes them, and what they find to do."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra import register
from shared.db.transaction import Transaction
from shared.outside import config
from tests.builders import Company, approve, dated, document, submitted
from tests.google_keys import KEY_ID, Google, _certificate
from tests.product import ORIGIN, Answer, Product
from tests.product import own_product as product

__all__ = ["product"]

ACCOUNT = "scheduler@demo-qfacts.iam.gserviceaccount.com"
JOBS = [function.name for function in register.scheduled(register.read())]
Deliver = Callable[..., Answer]


def claims(job: str) -> dict[str, object]:
    """What a token of Cloud Scheduler for a job says now."""
    now = int(time.time())
    return {
        "iss": "https://accounts.google.com",
        "aud": f"{ORIGIN}/api/{job}",
        "sub": "1",
        "email": ACCOUNT,
        "email_verified": True,
        "iat": now,
        "exp": now + 3600,
    }


@pytest.fixture
def deliver(product: Product, google_server: Google, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Call a scheduled function as Cloud Scheduler does; `slot` is its planned time, `changed` alters the token's claims."""
    google_server.status = 200
    google_server.certificates = json.dumps({KEY_ID: _certificate(google_server.key)}).encode()
    for name, value in {"QFACTS_OIDC_CERTS": f"{google_server.url}/certificates", "QFACTS_SCHEDULER_ACCOUNT": ACCOUNT}.items():
        monkeypatch.setenv(name, value)
    config.current.cache_clear()

    def call(job: str, slot: datetime | str | None = None, own: Product | None = None, **changed: object) -> Answer:
        headers = {"Authorization": f"Bearer {google_server.sign(claims(job) | changed)}"}
        if slot is not None:
            headers["X-CloudScheduler-ScheduleTime"] = slot if isinstance(slot, str) else slot.isoformat()
        return (own or product).send(job, "POST", headers=headers)

    yield call
    config.current.cache_clear()


def slot(minutes: int = 0) -> datetime:
    """A time of its own for each call, in the past."""
    return datetime.now(UTC) - timedelta(days=1, minutes=minutes)


def planned(product: Product, firm: Company, *titles: str) -> list[dict[str, Any]]:
    """Approved documents of one change whose day has come meanwhile."""
    first = document(firm.action_owner, titles[0])
    for title in titles[1:]:
        firm.action_owner.post("create_document", title=title, type="sop", change_id=first["change"]["id"]).ok
    first["change"] = dict(firm.action_owner.get("get_change", id=first["change"]["id"]).ok.body)
    made = dated(firm.action_owner, first, str(datetime.now(UTC).date() + timedelta(days=3)))
    done = approve(firm.qa, submitted(firm.action_owner, made["change"])["approval_request"]).ok
    assert {one["status"] for one in done["records"]} == {"approved"}
    return list(done["records"])


@contextmanager
def entered() -> Iterator[list[str]]:
    """The organisations for which a job opens a transaction of its own."""
    found: list[str] = []
    original = Transaction.begin

    def begin(self: Transaction, settings: dict[str, str], opening: str = "begin") -> bool:
        found.extend(filter(None, [settings.get("app.organisation_id")]))
        return original(self, settings, opening)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Transaction, "begin", begin)
        yield found
