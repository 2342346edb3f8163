"""Quotas: what one person, organisation or address may ask for, and that nobody else notices."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from infra import register
from shared.db import database
from shared.db.server_errors import StatementFailed
from shared.domain.people.limits import HEAVY, QUOTAS, Quota, quota
from shared.doors import quotas
from tests.builders import Colleague, Company, as_superuser, at_once, company, document, invitation_token, mails, visitor
from tests.functions.deliveries import entered
from tests.functions.refusals import nothing_written
from tests.product import Answer, Product
from tests.storage import Storage

BEGUN: dict[str, str] = {}  # a challenge, by company
NEWCOMERS: dict[str, Colleague] = {}  # by company
INVITED: dict[str, tuple[str, str]] = {}  # an invitation and its token, by company


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """A process remembers refusals for some seconds."""
    quotas._refused.clear()
    yield
    quotas._refused.clear()


@pytest.fixture
def firm(product: Product) -> Company:
    return company(product, "action_owner", "qa")


def spent(product: Product, one: Quota, subject: str, left: int = 0) -> None:
    """Spend what a subject may, but for so many."""
    spend = (
        "select max(spend_quota(:name, :subject, cast(:most as integer), cast(:seconds as integer)))"
        " from generate_series(1, cast(:n as integer))"
    )
    as_superuser(product, spend, name=one.name, subject=subject.lower(), most=one.most, seconds=one.seconds, n=one.most - left)


def asked(firm: Company, function: str, address: str = "") -> Answer:
    """One call of a function with a quota, which is carried out where the quota lets it."""
    sha256, record = "0" * 64, firm.qa.get("list_documents").ok["items"]
    calls: dict[str, Any] = {
        "create_organisation": lambda: firm.product.post("create_organisation", firm.admin.token, name="Another"),
        "invite_member": lambda: firm.admin.post("invite_member", email=address or f"{uuid4().hex}@test.qfacts.example", role="operator"),
        "resend_invitation": lambda: firm.admin.post("resend_invitation", invitation_id=invited(firm)),
        "report_failed_signing": lambda: firm.qa.post("report_failed_signing", challenge_id=challenge(firm)),
        "send_password_reset": lambda: reset(firm, address or f"{uuid4().hex}@test.qfacts.example"),
        "send_address_verification": lambda: firm.product.post("send_address_verification", newcomer(firm).token),
        "get_invitation_preview": lambda: previewed(firm),
        "start_upload": lambda: firm.action_owner.post(
            "start_upload", filename="a.pdf", media_type="application/pdf", size=9, sha256=sha256
        ),
        "export_record": lambda: firm.qa.get("export_record", id=record[0]["id"], format="json"),
        "export_audit_trail": lambda: firm.qa.get("export_audit_trail", format="csv"),
        "export_register": lambda: firm.qa.post("export_register", register="documents", format="csv"),
        "export_records": lambda: firm.qa.post("export_records", ids=[record[0]["id"]]),
        "export_training_file": lambda: firm.qa.get("export_training_file", person_id=firm.qa.id, format="csv"),
        "start_export": lambda: firm.qa.post(
            "start_export", function="export_register", arguments={"register": "members", "format": "csv"}
        ),
        "verify_audit_trail": lambda: firm.qa.get("verify_audit_trail"),
    }
    made: Answer = calls[function]()
    return made


def invited(firm: Company) -> str:
    """The company's invitation of somebody whom nobody invited before."""
    if firm.id not in INVITED:
        address = f"{uuid4().hex}@test.qfacts.example"
        made = firm.admin.post("invite_member", email=address, role="operator").ok["invitation"]
        INVITED[firm.id] = made["id"], invitation_token(firm.product, address)
    return INVITED[firm.id][0]


def reset(firm: Company, address: str) -> Answer:
    """A password reset that somebody at an address of this company's own asks for."""
    headers = {"X-Forwarded-For": f"{firm.id}, 10.0.0.1", "Content-Type": "application/json"}
    return firm.product.send("send_password_reset", "POST", headers=headers, data=json.dumps({"email": address}).encode())


def newcomer(firm: Company) -> Colleague:
    """Somebody near this company who hasn't proven their address."""
    if firm.id not in NEWCOMERS:
        email, emulator = f"{uuid4().hex}@test.qfacts.example", firm.product.emulator
        emulator.sign_up(email)
        token = emulator.sign_in(email)
        NEWCOMERS[firm.id] = Colleague(firm.product, email, token, firm.product.post("update_me", token, name="New").ok["person"]["id"])
    return NEWCOMERS[firm.id]


def challenge(firm: Company) -> str:
    """The company's one challenge, with which QA may review the audit trail."""
    if firm.id not in BEGUN:
        period = {"from": "2026-01-01", "to": "2026-01-31", "finding": "Nothing odd"}
        BEGUN[firm.id] = firm.qa.start("audit_trail", firm.id, "reviewed", **period)
    return BEGUN[firm.id]


def previewed(firm: Company) -> Answer:
    """An invitation as somebody at an address of this company's own looks at it."""
    _, token = INVITED[firm.id]
    return firm.product.send("get_invitation_preview", "GET", headers={"X-Forwarded-For": f"{firm.id}, 10.0.0.1"}, query={"token": token})


def subject_of(firm: Company, one: Quota) -> str:
    """Whose quota it is."""
    others = {"report_failed_signing": firm.qa.id, "send_address_verification": newcomer(firm).id, "start_export": firm.qa.id}
    person = others.get(one.function, firm.admin.id)
    return {"person": person, "organisation": firm.id, "address": "guest@quota.qfacts.example", "client": firm.id}[one.per]


@pytest.mark.parametrize("one", QUOTAS, ids=lambda one: one.name)
def test_beyond_a_quota_is_a_429_and_others_go_on(product: Product, storage: Storage, firm: Company, one: Quota) -> None:
    other = company(product, "action_owner", "qa")
    for each in (firm, other):
        document(each.action_owner)
        invited(each)
        challenge(each)
        newcomer(each)
    address = subject_of(firm, one) if one.per == "address" else ""
    as_superuser(product, "delete from quotas")
    spent(product, one, subject_of(firm, one), left=1)
    asked(firm, one.function, address).ok
    with nothing_written(product):
        refused = asked(firm, one.function, address).refused(429, one.sentence)
    assert 0 < int(refused.headers["Retry-After"]) <= one.seconds
    asked(other, one.function).ok
    as_superuser(product, "update quotas set ends_at = now()")
    quotas._refused.clear()
    asked(firm, one.function, address).ok


def test_every_quota_is_of_a_function_that_enforces_it() -> None:
    names = {function.name for function in register.read()}
    assert {one.function for one in QUOTAS} | HEAVY <= names
    assert len({one.name for one in QUOTAS}) == len(QUOTAS)


def test_a_strangers_many_organisations_end_at_ten_a_day(product: Product) -> None:
    founder = visitor(product)
    found = [product.post("create_organisation", founder.token, name=f"No {number}") for number in range(12)]
    most = quota("create_organisation", "person").most
    assert [one.status for one in found] == [200] * most + [429] * (12 - most)
    assert as_superuser(product, "select count(*) from members where person_id = :id", id=founder.id)[0][0] == most


def test_one_address_isnt_mailed_again_and_again_by_whoever_founds_organisations(product: Product) -> None:
    victim = f"victim-{uuid4().hex[:8]}@test.qfacts.example"
    founder, statuses = visitor(product), []
    for number in range(8):
        made = product.post("create_organisation", founder.token, name=f"Free money {number}").ok["organisation"]["id"]
        written = victim.upper() if number % 2 else victim
        statuses.append(product.post("invite_member", founder.token, made, email=written, role="operator").status)
    most = quota("invite_member", "address").most
    assert statuses == [200] * most + [429] * (8 - most)
    assert len(mails(product, victim)) == most


def test_a_refused_step_and_a_repeated_answer_dont_count(product: Product) -> None:
    founder = visitor(product)
    for _ in range(15):
        product.post("create_organisation", founder.token, name="").refused(422)
    for _ in range(15):
        product.post("create_organisation", founder.token, name="Once", key="the same").ok
    spent(product, quota("create_organisation", "person"), founder.id, left=2)
    product.post("create_organisation", founder.token, name="Twice").ok
    product.post("create_organisation", founder.token, name="Once", key="the same").ok


def test_calls_at_once_are_counted_each(product: Product, firm: Company) -> None:
    spent(product, quota("create_organisation", "person"), firm.admin.id, left=4)  # one of which founded this organisation
    by = firm.admin
    answers = at_once(product, *[lambda own: own.post("create_organisation", by.token, name="At once")] * 8)
    assert sorted(one.status for one in answers) == [200] * 3 + [429] * 5


def test_who_was_just_refused_costs_the_database_nothing(product: Product, firm: Company) -> None:
    spent(product, quota("invite_member", "organisation"), firm.id)
    asked(firm, "invite_member").refused(429)
    with entered() as transactions:
        firm.admin.post("invite_member", email="x@test.qfacts.example", role="operator").refused(429)
    assert transactions == []


def test_a_stranger_never_spends_what_is_an_organisations(product: Product, firm: Company) -> None:
    stranger, one = visitor(product), quota("export_record", "organisation")
    spent(product, one, firm.id, left=1)
    for _ in range(3):
        product.get("export_record", stranger.token, firm.id, id=str(uuid4()), format="json").refused(404, "aren't a member")
    document(firm.action_owner)
    asked(firm, "export_record").ok


def test_nobody_reads_a_counter_or_the_salt(product: Product, firm: Company) -> None:
    asked(firm, "invite_member", "secret@test.qfacts.example").ok
    for role in ("qfacts_application", "qfacts_directory", "qfacts_job"):
        for table in ("quotas", "quota_salts"):
            with (
                pytest.raises(StatementFailed, match="permission denied"),
                database.current().transaction(role=role, settings={"app.organisation_id": firm.id}) as tx,
            ):
                tx.rows(f"select * from {table}")
    kept = as_superuser(product, "select q::text from quotas q")
    assert kept
    assert not any("secret" in row[0] or firm.id in row[0] for row in kept)
