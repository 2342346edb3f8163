"""No connection is held while another service is waited for; for the scheduled functions tests/faults looks."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from google.oauth2.credentials import Credentials

from infra import register
from shared.google import seal_bucket
from shared.outside import config
from tests.builders import (
    NAMES,
    Colleague,
    Company,
    as_superuser,
    company,
    document,
    invitation_token,
    put,
    started_upload,
    uploaded,
    visitor,
)
from tests.contents import pdf
from tests.google_keys import Google
from tests.product import Product
from tests.storage import Storage
from tests.vendors import asked_of_others, vendors_of

Scene = Callable[[Product, Company], Callable[[], object]]
FUNCTIONS = [one.name for one in register.read() if one.trigger == "http" and vendors_of(one.name)]
# They share a module with what does: the code of a mail is fetched when it is sent.
ASKS_NOBODY = {"create_organisation", "send_password_reset", "send_address_verification"}


DONE = """
update exports set status = 'done', finished_at = now(), expires_at = now() + interval '1 day', filename = 'members.csv',
    media_type = 'text/csv', size = 1, sha256 = repeat('0', 64), rows = 1 where id = :id
"""


def founding(product: Product, _: Company) -> Callable[[], object]:
    person = visitor(product)
    return lambda: person.post("create_organisation", name="Another").ok


def joining(product: Product, firm: Company) -> Callable[[], object]:
    person = guest(product)
    firm.admin.post("invite_member", email=person.email, role="operator").ok
    token = invitation_token(product, person.email)
    return lambda: product.post("accept_invitation", person.token, token=token).ok


def guest(product: Product) -> Colleague:
    """Somebody whose address only the invitation proves."""
    email = f"unproven-{next(NAMES)}@test.qfacts.example"
    product.emulator.sign_up(email)
    return Colleague(product, email, product.emulator.sign_in(email), "")


def announcing(_: Product, firm: Company) -> Callable[[], object]:
    return lambda: started_upload(firm.action_owner, pdf("announced"))


def finishing(_: Product, firm: Company) -> Callable[[], object]:
    started = started_upload(firm.action_owner, pdf("finished"))
    put(started["upload_url"], pdf("finished"), started["headers"])
    return lambda: firm.action_owner.post("finish_upload", file_id=started["file_id"]).ok


def downloading(_: Product, firm: Company) -> Callable[[], object]:
    file_id = uploaded(firm.action_owner)
    return lambda: firm.qa.get("download_file", file_id=file_id).ok


def resetting(product: Product, firm: Company) -> Callable[[], object]:
    body = json.dumps({"email": firm.qa.email}).encode()
    return lambda: product.send("send_password_reset", "POST", headers={"Content-Type": "application/json"}, data=body).ok


def proving(product: Product, _: Company) -> Callable[[], object]:
    person = guest(product)
    return lambda: product.post("send_address_verification", person.token).ok


def archiving(_: Product, firm: Company) -> Callable[[], object]:
    record = document(firm.action_owner, file_id=uploaded(firm.action_owner))["record"]
    return lambda: firm.qa.post("export_records", ids=[record["id"]]).ok


def fetching(product: Product, firm: Company) -> Callable[[], object]:
    asked = {"function": "export_register", "arguments": {"register": "members", "format": "csv"}}
    export = firm.qa.post("start_export", **asked).ok["export"]
    as_superuser(product, DONE, firm.id, id=export["id"])
    return lambda: firm.qa.get("get_export", id=export["id"]).ok


def verifying(_: Product, firm: Company) -> Callable[[], object]:
    return lambda: firm.qa.get("verify_audit_trail").ok


SCENES: dict[str, Scene] = {
    "create_organisation": founding,
    "accept_invitation": joining,
    "start_upload": announcing,
    "finish_upload": finishing,
    "download_file": downloading,
    "send_password_reset": resetting,
    "send_address_verification": proving,
    "export_records": archiving,
    "get_export": fetching,
    "verify_audit_trail": verifying,
}


@pytest.fixture
def firm(product: Product, storage: Storage) -> Company:
    return company(product, "action_owner", "qa")


@pytest.fixture
def signed_by_iam(google_server: Google, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on IAM signs addresses, as in the cloud."""
    from google.auth import iam

    def begin() -> None:
        google_server.status = 200
        own = Credentials("of-the-metadata-server")  # type: ignore[no-untyped-call]  # google-auth is typed in parts
        monkeypatch.setattr("google.auth.default", lambda **_: (own, None))
        monkeypatch.setattr(iam, "_IAM_SIGN_ENDPOINT", f"{google_server.url}/v1/projects/-/serviceAccounts/{{}}:signBlob")
        monkeypatch.delenv("QFACTS_SIGNER_KEY")
        monkeypatch.setenv("QFACTS_SIGNER", "files@qfacts.iam.gserviceaccount.com")
        config.current.cache_clear()

    return begin


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_connection_is_held_while_another_service_is_waited_for(
    product: Product, firm: Company, signed_by_iam: Callable[[], None], function: str
) -> None:
    call = SCENES[function](product, firm)
    if function in {"start_upload", "download_file", "get_export"}:
        signed_by_iam()
    with asked_of_others() as asked:
        call()
    assert bool(asked) == (function not in ASKS_NOBODY)
    assert [one.line for one in asked if one.lent or one.waiting] == []


def test_what_holds_a_connection_meanwhile_is_seen(product: Product, firm: Company) -> None:
    from shared.db import database

    with asked_of_others() as asked, database.current().transaction(role="qfacts_application"):
        seal_bucket.numbers(firm.admin.id, 1)  # type: ignore[arg-type]  # any prefix will do
    assert [(one.lent, one.waiting) for one in asked] == [(1, 1)]
