"""What is planned earlier and can't be undone looks again, under the lock that makes what it sees true."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.app import orphaned_files
from shared.db import database
from shared.domain.kernel.errors import Contention, Unauthenticated
from shared.google import files
from tests.builders import Colleague, Company, as_superuser, company, invitation_token, visitor
from tests.contents import pdf
from tests.database import APPLICATION, acting
from tests.functions.deliveries import Deliver, deliver, slot
from tests.functions.organisations.erasures import erase
from tests.product import Answer, Product
from tests.product import own_product as product
from tests.storage import Storage

__all__ = ["deliver", "product"]
PATIENCE = 4.0  # seconds; a lock is waited for five


@pytest.fixture
def firm(product: Product) -> Company:
    made = company(product, "action_owner", "qa")
    made.admin.post("deactivate_member", person_id=made.qa.id, successor_id=made.action_owner.id).ok
    return made


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orphaned_files, "DAY", timedelta(seconds=-60))


@contextmanager
def undecided(product: Product, sql: str, organisation: str = "", **values: object) -> Iterator[None]:
    """Inside, somebody else's statement is done and not yet committed."""
    connection = product.superuser()
    try:
        connection.run("begin")
        for name, value in acting(UUID(organisation) if organisation else None).items():
            connection.run("select set_config(:name, :value, true)", name=name, value=value)
        connection.run(sql, **values)
        yield
        connection.run("commit")
    finally:
        connection.close()


def until_it_waits(product: Product, begun: Future[Any]) -> None:
    """Come back when the work waits for a lock; it fails where it doesn't."""
    until = time.monotonic() + PATIENCE
    waits = "select 1 from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())"
    waits += " or not granted and locktype = 'transactionid'"
    while not as_superuser(product, waits):
        assert not begun.done(), begun.result()
        assert time.monotonic() < until, "it waits for nobody"
        time.sleep(0.01)


def crossed(product: Product, work: Any, sql: str, organisation: str = "", **values: object) -> Any:
    """What the work comes to, if it waits for somebody else's statement until that is committed."""
    with ThreadPoolExecutor(1) as pool:
        with undecided(product, sql, organisation, **values):
            begun = pool.submit(work)
            until_it_waits(product, begun)
        return begun.result()


def uid_of(product: Product, person: Colleague) -> str:
    return str(as_superuser(product, "select identity_uid from people where id = :id", id=person.id)[0][0])


def blobs(firm: Company) -> set[str]:
    return set(files.objects(UUID(firm.id), "blobs", datetime.now(UTC) + timedelta(minutes=1)))


def orphan(firm: Company, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    files._bucket().blob(files._blob(UUID(firm.id), sha256)).upload_from_string(content)
    return sha256


ANNOUNCED = (
    "insert into files (organisation_id, id, filename, media_type, size, sha256, uploaded_by)"
    " values (:o, uuidv7(), 'a.txt', 'text/plain', 3, :sha, :p)"
)


# --- The sign-in of somebody who was erased and came back.


@pytest.mark.clause("GDPR 17")
def test_erasing_in_one_organisation_leaves_the_sign_in_to_whom_another_one_let_in_since(
    product: Product, deliver: Deliver, firm: Company
) -> None:
    left, other = firm.qa, company(product)
    erase(firm.admin, left.id).ok
    other.admin.post("invite_member", email=left.email, role="operator").ok
    joined = product.post("accept_invitation", left.token, token=invitation_token(product, left.email)).ok
    assert deliver("purge", slot(400)).ok["accounts"] == 0
    token = product.emulator.sign_in(left.email)
    assert product.get("get_me", token).ok["memberships"][0]["organisation"]["id"] == other.id == joined["organisation"]["id"]
    assert as_superuser(product, "select 1 from erased_accounts where organisation_id = :o", o=firm.id) == [], "nothing is owed any more"
    assert deliver("purge", slot(401)).ok["accounts"] == 0


def test_a_sign_in_that_was_used_again_stays_until_it_is_known_whose_it_is(product: Product, deliver: Deliver, firm: Company) -> None:
    erase(firm.admin, firm.qa.id).ok
    again = product.post("update_me", firm.qa.token, name="Back").ok["person"]["id"]
    assert again != firm.qa.id
    assert deliver("purge", slot(410)).ok["accounts"] == 0
    product.emulator.sign_in(firm.qa.email)
    assert as_superuser(product, "select gone_at from erased_accounts where organisation_id = :o", o=firm.id) == [[None]]


def test_a_sign_in_that_somebody_enters_with_at_that_moment_stays(product: Product, deliver: Deliver, firm: Company) -> None:
    uid = uid_of(product, firm.qa)
    erase(firm.admin, firm.qa.id).ok
    with undecided(product, "insert into people (id, identity_uid, email) values (uuidv7(), :uid, 'a@b.example')", uid=uid):
        assert deliver("purge", slot(420)).ok["accounts"] == 0
    product.emulator.sign_in(firm.qa.email)


@pytest.mark.clause("11.10(d)")
def test_nobody_enters_with_a_token_that_outlived_its_deleted_sign_in(product: Product, deliver: Deliver, firm: Company) -> None:
    uid = uid_of(product, firm.qa)
    erase(firm.admin, firm.qa.id).ok
    assert deliver("purge", slot(430)).ok["accounts"] == 1
    with (
        pytest.raises(Unauthenticated, match="was deleted"),
        database.current().transaction(role=APPLICATION, settings=acting(None, made := uuid4())) as tx,
    ):
        tx.rows("insert into people (id, identity_uid, email) values (:id, :uid, 'a@b.example')", id=made, uid=uid)
    as_superuser(product, "update erased_accounts set gone_at = now() - interval '25 hours' where identity_uid = :uid", uid=uid)
    assert deliver("purge", slot(431)).ok["erased_accounts"] == 1


def test_an_entry_waits_while_the_sign_in_is_being_deleted(product: Product, firm: Company) -> None:
    uid = uid_of(product, firm.qa)
    erase(firm.admin, firm.qa.id).ok
    [[debt]] = as_superuser(product, "select id from erased_accounts where identity_uid = :uid", uid=uid)
    with ThreadPoolExecutor(1) as pool:
        with database.current().transaction(role="qfacts_job", settings=acting(UUID(firm.id))) as tx:
            assert tx.row("select claim_erased_account(:id) as uid", id=debt).uid == uid
            entering = pool.submit(product.get, "get_me", firm.qa.token)
            until_it_waits(product, entering)
            tx.rows("update erased_accounts set gone_at = now() where id = :id", id=debt)
        entering.result().refused(401, "was deleted")


def test_nobody_enters_with_a_sign_in_whose_deletion_has_begun_and_after_a_killed_run_they_may(product: Product, firm: Company) -> None:
    uid = uid_of(product, firm.qa)
    erase(firm.admin, firm.qa.id).ok
    [[debt]] = as_superuser(product, "select id from erased_accounts where identity_uid = :uid", uid=uid)
    with database.current().transaction(role="qfacts_job", settings=acting(UUID(firm.id))) as tx:
        assert tx.row("select claim_erased_account(:id) as uid", id=debt).uid == uid
    product.get("get_me", firm.qa.token).refused(401, "was deleted")
    as_superuser(product, "update erased_accounts set claimed_at = now() - interval '11 minutes' where id = :id", id=debt)
    product.get("get_me", firm.qa.token).ok


# --- An erasure, and an invitation that is accepted at the same moment.


def test_whoever_is_let_in_while_the_erasure_is_under_way_enters_as_somebody_new(product: Product, firm: Company) -> None:
    left, other = firm.qa, company(product)
    other.admin.post("invite_member", email=left.email, role="operator").ok
    token = invitation_token(product, left.email)
    erased = "update people set email = 'e@erased.invalid', name = '', identity_uid = null, salt = null where id = :id"
    member = crossed(product, lambda: product.post("accept_invitation", left.token, token=token), erased, id=left.id).ok["member"]
    assert member["person_id"] != left.id
    assert [one["person_id"] for one in other.admin.get("list_members").ok["items"]].count(member["person_id"]) == 1


def test_nobody_erased_becomes_a_member(product: Product, firm: Company) -> None:
    person = visitor(product)
    as_superuser(product, "update people set salt = null where id = :id", id=person.id)
    with (
        pytest.raises(Contention),
        database.current().transaction(role=APPLICATION, settings=acting(UUID(firm.id), UUID(person.id))) as tx,
    ):
        tx.rows("insert into members (organisation_id, person_id, role) values (:o, :p, 'qa')", o=firm.id, p=person.id)


# --- Kept bytes, and a legal hold.


def test_bytes_that_are_announced_at_that_moment_stay(
    product: Product, deliver: Deliver, firm: Company, storage: Storage, tomorrow: None
) -> None:
    lost = orphan(firm, b"abc")
    work = partial(deliver, "delete_orphaned_files", slot(440))
    assert crossed(product, work, ANNOUNCED, firm.id, o=firm.id, sha=lost, p=firm.admin.id).ok["blobs"] == 0
    assert blobs(firm) == {lost}


def test_bytes_whose_deletion_has_begun_are_announced_only_once_it_is_over(
    product: Product, deliver: Deliver, firm: Company, storage: Storage, tomorrow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = pdf("deleted meanwhile")
    orphan(firm, content)
    discard, announced = files.discard_blob, partial(announcing, firm, content)

    def slow(*given: Any) -> None:
        announced().refused(503)
        assert deliver("delete_orphaned_files", slot(471)).ok["blobs"] == 0, "another run leaves it to this one"
        discard(*given)

    monkeypatch.setattr(files, "discard_blob", slow)
    assert deliver("delete_orphaned_files", slot(470)).ok["blobs"] >= 1
    announced().ok
    assert as_superuser(product, "select 1 from blob_deletions where organisation_id = :o", o=firm.id) == []


def test_bytes_that_a_killed_run_was_about_to_delete_are_announced_after_ten_minutes(
    product: Product, deliver: Deliver, firm: Company, storage: Storage
) -> None:
    content = pdf("of a killed run")
    sha256 = hashlib.sha256(content).hexdigest()
    claim = "insert into blob_deletions (organisation_id, sha256, claimed_at) values (:o, :sha, now() - cast(:ago as interval))"
    as_superuser(product, claim, o=firm.id, sha=sha256, ago="9 minutes")
    announcing(firm, content).refused(503)
    deliver("delete_orphaned_files", slot(472)).ok
    announcing(firm, content).refused(503)
    as_superuser(product, "update blob_deletions set claimed_at = claimed_at - interval '2 minutes' where sha256 = :sha", sha=sha256)
    announcing(firm, content).ok
    deliver("delete_orphaned_files", slot(473)).ok
    assert as_superuser(product, "select 1 from blob_deletions where organisation_id = :o", o=firm.id) == []


def announcing(firm: Company, content: bytes) -> Answer:
    body = {"filename": "a.pdf", "media_type": "application/pdf", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return firm.action_owner.post("start_upload", **body)


def test_a_legal_hold_that_is_set_at_that_moment_keeps_bytes_and_rows(
    product: Product, deliver: Deliver, firm: Company, storage: Storage, tomorrow: None
) -> None:
    lost = orphan(firm, b"held")
    as_superuser(product, "update mails set status = 'sent', sent_at = now() - interval '60 days' where organisation_id = :o", o=firm.id)
    mails = as_superuser(product, "select count(*) from mails where organisation_id = :o", o=firm.id)
    hold = """update organisations set settings = settings || '{"legal_hold": true}' where id = :o"""
    free = "update organisations set settings = settings - 'legal_hold' where id = :o"
    for number, job in enumerate(("delete_orphaned_files", "purge")):
        as_superuser(product, free, firm.id, o=firm.id)
        crossed(product, partial(deliver, job, slot(450 + number)), hold, firm.id, o=firm.id).ok
    assert blobs(firm) == {lost}
    assert as_superuser(product, "select count(*) from mails where organisation_id = :o", o=firm.id) == mails


def test_the_locks_of_one_orphan_are_let_go_before_the_next(
    product: Product, deliver: Deliver, firm: Company, storage: Storage, tomorrow: None
) -> None:
    first, second = sorted(orphan(firm, content) for content in (b"one", b"two"))
    lock = "hashtextextended('blob ' || cast(:o as text) || ' ' || cast(:sha as text), 0)"
    with ThreadPoolExecutor(1) as pool:
        with undecided(product, f"select pg_advisory_xact_lock({lock})", o=firm.id, sha=second):
            begun = pool.submit(deliver, "delete_orphaned_files", slot(460))
            until_it_waits(product, begun)
            assert blobs(firm) == {second}
            assert as_superuser(product, f"select pg_try_advisory_xact_lock({lock})", o=firm.id, sha=first) == [[True]]
            free = "select 1 from organisations where id = :o for update nowait"
            assert as_superuser(product, free, o=firm.id) == [[1]], "an admin may set a hold"
        assert begun.result().ok["blobs"] >= 2
    assert blobs(firm) == set()
