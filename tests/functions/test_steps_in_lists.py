"""What can be done with a thing is told in its list too, as by the thing itself: open or not, why not, and how it is taken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Colleague, Company, company
from tests.functions.courses import QUIZ, answered, completed, mine, only, training
from tests.product import Product

DETAILS = {"step", "function", "gate", "subject_kind", "meaning", "needs_reason", "open", "closed_by", "why_not", "code"}


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with an author, two QA and two who learn."""
    return company(product, "action_owner", "qa", "second_qa", "operator")


def compared(firm: Company, *readers: Colleague, of: Colleague) -> list[dict[str, Any]]:
    """The newest assignment of a person in the list, once it was seen to say the same steps as by itself, to each who reads both."""
    shown = []
    for reader in readers:
        [row] = [one for one in reader.get("list_assignments", limit=100).ok["items"] if one["person_id"] == of.id][:1]
        alone = reader.get("get_assignment", id=row["id"]).ok
        assert row["open_steps"] == alone["open_steps"]
        assert all(set(step) == DETAILS for step in row["open_steps"])
        shown.append(row)
    return shown


def opened(row: dict[str, Any]) -> set[str]:
    """The steps that are open."""
    return {step["step"] for step in row["open_steps"] if step["open"]}


def test_an_assignment_says_its_steps_in_the_list_as_by_itself(firm: Company) -> None:
    learner = firm.operator
    training(firm, "Reading", audience={"person_ids": [learner.id]})
    own, seen = compared(firm, learner, firm.qa, of=learner)
    assert (opened(own), opened(seen)) == ({"complete"}, {"waive"})
    [complete] = [step for step in own["open_steps"] if step["step"] == "complete"]
    assert (complete["gate"], complete["subject_kind"], complete["meaning"]) == ("signed", "assignment", "read and understood")
    completed(learner, only(learner)).ok
    [own] = compared(firm, learner, of=learner)
    assert opened(own) == set()
    assert {step["closed_by"] for step in own["open_steps"] if step["step"] == "complete"} == {"state"}


def test_a_quiz_and_a_trainer_count_in_the_list_too(firm: Company) -> None:
    learner = firm.operator
    training(firm, "Quizzed", quiz=QUIZ, audience={"person_ids": [learner.id]})
    [own] = compared(firm, learner, of=learner)
    assert opened(own) == {"take_quiz"}
    assert {step["step"]: step["code"] for step in own["open_steps"]}["complete"] == "pass_quiz_first"
    learner.post("start_quiz", assignment_id=own["id"], etag=own["etag"]).ok
    [own] = compared(firm, learner, of=learner)
    assert opened(own) == {"take_quiz", "answer_quiz"}
    answered(learner, only(learner), rightly=True).ok
    [own] = compared(firm, learner, of=learner)
    assert opened(own) == {"complete"}
    completed(learner, only(learner)).ok
    training(firm, "Shown", method="classroom", trainer_id=firm.second_qa.id, audience={"person_ids": [learner.id]})
    rows = compared(firm, learner, firm.qa, firm.second_qa, of=learner)
    assert "attend" in opened(rows[0])
    assert "assess" not in {*opened(rows[1]), *opened(rows[2])}
    completed(learner, mine(learner, state="assigned")[0]).ok
    rows = compared(firm, firm.qa, firm.second_qa, of=learner)
    assert ["assess" in opened(row) for row in rows] == [False, True], "only the trainer whom the training names assesses it"


def test_an_invitation_says_whether_it_can_be_mailed_again_or_revoked(firm: Company) -> None:
    made = firm.admin.post("invite_member", email=f"steps-{firm.id}@test.qfacts.example", role="operator").ok["invitation"]
    row = firm.admin.get("list_invitations").ok["items"][0]
    assert {step["function"]: step["open"] for step in row["open_steps"]} == {"resend_invitation": True, "revoke_invitation": True}
    assert all(set(step) == DETAILS for step in row["open_steps"])
    firm.admin.post("revoke_invitation", invitation_id=made["id"]).ok
    row = firm.admin.get("list_invitations").ok["items"][0]
    assert {step["open"] for step in row["open_steps"]} == {False}
    assert {step["closed_by"] for step in row["open_steps"]} == {"state"}
    assert all(step["why_not"] for step in row["open_steps"])
