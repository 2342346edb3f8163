"""The training matrix: who is trained in what on which day (ISO 13485 6.2)."""

from __future__ import annotations

import pytest

from tests.builders import Company, approve, document, proposed, submitted
from tests.functions.courses import (
    completed,
    in_days,
    mine,
    only,
    training,
)
from tests.product import Product


@pytest.mark.clause("11.10(i)")
def test_the_matrix_shows_the_untrained_as_untrained(product: Product, firm: Company) -> None:
    made = training(firm, audience={"roles": ["operator"]})
    completed(firm.operator, only(firm.operator)).ok
    matrix = firm.qa.get("get_training_matrix", training_id=made["id"]).ok
    states = {row["person"]["id"]: [cell["state"] for cell in row["trainings"]] for row in matrix["items"]}
    assert states[firm.operator.id] == ["trained"]
    assert states[firm.second_operator.id] == ["assigned"]
    assert states[firm.qa.id] == []
    late = firm.qa.get("get_training_matrix", on=in_days(20), untrained=True).ok
    assert [(row["person"]["id"], row["trainings"][0]["state"]) for row in late["items"]] == [(firm.second_operator.id, "overdue")]
    assert firm.qa.get("get_training_matrix", on=in_days(-20), untrained=True).ok["items"] == []


@pytest.mark.clause("ISO 13485 6.2")
def test_the_matrix_of_a_change_lists_who_is_not_trained_when_it_counts(firm: Company) -> None:
    made = document(firm.action_owner, "Gowning", audience={"roles": ["operator"]})
    approve(firm.qa, submitted(firm.action_owner, made["change"])["approval_request"]).ok
    for person in (firm.operator, firm.second_operator):
        completed(person, only(person)).ok
    training(firm, "Another", audience={"roles": ["operator"]})
    change = proposed(firm.action_owner, made["record"], effective_on=in_days(9))
    approve(firm.qa, submitted(firm.action_owner, change)["approval_request"]).ok
    [new] = [one for one in mine(firm.operator, state="assigned") if one["training"]["kind"] == "document"]
    completed(firm.operator, new).ok
    matrix = firm.qa.get("get_training_matrix", change_id=change["id"], untrained=True).ok
    assert matrix["on"] == in_days(9)
    [row] = matrix["items"]
    [cell] = row["trainings"]
    assert (row["person"]["id"], cell["version"], cell["state"]) == (firm.second_operator.id, 2, "assigned")
    now = firm.qa.get("get_training_matrix", training_id=made["record"]["id"], person_id=firm.second_operator.id).ok["items"]
    assert [(cell["version"], cell["state"]) for cell in now[0]["trainings"]] == [(1, "trained")], "today the version in force counts"


def test_the_matrix_is_walked_person_by_person(firm: Company) -> None:
    training(firm, audience={"roles": ["operator"]})
    seen, cursor = [], None
    while True:
        page = firm.qa.get("get_training_matrix", limit=1, untrained=True, **({"cursor": cursor} if cursor else {})).ok
        seen += [row["person"]["id"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted([firm.operator.id, firm.second_operator.id])
