"""A training waits for its learner, then for its trainer, who may be an Operator, and a locked one for QA."""

from __future__ import annotations

import pytest

from tests.builders import Colleague, Company, company, mails
from tests.functions.courses import completed, only, training
from tests.product import Product


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with two Operators and two QA."""
    return company(product, "action_owner", "qa", "second_qa", "operator", "second_operator")


def finders(firm: Company, what: str, subject_id: str) -> set[str]:
    """Those in whose own list it stands."""
    found = {name: person.get("get_worklist", what=what, limit=100).ok["items"] for name, person in firm.people.items()}
    return {name for name, items in found.items() if subject_id in [one["subject"]["id"] for one in items]}


def told(product: Product, who: Colleague) -> list[tuple[str, str]]:
    """What somebody was told at once, newest first: the task and the thing."""
    return [(facts["task"], facts["subject_id"]) for template, facts in mails(product, who.email) if template == "work_waiting"]


def test_a_training_waits_for_its_learner_until_it_is_signed(firm: Company) -> None:
    training(firm, audience={"roles": ["operator"]})
    found = only(firm.operator)
    assert finders(firm, "learn", found["id"]) == {"operator"}
    [item] = firm.operator.get("get_worklist").ok["items"]
    assert (item["due_on"], item["function"], item["open"]) == (found["due_on"], "complete_training", True)
    completed(firm.operator, found).ok
    assert firm.operator.get("get_worklist").ok["items"] == []


def test_what_the_learner_signed_waits_for_the_trainer_who_is_told(product: Product, firm: Company) -> None:
    training(firm, method="on_the_job", trainer_id=firm.second_operator.id, audience={"person_ids": [firm.operator.id]})
    found = only(firm.operator)
    assert finders(firm, "assess", found["id"]) == set()
    completed(firm.operator, found).ok
    assert finders(firm, "learn", found["id"]) == set()
    assert finders(firm, "assess", found["id"]) == {"second_operator"}
    assert told(product, firm.second_operator) == [("assess", found["id"])]
    assert told(product, firm.qa) == []


def test_where_the_trainer_is_the_learner_it_waits_for_qa(product: Product, firm: Company) -> None:
    training(firm, method="on_the_job", trainer_id=firm.operator.id, audience={"person_ids": [firm.operator.id]})
    found = only(firm.operator)
    completed(firm.operator, found).ok
    assert finders(firm, "assess", found["id"]) == {"qa", "second_qa"}
    assert told(product, firm.second_qa) == [("assess", found["id"])]
