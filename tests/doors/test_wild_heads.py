"""Heads at random, sent as bytes to a service of the image: what isn't done is refused in a problem document, and is never a fault."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Company, as_superuser, company
from tests.doors.served import Served, answer, asked, imaged, running
from tests.product import Product
from tests.wild import HEADER, few

BODY = b'{"name": "Wild"}'
LENGTHS = (
    "",
    "0",
    "-1",
    "+16",
    " 16 ",
    "016",
    "16, 16",
    "15",
    "17",
    "1e1",
    "9" * 30,
    "0x10",
    "16;",
    "1048577",
    "\u0661".encode().decode("latin-1"),
)
NAMES = ("Authorization", "X-Organisation", "Idempotency-Key", "If-Match", "Accept-Language", "Content-Type", "Host", "Cookie", "X-B\u00e9")
METHODS = ("POST", "GET", "PUT", "post", "OPTIONS", "HEAD", "CONNECT", "", "P T", "PRI")
PATHS = (
    "/api/create_team",
    "/api/list_teams",
    "/health",
    "/",
    "*",
    "/api/create_team?%zz=%00",
    "//api//create_team",
    "/api/../api",
    "/\u00e9",
)
CODINGS = ("chunked", "identity", "gzip, chunked", "chunked, chunked", "", "\x0bchunked")


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    return company(product, "operator")


@pytest.fixture(scope="module")
def area(firm: Company) -> Iterator[Served]:
    with running(*imaged("organisations", "list_teams", "create_team")) as served:
        asked(served, "/api/list_teams", firm.operator.token, firm.id)
        yield served


@st.composite
def heads(draw: st.DrawFn, firm: Company) -> bytes:
    """The bytes of a request in which something isn't as it should be."""
    method, path, version = "POST", "/api/create_team", "HTTP/1.1"
    lines = {
        "Host": "127.0.0.1",
        "Authorization": f"Bearer {firm.admin.token}",
        "X-Organisation": firm.id,
        "Content-Type": "application/json",
    }
    lines["Content-Length"] = str(len(BODY))
    more: list[str] = []
    match draw(st.sampled_from(["line", "header", "host", "length", "coding", "twice", "name"])):
        case "line":
            method, path = draw(st.sampled_from(METHODS)), draw(st.sampled_from(PATHS))
            version = draw(st.sampled_from(["HTTP/1.1", "HTTP/1.0", "HTTP/2", "HTTP/1.999", "", "ICY"]))
        case "header":
            lines |= draw(st.dictionaries(st.sampled_from(NAMES), HEADER, min_size=1, max_size=3))
        case "host":
            lines["Host"] = draw(
                st.sampled_from(["", "a" * 400, "evil.example/x", "a b", "[::1", "\u00e9", "127.0.0.1:99999999", "@"]) | HEADER
            )
        case "length":
            lines["Content-Length"] = draw(st.sampled_from(LENGTHS))
        case "coding":
            lines["Transfer-Encoding"] = draw(st.sampled_from(CODINGS))
            if draw(st.booleans()):
                del lines["Content-Length"]
        case "twice":
            name = draw(st.sampled_from(sorted(lines)))
            more.append(f"{name}: {draw(st.sampled_from([lines[name], '15', '']))}")
        case "name":
            more.append(draw(st.sampled_from(["No colon", " folded", "A b: c", ": empty", "X\x00: y", "Content_Length: 3", "X: \x00"])))
    text = [f"{method} {path} {version}", *(f"{name}: {value}" for name, value in lines.items()), *more]
    return "\r\n".join(text).encode("latin-1", "replace") + b"\r\n\r\n" + BODY


def test_whatever_a_head_says_is_no_fault_and_is_refused_in_words(area: Served, firm: Company, product: Product) -> None:
    made, done = 0, 0

    @few(80)
    @given(sent=heads(firm))
    def search(sent: bytes) -> None:
        nonlocal made, done
        made += 1
        with area.connect() as connection:
            connection.sendall(sent)
            connection.shutdown(1)
            status, text = answer(connection)
        assert status < 500, text
        said, _, body = text.partition("\r\n\r\n")
        if status == 200:
            done += 1
        elif status and not sent.startswith((b"HEAD", b"head")):
            assert re.search(r"(?im)^content-type: application/problem\+json\r?$", said), text
            assert json.loads(body)["status"] == status

    search()
    assert 0 < done < made
    assert asked(area, "/api/list_teams", firm.operator.token, firm.id)[0] == 200
    [[teams]] = as_superuser(product, "select count(*) from teams where organisation_id = :o", o=firm.id)
    assert teams <= done, "only what was answered was done"
