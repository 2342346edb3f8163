"""A member's read in a service of the image's own command: alone, and beside a hostile organisation in the same process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.bench.ground import Firm, Ground, firm
from tests.doors.served import THREADS, Served, asked, head, imaged, running, sending
from tests.faults.hostile_client import again_and_again

AIM = "< 3"
READS = 100


def measure(on: Ground) -> list[tuple[str, str, str, str, str]]:
    """The rows of the table."""
    good, hostile = firm(on), firm(on)
    made = on.post("create_document", hostile.tokens["action_owner"], hostile.id, title="Cleaning", type="sop", content={"summary": "How"})
    rows = []
    with running(*imaged("organisations", "list_teams", "create_team", "invite_member", "create_organisation")) as served:
        _median(served, good, "list_teams")
        rows.append(_row("reads", served, good, "list_teams", _read("/api/list_teams", hostile)))
        body = b'{"email": "stranger########@hostile.qfacts.example", "role": "operator"}'
        rows.append(_row("invitations", served, good, "list_teams", _step("/api/invite_member", hostile, body)))
        body = b'{"name": "Another"}'
        rows.append(_row("organisations founded", served, good, "list_teams", _step("/api/create_organisation", hostile, body)))
        alone = _median(served, good, "list_teams")
        with _half_sent(served, hostile):
            rows.append(_told("half-sent bodies", _median(served, good, "list_teams"), alone))
    with running(*imaged("records", "search_records", "export_record")) as served:
        _median(served, good, "search_records")
        export = _read(f"/api/export_record?format=pdf&id={made['record']['id']}", hostile)
        rows.append(_row("exports", served, good, "search_records", export))
    return rows


def _row(what: str, served: Served, good: Firm, function: str, request: bytes) -> tuple[str, str, str, str, str]:
    alone = _median(served, good, function)
    with again_and_again(served, request, THREADS):
        return _told(what, _median(served, good, function), alone)


def _told(what: str, beside: float, alone: float) -> tuple[str, str, str, str, str]:
    return f"a read beside another organisation's {what}", f"{beside:.2f} ms", f"{alone:.2f} ms", f"{beside / alone:.2f}", AIM


def _median(served: Served, by: Firm, function: str) -> float:
    taken = []
    for _ in range(READS):
        status, seconds = asked(served, f"/api/{function}", by.tokens["action_owner"], by.id)
        assert status == 200
        taken.append(seconds * 1000)
        time.sleep(0.005)
    return statistics.median(taken)


@contextmanager
def _half_sent(served: Served, by: Firm) -> Iterator[None]:
    with ExitStack() as stack:
        for token in (by.tokens["admin"], by.tokens["qa"], ""):
            begun = head("/api/create_team", by=token, organisation=by.id) + b'{"name": "'
            stack.enter_context(sending(served, begun, 2 * THREADS))
        yield


def _step(path: str, by: Firm, body: bytes) -> bytes:
    return head(path, by=by.tokens["admin"], organisation=by.id, length=len(body), more="Connection: close") + body


def _read(path: str, by: Firm) -> bytes:
    return head(path, method="GET", by=by.tokens["qa"], organisation=by.id, more="Connection: close")
