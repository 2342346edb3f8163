"""A body sent in chunks (RFC 9112 7.1) is the same body, as long as any other at most, and refused where it makes no sense."""

from __future__ import annotations

import time

import pytest

from tests.builders import Company
from tests.doors.area import BODY_SECONDS, area, firm, others_read
from tests.doors.served import Served, answer, head, sending

__all__ = ["area", "firm"]

CHUNKED = "Transfer-Encoding: chunked"


def chunked(firm: Company, *pieces: bytes, more: str = CHUNKED, length: int = 0) -> bytes:
    """A create_team whose body is sent in these pieces, each with its length before it; a last empty one ends it."""
    began = head("/api/create_team", by=firm.admin.token, organisation=firm.id, more=more, length=length)
    return began + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_body_sent_in_chunks_is_the_same_body(area: Served, firm: Company, size: int) -> None:
    body = b'{"name": "Chunks of %d"}' % size
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    with sending(area, chunked(firm, *pieces, b""), 1) as [one]:
        status, text = answer(one)
    assert (status, f'"Chunks of {size}"' in text) == (200, True)


def test_a_body_in_chunks_is_as_long_as_any_other_at_most(area: Served, firm: Company) -> None:
    """Nothing says the length before, so reading ends where the limit is, and the connection with it."""
    with sending(area, chunked(firm, b'{"name": "'), 1) as [one]:
        try:
            for _ in range(2000):
                one.sendall(b"2000\r\n%s\r\n" % (b" " * 0x2000))
        except OSError:
            pass  # it was closed already, which is right
        else:
            pytest.fail("16 MB were taken")
    others_read(area, firm)


def test_a_body_in_chunks_that_never_ends_ends_after_five_seconds(area: Served, firm: Company) -> None:
    began = time.monotonic()
    with sending(area, chunked(firm, b'{"name": "A'), 1) as [one]:
        status, _ = answer(one)
    assert (status, BODY_SECONDS - 0.5 < time.monotonic() - began < 2 * BODY_SECONDS) == (408, True)


@pytest.mark.parametrize(
    ("more", "pieces"),
    [
        ("Transfer-Encoding: chunked\r\nContent-Length: 5", (b'{"name": "A"}', b"")),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", (b'{"name": "A"}', b"")),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", (b'{"name": "A"}', b"")),
        ("Transfer-Encoding: xchunked", (b'{"name": "A"}', b"")),
        ("Transfer-Encoding : chunked", (b'{"name": "A"}', b"")),
    ],
)
def test_a_body_whose_end_two_readers_would_see_in_two_places_is_refused(
    area: Served, firm: Company, more: str, pieces: tuple[bytes, ...]
) -> None:
    """Hosting and the function have to agree on where a request ends (RFC 9112 6.3), or one could hide within another."""
    teams = len(firm.admin.get("list_teams", limit=100).ok["items"])
    with sending(area, chunked(firm, *pieces, more=more), 1) as [one]:
        status, text = answer(one)
    assert (400 <= status < 500 or status == 501, "connection: close" in text.lower()) == (True, True), text
    assert len(firm.admin.get("list_teams", limit=100).ok["items"]) == teams


@pytest.mark.parametrize("size", [b"-1", b"+d", b"0xd", b"d ;", b"1_0", b"", b"g", b"fffffffffffffffff"])
def test_a_chunk_whose_length_isnt_hexadecimal_is_refused(area: Served, firm: Company, size: bytes) -> None:
    teams = len(firm.admin.get("list_teams", limit=100).ok["items"])
    with sending(area, chunked(firm) + size + b'\r\n{"name": "A"}\r\n0\r\n\r\n', 1) as [one]:
        status, _ = answer(one)
    assert 400 <= status < 500, status
    assert len(firm.admin.get("list_teams", limit=100).ok["items"]) == teams
