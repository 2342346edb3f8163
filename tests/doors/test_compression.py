"""Long answers are compressed for clients that say that they take it, and are the same answers."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.builders import Company, company
from tests.product import Product


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    return company(product, "qa")


def asked(firm: Company, function: str, accepts: str | None) -> tuple[dict[str, str], bytes]:
    """The headers and the bytes of a read."""
    headers = {"Authorization": f"Bearer {firm.qa.token}", "X-Organisation": firm.id, **({"Accept-Encoding": accepts} if accepts else {})}
    response = firm.product.client(function).open("/", method="GET", headers=headers)
    return dict(response.headers), response.get_data()


@pytest.mark.parametrize("accepts", ["gzip", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.8, *;q=0.1", "GZIP", "*"])
def test_a_long_answer_is_compressed_for_who_takes_it(firm: Company, accepts: str) -> None:
    _, plain = asked(firm, "list_audit_trail", None)
    headers, packed = asked(firm, "list_audit_trail", accepts)
    assert (headers["Content-Encoding"], headers["Vary"], headers["Content-Type"]) == ("gzip", "Accept-Encoding", "application/json")
    assert int(headers["Content-Length"]) == len(packed) < len(plain) / 2
    assert json.loads(gzip.decompress(packed)) == json.loads(plain)


@pytest.mark.parametrize("accepts", [None, "", "identity", "gzip;q=0", "br", "gzip;q=0, *;q=1", "nonsense"])
def test_who_doesnt_take_it_gets_the_plain_answer(firm: Company, accepts: str | None) -> None:
    headers, plain = asked(firm, "list_audit_trail", accepts)
    assert "Content-Encoding" not in headers
    assert len(plain) > 1024
    assert json.loads(plain)["items"]


def test_a_short_answer_and_a_refusal_stay_as_they_are(firm: Company) -> None:
    headers, plain = asked(firm, "list_teams", "gzip")
    assert "Content-Encoding" not in headers
    assert json.loads(plain)["items"] == []
    headers, plain = asked(firm, "get_document", "gzip")
    assert ("Content-Encoding" not in headers, json.loads(plain)["status"]) == (True, 422)
