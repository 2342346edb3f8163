"""The demo organisation after its year, made by `make start` itself: stopped while it is made, made anew, and looked at."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pg8000.native
import pytest

from infra.local.demo_organisation import ORGANISATION, PEOPLE
from infra.local.guest import Guest, Refused
from tests.stack import Stack, home, start, stop

PATIENCE = 400.0  # seconds for the year on a busy machine; a quiet one takes about 40
INTERRUPTED = "it is made anew"


@pytest.fixture(scope="module")
def lived() -> Iterator[Stack]:
    """A stack whose first start was stopped in the middle of the year."""
    with home() as directory:
        stack = start(Path(directory), bare=False)
        try:
            until = time.monotonic() + PATIENCE
            while "%, " not in stack.output.read_text().replace(" 0 %, ", "") and time.monotonic() < until:
                assert stack.process.poll() is None, stack.output.read_text()
                assert not stack.is_ready(), "it is ready when the year is over"
                time.sleep(0.2)
            stop(stack, signal.SIGINT)
            assert stack.process.returncode == 0
            stack = start(Path(directory), stack.place.ports, bare=False)
            stack.wait(PATIENCE)
            yield stack
        finally:
            stop(stack)


@pytest.fixture(scope="module")
def people(lived: Stack) -> dict[str, Guest]:
    """The people, signed in with their password as the README says."""
    found = {}
    for person in PEOPLE:
        guest = found[person.local] = Guest(lived.place, person.email)
        guest.sign_in()
        for membership in guest.get("get_me")["memberships"]:
            assert membership["organisation"]["name"] == ORGANISATION
            assert (membership["role"], membership["admin"]) == (person.role, person.local == "admin")
            guest.organisation = membership["organisation"]["id"]
    return found


def everything(guest: Guest, function: str, **filters: object) -> list[dict[str, Any]]:
    return list(guest.get(function, limit=100, **filters)["items"])


def test_an_interrupted_year_is_made_anew_and_everybody_is_printed(lived: Stack) -> None:
    printed = lived.output.read_text()
    assert INTERRUPTED in printed
    assert "broke off" not in printed
    assert all(person.email in printed.partition(INTERRUPTED)[2] for person in PEOPLE)


def test_the_trail_is_intact_and_the_clock_tells_the_time_again(lived: Stack, people: dict[str, Guest]) -> None:
    verdict = people["qa"].get("verify_audit_trail")
    assert verdict["intact"]
    assert verdict["entries"] > 900
    address = f"{lived.socket}/.s.PGSQL.5432"
    with pg8000.native.Connection("postgres", database="qfacts", unix_sock=address) as connection:
        assert connection.run("select prosrc from pg_proc where oid = 'now()'::regprocedure") == [["now"]]
        [[oldest, newest]] = connection.run("select min(at), max(at) from audit_entries")
    assert timedelta(days=360) < datetime.now(UTC) - oldest < timedelta(days=372)
    assert newest <= datetime.now(UTC)
    made = people["owner"].post("report_event", title="Reported today", type="near_miss", content={})["event"]
    assert abs(datetime.fromisoformat(made["created_at"]) - datetime.now(UTC)) < timedelta(minutes=5)


def test_documents_are_in_every_state(people: dict[str, Guest]) -> None:
    found = everything(people["qa"], "list_documents")
    states = Counter(one["status"] for one in found)
    assert states == {"effective": 22, "suspended": 1, "retired": 1, "draft": 1}
    histories = {one["title"]: people["qa"].get("get_record_history", id=one["id"]) for one in found if one["type"] == "sop"}
    versions = {title: {one["version"]: one["status"] for one in history["versions"]} for title, history in histories.items()}
    assert versions["Cleaning of vessel V-103"] == {2: "effective", 1: "superseded"}
    assert versions["Complaints and vigilance"] == {2: "approved", 1: "effective"}
    signatures = [signature for history in histories.values() for signature in history["signatures"]]
    assert len(signatures) > 10
    assert all(one["valid"] and one["auth_time"] <= one["signed_at"] for one in signatures), "signed in before they signed"
    today = datetime.now(UTC).date().isoformat()
    [overdue] = [one for one in found if one["due_on"] and one["due_on"] < today]
    assert overdue["title"] == "Cold chain"
    body = people["operator"].get("get_document", id=overdue["id"])["content"]["file_id"]
    assert people["operator"].download(body).startswith(b"%PDF-")


def test_events_wait_are_overdue_and_come_back(people: dict[str, Guest]) -> None:
    found = [one for one in everything(people["qa"], "list_events") if one["title"] != "Reported today"]
    assert len(found) == 12
    assert Counter(one["status"] for one in found)["reported"] == 3
    assert sum(one["overdue"] for one in found) == 2
    third = next(one for one in found if "9 °C" in one["title"])
    recurring = people["qa"].get("get_event", id=third["id"])["recurring"]
    assert sum("Cold store 2" in one["title"] for one in recurring) == 2
    waits = {one["what"]: one for one in everything(people["qa"], "get_worklist")}
    due_on = datetime.fromisoformat(waits["report_to_authority"]["due_on"]).date()
    assert 3 <= (due_on - datetime.now(UTC).date()).days <= 5


def test_plans_trainings_and_changes_are_where_their_people_left_them(people: dict[str, Guest]) -> None:
    plans = {one["title"]: (one["status"], one["version"]) for one in everything(people["qa"], "list_capa_plans")}
    assert plans["Cold stores stay cold"] == ("implementing", 2)
    assert plans["Foil pulled from the marked side"] == ("effectiveness_check", 1)
    assignments = everything(people["qa"], "list_assignments")
    assert {one["status"] for one in assignments} == {"assigned", "completed", "waived", "locked", "obsolete", "withdrawn"}
    assert any(one["overdue"] for one in assignments)
    second = [one for one in assignments if one["training"]["title"].startswith("Complaints") and one["version"] == 2]
    assert Counter(one["status"] for one in second) == {"assigned": 3, "completed": 2}
    methods = {people["qa"].get("get_training", id=one["id"])["content"]["method"] for one in everything(people["qa"], "list_trainings")}
    assert methods == {"read", "quiz", "classroom", "on_the_job"}
    waiting = [one for one in everything(people["qa"], "list_changes") if one["status"] == "in_approval"]
    detergent = next(one for one in (people["qa"].get("get_change", id=brief["id"]) for brief in waiting) if len(one["items"]) == 4)
    assert {item["kind"] for item in detergent["items"]} == {"document", "training"}
    assert detergent["effective_on"].endswith("-01")


def test_the_delegate_may_sign_the_former_is_refused_and_the_inspector_reads(people: dict[str, Guest]) -> None:
    requests = everything(people["qa"], "list_approval_requests", state="open")
    plan = next(one for one in requests if "Barrels" in one["title"])
    begun = people["qa"].post("start_signing", subject_kind="approval_request", subject_id=plan["id"], meaning="approved")
    assert "on behalf of Amir Away" in begun["signs"][0]["in_words"]
    people["former"].organisation = people["qa"].organisation
    with pytest.raises(Refused, match="404"):
        people["former"].get("list_documents")
    assert people["inspector"].get("list_audit_trail", limit=1)["items"]


def test_the_mail_is_that_of_the_last_days(people: dict[str, Guest]) -> None:
    mails = [mail for guest in people.values() for mail in guest.mail()]
    sent = [datetime.fromisoformat(mail["sent_at"]) for mail in mails]
    assert 10 < len(sent) < 60
    assert min(sent) > datetime.now(UTC) - timedelta(days=8)


def test_the_second_start_finds_it_made(lived: Stack, people: dict[str, Guest]) -> None:
    before = people["qa"].get("verify_audit_trail")["entries"]
    stop(lived, signal.SIGINT)
    said = len(lived.output.read_text())
    again = start(lived.place.home, lived.place.ports, bare=False)
    try:
        again.wait()
        printed = again.output.read_text()[said:]
        assert "lives its year" not in printed
        assert all(person.email in printed for person in PEOPLE)
        people["qa"].sign_in()
        assert people["qa"].get("verify_audit_trail")["entries"] == before
    finally:
        stop(again)
