"""A thread only ever holds a request that can go on: what is sent slowly, half or not at all costs the others nothing."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.builders import Company, company
from tests.doors.area import BODY_SECONDS, SOON, area, firm, others_read
from tests.doors.plain_app import LARGE
from tests.doors.served import THREADS, Served, answer, asked, head, imaged, running, sending
from tests.product import Product

__all__ = ["area", "firm"]

GUNICORN = ["gunicorn", "--workers", "1", "--worker-class", "shared.doors.worker.Worker", "--threads", str(THREADS)]


@pytest.fixture(scope="module")
def plain() -> Iterator[Served]:
    command = 'exec "$@" --bind 127.0.0.1:$PORT --log-level error --no-control-socket tests.doors.plain_app:application'
    with running(["/bin/sh", "-c", command, "sh", *GUNICORN], {}) as served:
        yield served


def test_half_sent_bodies_without_a_token_are_refused_unread(area: Served, firm: Company) -> None:
    with sending(area, head("/api/create_team") + b'{"name": "', 3 * THREADS) as made:
        others_read(area, firm)
        for one in made:
            status, text = answer(one)
            assert (status in {401, 429}, "connection: close" in text.lower()) == (True, True)
        others_read(area, firm)


def test_half_sent_bodies_of_strangers_and_of_other_roles_are_refused_unread(area: Served, firm: Company, product: Product) -> None:
    stranger = company(product).admin
    for token, refused in ((stranger.token, 404), (firm.operator.token, 403)):
        began = time.monotonic()
        with sending(area, head("/api/create_team", by=token, organisation=firm.id) + b"{", 1) as [one]:
            status, text = answer(one)
        assert (status, "connection: close" in text.lower(), time.monotonic() - began < SOON) == (refused, True, True)


def test_a_members_half_sent_bodies_end_after_five_seconds_and_hold_half_the_threads_at_most(area: Served, firm: Company) -> None:
    began = time.monotonic()
    sent = head("/api/create_team", by=firm.admin.token, organisation=firm.id) + b'{"name": "'
    with sending(area, sent, THREADS) as made:
        time.sleep(0.3)
        assert asked(area, "/api/get_me", firm.operator.token)[1] < SOON
        statuses = sorted(answer(one)[0] for one in made)
        assert set(statuses) == {408, 429}
        assert BODY_SECONDS - 0.5 < time.monotonic() - began < 3 * BODY_SECONDS
    others_read(area, firm)


def test_a_body_a_byte_at_a_time_is_cut_after_five_seconds_in_all(area: Served, firm: Company) -> None:
    began = time.monotonic()
    with sending(area, head("/api/create_team", by=firm.admin.token, organisation=firm.id), 1) as [one]:
        one.settimeout(0.4)
        status = 0
        while not status and time.monotonic() - began < 4 * BODY_SECONDS:
            one.send(b" ")
            try:
                status, text = answer(one)
            except TimeoutError:
                others_read(area, firm)
    assert (status, "five seconds" in text) == (408, True)
    assert BODY_SECONDS - 0.5 < time.monotonic() - began < BODY_SECONDS + 2


def test_a_body_that_comes_late_but_whole_has_its_effect_once(area: Served, firm: Company) -> None:
    body = b'{"name": "Late", "reason": "It came late"}'
    wrong = re.sub(rb"1000", str(len(body)).encode(), head("/api/create_team", by=firm.admin.token, organisation=firm.id))
    with sending(area, wrong, 1) as [one]:
        time.sleep(0.5)
        one.sendall(body)
        assert (answer(one)[0]) == 422, "there is no field `reason` here"
    body = b'{"name": "Late"}'
    right = re.sub(rb"1000", str(len(body)).encode(), head("/api/create_team", by=firm.admin.token, organisation=firm.id))
    with sending(area, right, 1) as [one]:
        time.sleep(0.5)
        one.sendall(body)
        assert answer(one)[0] == 200
    assert [team["name"] for team in firm.admin.get("list_teams").ok["items"]] == ["Late"]


def test_connections_that_say_nothing_or_a_byte_at_a_time_hold_no_thread(area: Served, firm: Company) -> None:
    with sending(area, b"", 3 * THREADS), sending(area, b"GET /api/list_te", 3 * THREADS) as half:
        others_read(area, firm)
        began = time.monotonic()
        while time.monotonic() - began < 3:
            for one in half:
                one.sendall(b"a")
            others_read(area, firm)
        half[0].settimeout(6)
        with pytest.raises(OSError, match=r"reset|Broken pipe"):  # noqa: PT012 - at which of them it is seen is the system's
            while True:
                half[0].sendall(b"a")
                time.sleep(0.2)


def test_a_head_without_an_end_is_refused(plain: Served) -> None:
    with sending(plain, b"GET / HTTP/1.1\r\nX: " + b"a" * 200_000, 1) as [one]:
        assert answer(one)[0] in {0, 400, 431}
    assert asked(plain, "/here")[0] == 200


def test_answers_that_nobody_reads_hold_no_thread(plain: Served) -> None:
    with ExitStack() as stack:
        made = []
        for _ in range(3 * THREADS):
            made += stack.enter_context(sending(plain, head("/large", method="GET"), 1))
            time.sleep(0.05)
        assert asked(plain, "/here")[1] < SOON
        status, text = answer(made[-1])
        assert (status, text.count("x") >= LARGE) == (200, True), "who reads after all gets the whole"


def test_one_organisation_holds_half_the_threads_and_the_others_go_on(plain: Served) -> None:
    took: list[float] = []

    def slowly() -> None:
        asked(plain, "/slow", "hostile", "one")

    threads = [threading.Thread(target=slowly) for _ in range(4 * THREADS)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    for _ in range(3):
        status, seconds = asked(plain, "/slow", "good", "other")
        assert status == 200
        took.append(seconds)
    for thread in threads:
        thread.join()
    assert max(took) < SOON


def test_heavy_functions_of_one_organisation_take_turns_beside_its_other_reads(plain: Served) -> None:
    with sending(plain, head("/api/export_record", method="GET", by="any", organisation="one"), 3) as made:
        assert asked(plain, "/api/read", "any", "one")[1] < 0.3
        began = time.monotonic()
        assert [answer(one)[0] for one in made] == [200, 200, 200]
        assert time.monotonic() - began > 1.2, "one at a time"


def test_heavy_functions_of_one_organisation_leave_half_of_the_time_to_others_who_are_there(plain: Served) -> None:
    assert asked(plain, "/here", "other", "good")[0] == 200
    began = time.monotonic()
    with sending(plain, head("/api/export_record", method="GET", by="any", organisation="alone"), 2) as made:
        assert [answer(one)[0] for one in made] == [200, 200]
    assert time.monotonic() - began > 1.1, "the second begins as long after the first as that took"


def test_another_organisations_id_in_a_head_slows_nobody_of_it(plain: Served) -> None:
    """A name in a head is a claim; until it is proven it may only slow the claims of the same token."""
    with sending(plain, head("/slow", method="GET", by="stranger", organisation="victim"), 4 * THREADS):
        time.sleep(0.1)
        status, seconds = asked(plain, "/here", "member", "victim")
        assert (status, seconds < SOON) == (200, True)


def test_too_many_at_once_is_a_429_that_says_when_to_come_back(plain: Served) -> None:
    with sending(plain, head("/slow", method="GET", by="busy", organisation="busy"), 3 * THREADS) as made:
        answers = [answer(one) for one in made]
    refused = [text for status, text in answers if status == 429]
    assert {status for status, _ in answers} == {200, 429}
    assert "Retry-After: 1" in refused[0]
    assert "application/problem+json" in refused[0]
    assert "one after the other" in refused[0]


def test_requests_on_one_connection_are_answered_in_their_order(plain: Served) -> None:
    whole = head("/echo", length=3) + b"abc" + head("/second", method="GET") + head("/echo", more="Transfer-Encoding: chunked")
    with sending(plain, whole, 1) as [one]:
        one.sendall(b"3\r\nxyz\r\n0\r\n\r\n" + head("/last", method="GET", more="Connection: close"))
        got = b""
        while data := one.recv(65536):
            got += data
    assert re.findall(rb"\r\n\r\n([a-z/]+)", got.replace(b"HTTP/1.1", b"\n")) == [b"abc", b"/second", b"xyz", b"/last"]


def test_a_request_that_comes_in_pieces_is_answered(plain: Served) -> None:
    with plain.connect() as one:
        for piece in (b"\r\n", b"POST /echo HT", b"TP/1.1\r\nHost: a\r", b"\nContent-Length: 4\r\n\r", b"\nab", b"cd"):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            one.sendall(piece)
            time.sleep(0.05)
        status, text = answer(one)
    assert (status, text[-4:]) == (200, "abcd")


def test_a_function_alone_is_served_by_the_same_worker(firm: Company) -> None:
    with running(*imaged("organisations/list_teams.py", "list_teams")) as alone:
        asked(alone, "/", firm.operator.token, firm.id)
        with sending(alone, head("/") + b"{", 3 * THREADS), sending(alone, b"GET / HT", 3 * THREADS):
            others_read(alone, firm)
            others_read(alone, firm)


def test_the_stack_on_one_machine_is_served_by_the_same_worker(tmp_path: object) -> None:
    import sys

    with (
        running([sys.executable, "-m", "infra.local.product"], {"QFACTS_HOME": str(tmp_path)}) as stack,
        sending(stack, head("/api/create_team") + b"{", 60) as made,
        sending(stack, b"GET / HT", 60),
    ):
        assert asked(stack, "/api/get_me")[0] == 401
        assert asked(stack, "/api/get_me")[1] < SOON
        assert {answer(one)[0] for one in made} == {401}
