"""Two organisations in one service, one of them hostile: the other's reads are answered soon, and none is refused for its sake."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from shared.domain.people.limits import quota
from tests.builders import Company, as_superuser, company, document
from tests.doors.served import THREADS, Served, asked, head, imaged, running, sending
from tests.faults.hostile_client import again_and_again
from tests.product import Product

READS = 40
MOST = 3.0  # times the usual median
LEAST = 0.02  # seconds: below them the machine's own noise is larger than anybody's share


@pytest.fixture(scope="module")
def good(product: Product) -> Company:
    return company(product, "operator")


@pytest.fixture(scope="module")
def hostile(product: Product) -> Company:
    made = company(product, "action_owner", "qa")
    document(made.action_owner)
    return made


@pytest.fixture(scope="module")
def organisations(good: Company) -> Iterator[Served]:
    with running(*imaged("organisations", "get_me", "list_teams", "create_team", "invite_member", "create_organisation")) as served:
        yield warm(served, good, "list_teams")


@pytest.fixture(scope="module")
def records(good: Company) -> Iterator[Served]:
    with running(*imaged("records", "search_records", "export_record")) as served:
        yield warm(served, good, "search_records")


def warm(served: Served, by: Company, function: str) -> Served:
    """The service once it has loaded a function."""
    for _ in range(10):
        asked(served, f"/api/{function}", by.operator.token, by.id)
    return served


def reads(served: Served, by: Company, function: str) -> list[float]:
    """How long a member's reads take; every one is answered."""
    taken = []
    for _ in range(READS):
        status, seconds = asked(served, f"/api/{function}", by.operator.token, by.id)
        assert status == 200
        taken.append(seconds)
    return taken


def step(path: str, by: Company, body: bytes) -> bytes:
    """One step as the hostile one's admin."""
    return head(path, by=by.admin.token, organisation=by.id, length=len(body), more="Connection: close") + body


def read(path: str, by: Company) -> bytes:
    """One read as the hostile one's QA."""
    return head(path, method="GET", by=by.qa.token, organisation=by.id, more="Connection: close")


def unharmed(served: Served, good: Company, function: str, usual: list[float]) -> None:
    """A member of the good one reads as soon as ever, give or take."""
    beside = statistics.median(reads(served, good, function))
    assert beside < MOST * max(statistics.median(usual), LEAST), (beside, statistics.median(usual))


def test_invitations_by_the_thousand_are_refused_and_slow_nobody(
    product: Product, organisations: Served, good: Company, hostile: Company
) -> None:
    usual = reads(organisations, good, "list_teams")
    one = quota("invite_member", "organisation")
    spend = (
        "select max(spend_quota(:name, :subject, cast(:most as integer), cast(:seconds as integer)))"
        " from generate_series(1, cast(:n as integer))"
    )
    as_superuser(product, spend, name=one.name, subject=hostile.id, most=one.most, seconds=one.seconds, n=one.most - 20)
    body = b'{"email": "stranger########@hostile.qfacts.example", "role": "operator"}'
    with again_and_again(organisations, step("/api/invite_member", hostile, body), THREADS) as met:
        unharmed(organisations, good, "list_teams", usual)
    assert met[200] <= 20
    assert met[429] > 20
    assert set(met) <= {200, 429}
    assert as_superuser(product, "select count(*) from mails where to_email like 'stranger%@hostile.qfacts.example'")[0][0] <= 20


def test_exports_again_and_again_slow_nobody(records: Served, good: Company, hostile: Company) -> None:
    usual = reads(records, good, "search_records")
    record = hostile.qa.get("list_documents").ok["items"][0]["id"]
    with again_and_again(records, read(f"/api/export_record?format=pdf&id={record}", hostile), THREADS) as met:
        unharmed(records, good, "search_records", usual)
    assert met[200]
    assert set(met) <= {200, 429}


def test_half_sent_bodies_of_members_and_of_nobody_slow_nobody(organisations: Served, good: Company, hostile: Company) -> None:
    usual = reads(organisations, good, "list_teams")
    with ExitStack() as stack:
        for by in (hostile.admin.token, hostile.qa.token, "", "no.valid.token"):
            begun = head("/api/create_team", by=by, organisation=hostile.id) + b'{"name": "'
            stack.enter_context(sending(organisations, begun, 2 * THREADS))
        stack.enter_context(sending(organisations, b"POST /api/create_team HTTP/1.1\r\nX-Slow: ", 2 * THREADS))
        unharmed(organisations, good, "list_teams", usual)


def test_reads_again_and_again_slow_nobody(organisations: Served, good: Company, hostile: Company) -> None:
    usual = reads(organisations, good, "list_teams")
    with again_and_again(organisations, read("/api/list_teams", hostile), THREADS) as met:
        unharmed(organisations, good, "list_teams", usual)
    assert met[200]
    assert set(met) <= {200, 429}


def test_organisations_founded_again_and_again_slow_nobody(organisations: Served, good: Company, hostile: Company) -> None:
    usual = reads(organisations, good, "list_teams")
    with again_and_again(organisations, step("/api/create_organisation", hostile, b'{"name": "Another"}'), THREADS) as met:
        unharmed(organisations, good, "list_teams", usual)
    assert met[200] <= quota("create_organisation", "person").most
    assert set(met) <= {200, 429}
