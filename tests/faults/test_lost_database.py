"""The database is lost at any moment of a signed step: all or nothing, the chain holds, and a retry succeeds with one effect."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from shared.db import transaction
from tests.builders import Company, company, document, submitted
from tests.product import Answer, Product


@pytest.fixture(scope="module")
def firm(fragile: Product) -> Company:
    return company(fragile, "action_owner", "qa")


def asked(firm: Company) -> dict[str, Any]:
    made = document(firm.action_owner)
    return dict(submitted(firm.action_owner, made["change"])["approval_request"])


def signing(firm: Company, request: dict[str, Any], key: str) -> Callable[[], Answer]:
    """The approval, ready to be sent as often as wanted: the same body, the same key."""
    challenge = firm.qa.post("start_signing", subject_kind="approval_request", subject_id=request["id"], meaning="approved").ok
    fresh = firm.qa.fresh_token()
    return lambda: firm.qa.product.post(
        "approve_request",
        fresh,
        firm.id,
        approval_request_id=request["id"],
        challenge_id=challenge["challenge_id"],
        etag=request["etag"],
        key=key,
    )


def effects(firm: Company, request: dict[str, Any]) -> tuple[str, int, int]:
    """What stands of the approval: the request's status, its signatures, the record's versions."""
    change = firm.qa.get("get_change", id=request["change_id"]).ok
    record = change["items"][0]["record_id"]
    return change["approval_request"]["status"], len(change["signatures"]), firm.qa.get("get_document", id=record).ok["version"]


@pytest.mark.parametrize("statement", [1, 3, 5, 6, 7, 9, 11])
def test_killing_postgresql_at_a_statement_leaves_nothing_and_the_retry_succeeds(
    fragile: Product, firm: Company, monkeypatch: pytest.MonkeyPatch, statement: int
) -> None:
    request = asked(firm)
    send = signing(firm, request, key=f"kill-{statement}")
    run, seen = transaction.Transaction._run, 0

    def killing(self: Any, sql: str, values: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == statement:
            fragile.server.control("stop", "-m", "immediate")
        return run(self, sql, values)

    monkeypatch.setattr(transaction.Transaction, "_run", killing)
    lost = send()
    monkeypatch.undo()
    assert seen >= statement, "the step has fewer statements; the kill never came"
    lost.refused(503)
    assert int(lost.headers["Retry-After"]) > 0
    fragile.server.control("start")
    assert effects(firm, request) == ("open", 0, 0)
    assert send().status == 200
    assert effects(firm, request) == ("approved", 1, 1)
    assert firm.qa.get("verify_audit_trail").ok["intact"] is True


@pytest.mark.parametrize("committed", [False, True])
def test_a_connection_lost_around_commit_gives_exactly_one_effect(firm: Company, monkeypatch: pytest.MonkeyPatch, committed: bool) -> None:
    request = asked(firm)
    send = signing(firm, request, key=f"commit-{committed}")
    commit = transaction.Transaction.commit

    def cutting(self: Any) -> None:
        if committed:
            commit(self)
        self._connection._usock.shutdown(socket.SHUT_RDWR)
        commit(self)

    monkeypatch.setattr(transaction.Transaction, "commit", cutting)
    send().refused(503)
    monkeypatch.undo()
    answer = send().ok
    assert answer["approval_request"]["status"] == "approved"
    assert answer.headers.get("Idempotency-Replayed") == ("true" if committed else None)
    assert effects(firm, request) == ("approved", 1, 1)
    assert send().ok.body == answer.body
    assert firm.qa.get("verify_audit_trail").ok["intact"] is True


def test_a_deadlock_is_retried_as_a_whole(fragile: Product, firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    run, failures = transaction.Transaction._run, 0

    def deadlocked(self: Any, sql: str, values: Any) -> Any:
        nonlocal failures
        if "insert into teams" in sql and failures < 2:
            failures += 1
            return run(self, "do $$ begin raise exception 'deadlock' using errcode = '40P01'; end $$", {})
        return run(self, sql, values)

    monkeypatch.setattr(transaction.Transaction, "_run", deadlocked)
    assert firm.admin.post("create_team", name="Deadlocked").ok["team"]["name"] == "Deadlocked"
    assert failures == 2
    assert [team["name"] for team in firm.admin.get("list_teams").ok["items"]].count("Deadlocked") == 1


def test_a_deadlock_that_stays_is_a_503_and_leaves_nothing(firm: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    run = transaction.Transaction._run

    def deadlocked(self: Any, sql: str, values: Any) -> Any:
        if "insert into teams" in sql:
            return run(self, "do $$ begin raise exception 'deadlock' using errcode = '40P01'; end $$", {})
        return run(self, sql, values)

    monkeypatch.setattr(transaction.Transaction, "_run", deadlocked)
    firm.admin.post("create_team", name="Never").refused(503)
    monkeypatch.undo()
    assert "Never" not in [team["name"] for team in firm.admin.get("list_teams").ok["items"]]
