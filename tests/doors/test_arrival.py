"""What a request costs before anybody is known: its body isn't read, and then it is gone through once."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.domain.kernel.errors import Invalid
from shared.doors import arrival
from shared.doors.arrival import DEEPEST, MOST_NAMES, MOST_VALUES
from tests.builders import company
from tests.functions.refusals import nothing_written
from tests.product import Product


class Counting(str):
    """A name that counts the characters that were looked at or copied for it."""

    __slots__ = ()
    visited = 0

    def __eq__(self, other: object) -> bool:
        Counting.visited += 1
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        Counting.visited += 1
        return str.__hash__(self)

    def __format__(self, form: str) -> str:
        Counting.visited += len(self)
        return str.__format__(self, form)

    def __add__(self, other: str) -> str:
        Counting.visited += len(self)
        return str.__add__(self, other)


def visited(work: Callable[[], object]) -> int:
    """How many characters or names the work looked at."""
    Counting.visited = 0
    work()
    return Counting.visited


def pairs(count: int) -> list[tuple[str, object]]:
    """So many fields, the last of which is the first again."""
    return [*((Counting(f"field {number}"), 1) for number in range(count - 1)), (Counting("field 0"), 2)]


def refusing(given: list[tuple[str, object]]) -> None:
    with pytest.raises(Invalid, match="twice") as refused:
        arrival._unique(given)
    assert refused.value.field == "field 0"


def test_a_field_that_stands_twice_is_found_in_one_pass() -> None:
    small, large = (visited(lambda count=count: refusing(pairs(count))) for count in (MOST_NAMES // 4, MOST_NAMES // 2))  # type: ignore[misc]
    assert large <= 2.5 * small
    assert large <= 10 * MOST_NAMES


def test_names_arent_copied_for_what_stands_within_them() -> None:
    """A path that is written out for each of its fields takes the product of both: here 50 million characters."""
    long = Counting("n" * 10_000)
    body = {long: {Counting(f"f{number}"): {"a": [1] * 4} for number in range(MOST_NAMES)}}
    assert visited(lambda: arrival._Reading().walk(body, None, 0)) < 10 * len(long)
    with pytest.raises(Invalid, match="control character") as refused:
        arrival._Reading().walk({"outer": [{"inner": "a\x00b"}]}, None, 0)
    assert refused.value.field == "outer.0.inner"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({f"f{number}": 1 for number in range(MOST_NAMES + 1)}, "too much"),
        ({"name": [1] * (MOST_VALUES + 1)}, "too much"),
        ({"name": [[1] * 1000] * 60}, "too much"),
        (json.loads('{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1)), "nested too deeply"),
    ],
    ids=["fields of one object", "items of one list", "values in all", "levels"],
)
def test_a_body_holds_so_much_and_no_more(product: Product, body: dict[str, Any], sentence: str) -> None:
    admin = company(product).admin
    with nothing_written(product):
        admin.post("create_team", **body).refused(422, sentence)


class Unreadable(io.RawIOBase):
    """A body that must not be read."""

    def read(self, size: int = -1) -> bytes:
        """Fail."""
        message = f"{size} bytes of the body were read"
        raise AssertionError(message)


def half_sent(product: Product, token: str, organisation: str, body: io.RawIOBase | io.BytesIO) -> tuple[int, str]:
    """The status and title that answer a body of 1,000 bytes of which no more than this comes."""
    environ = {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_X_ORGANISATION": organisation, "CONTENT_LENGTH": "1000", "wsgi.input": body}
    answer = product.client("create_team").post("/", content_type="application/json", environ_overrides=environ)
    return answer.status_code, answer.json["title"]


def test_nobody_who_is_refused_for_who_they_are_has_their_body_read(product: Product) -> None:
    firm, stranger = company(product, "operator"), company(product).admin
    for token, organisation, status in (
        ("no.valid.token", firm.id, 401),
        (stranger.token, firm.id, 404),
        (firm.operator.token, firm.id, 403),
        (firm.operator.token, "no id", 422),
    ):
        assert half_sent(product, token, organisation, Unreadable())[0] == status
    assert half_sent(product, firm.admin.token, firm.id, Unreadable())[0] == 500, "a member's is read"


def test_a_body_that_ends_early_is_refused_with_a_sentence(product: Product) -> None:
    admin = company(product).admin
    with nothing_written(product):
        assert half_sent(product, admin.token, admin.organisation, io.BytesIO(b'{"name": ')) == (408, "Too slow")


@pytest.mark.parametrize("key", [{}, {"key": "with a key"}], ids=["without a key", "with a key"])
def test_the_reason_enters_the_trail_although_it_is_read_after_the_transaction_began(product: Product, key: dict[str, str]) -> None:
    firm = company(product, "action_owner", "qa")
    made = firm.action_owner.post("create_document", title="T", type="sop", reason="  Because  ", **key).ok["record"]
    other = firm.action_owner.post("create_document", title="T", type="sop").ok["record"]
    for record, reason in ((made, "Because"), (other, "create_document")):
        assert {entry["reason"] for entry in firm.qa.get("list_audit_trail", record_id=record["id"]).ok["items"]} == {reason}
