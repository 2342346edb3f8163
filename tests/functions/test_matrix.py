"""The matrix of roles and functions: every pair is really called (21 CFR 11.10(d), (g)).

The table below is written from the domain's own words about people and endpoints, not from the code; a function without a row fails.
"""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from tests.builders import Colleague
from tests.functions.permissions import EVERYBODY, HTTP, MAY, VISITORS
from tests.functions.samples import DOORS, sample
from tests.product import Answer, Product
from tests.storage import Storage

PEOPLE = ("no token", "non-member", "deactivated", "admin only", "operator", "action_owner", "qa", "inspector", "expired inspector")
# Who gets past the role: by the letters of `WHO`. A person with a sign-in is enough for what belongs to no organisation.
WHO = {"a": "admin only", "o": "operator", "w": "action_owner", "q": "qa", "i": "inspector"}
NEVER = {"no token": 401, "non-member": 404, "deactivated": 404, "expired inspector": 404}


def call(product: Product, function: str, by: Colleague | None, organisation: str, data: bytes | None = None) -> Answer:
    """The function with ids that nobody has, as `by`."""
    door = DOORS[function]
    headers = {"X-Organisation": organisation} | ({"Authorization": f"Bearer {by.token}"} if by else {})
    if door.method == "GET":
        return product.send(function, "GET", headers=headers, query=sample(door))
    sent = json.dumps(sample(door)).encode() if data is None else data
    return product.send(function, "POST", headers={**headers, "Content-Type": "application/json"}, data=sent)


def past_the_role(answer: Answer) -> bool:
    """Whether token, membership and role let the call through to the function itself."""
    assert answer.status < 500, answer.body
    if answer.status == 401:
        return False
    if answer.status == 404 and "aren't a member" in answer["detail"]:
        return False
    return not (answer.status == 403 and "needed" in answer.body)


@pytest.mark.clause("11.10(g)")
def test_every_function_of_the_register_has_a_row() -> None:
    assert set(MAY) == set(HTTP)
    assert set(DOORS) == set(HTTP)


@pytest.mark.clause("11.10(d)")
@pytest.mark.clause("11.10(g)")
@pytest.mark.parametrize("function", HTTP)
def test_only_those_who_may_get_past_the_role(
    product: Product, everyone: dict[str, Colleague | None], function: str, storage: Storage
) -> None:
    may = MAY[function]
    admin = everyone["admin only"]
    assert admin is not None
    for name in PEOPLE:
        answer = call(product, function, everyone[name], admin.organisation)
        if may == VISITORS:
            assert past_the_role(answer)
            continue
        if name == "no token":
            answer.refused(401)
            continue
        allowed = may == EVERYBODY or name in {WHO[letter] for letter in may}
        assert past_the_role(answer) is allowed, f"{name} calls {function}: {answer.status} {answer.body}"
        if allowed:
            continue
        answer.refused(NEVER.get(name, 403))
        if answer.status == 403:
            assert answer["needed"], "a refusal by role names what is needed"
            assert answer["detail"].endswith(f"needs {DOORS[function].who.words}.")


@pytest.mark.clause("11.10(d)")
@pytest.mark.parametrize("letter", WHO)
def test_a_membership_names_the_functions_that_it_may_call(product: Product, everyone: dict[str, Colleague | None], letter: str) -> None:
    person = everyone[WHO[letter]]
    assert person is not None
    wanted = sorted(name for name, may in MAY.items() if may not in (EVERYBODY, VISITORS) and letter in may)
    memberships = product.get("get_me", person.token).ok["memberships"]
    assert [one["may"] for one in memberships if one["organisation"]["id"] == person.organisation] == [wanted]


@pytest.mark.clause("11.10(d)")
@pytest.mark.parametrize("function", [name for name in HTTP if MAY[name] not in (EVERYBODY, VISITORS) and DOORS[name].method == "POST"])
def test_a_refusal_comes_before_the_body_is_judged(product: Product, everyone: dict[str, Colleague | None], function: str) -> None:
    admin = everyone["admin only"]
    assert admin is not None
    for name in PEOPLE:
        allowed = name in {WHO[letter] for letter in MAY[function]}
        if not allowed:
            answer = call(product, function, everyone[name], admin.organisation, b'{"nothing": "like it"}')
            answer.refused(NEVER.get(name, 403))


def test_a_role_counts_from_the_next_request(product: Product, everyone: dict[str, Colleague | None]) -> None:
    admin, operator = everyone["admin only"], everyone["operator"]
    assert admin is not None
    assert operator is not None
    body = {"person_id": operator.id, "admin": False}
    operator.post("propose_change", reason="Why", items=[{"record_id": str(uuid4())}]).refused(403, "an Action Owner or QA")
    admin.post("set_member_role", role="action_owner", **body).ok
    operator.post("propose_change", reason="Why", items=[{"record_id": str(uuid4())}]).refused(422)
    admin.post("set_member_role", role="operator", **body).ok
    operator.post("propose_change", reason="Why", items=[{"record_id": str(uuid4())}]).refused(403)
