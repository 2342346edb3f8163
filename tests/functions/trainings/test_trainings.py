"""Trainings from draft to signed: who is assigned what and learns how (21 CFR 11.10(i), ISO 13485 6.2)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.builders import Company, approve, as_superuser, dated, document, mails, proposed, submitted, uploaded
from tests.functions.courses import (
    QUIZ,
    completed,
    in_days,
    mine,
    only,
    revised,
    team_of,
    training,
)
from tests.functions.deliveries import deliver as scheduler
from tests.product import Product
from tests.product import own_product as product
from tests.storage import Storage

__all__ = ["product", "scheduler"]


@pytest.mark.clause("11.10(i)")
def test_an_approved_training_is_assigned_to_its_audience(product: Product, firm: Company) -> None:
    team = team_of(firm, firm.operator)
    made = training(firm, audience={"team_ids": [team]})
    assert (made["status"], made["version"], made["number"][:4]) == ("active", 1, "TRN-")
    assert made["content"]["days_to_complete"] == 14
    found = only(firm.operator)
    assert (found["training"]["id"], found["version"], found["status"], found["overdue"]) == (made["id"], 1, "assigned", False)
    assert found["due_on"] == in_days(14)
    assert mine(firm.second_operator) == []
    assert [template for template, _ in mails(product, firm.operator.email)].count("training_assigned") == 1
    trail = firm.qa.get("list_audit_trail", record_id=made["id"]).ok["items"]
    [entry] = [one for one in trail if one["table_name"] == "assignments"]
    assert (entry["actor"], entry["step"]) == ("system:assign", "assign")
    assert entry["cause"].startswith("approval of CHG-")


@pytest.mark.clause("11.50")
def test_reading_and_understanding_is_signed_by_the_learner(firm: Company) -> None:
    training(firm, audience={"roles": ["operator"]}, validity_months=12)
    found = only(firm.operator)
    assert {step["step"]: step["open"] for step in found["open_steps"]}["complete"]
    firm.second_operator.post("start_signing", subject_kind="assignment", subject_id=found["id"], meaning="read and understood").refused(
        403
    )
    done = completed(firm.operator, found).ok
    assert (done["signature"]["meaning"], done["signature"]["valid"]) == ("read and understood", True)
    shown = firm.qa.get("get_assignment", id=found["id"]).ok
    assert (shown["status"], shown["signatures"][0]["printed_name"], shown["signatures"][0]["valid"]) == (
        "completed",
        done["signature"]["printed_name"],
        True,
    )
    assert shown["valid_until"][:4] == str(int(shown["completed_at"][:4]) + 1)
    assert mine(firm.operator, state="assigned") == []
    assert firm.qa.get("verify_audit_trail").ok["intact"]


@pytest.mark.clause("11.70")
def test_a_signature_of_another_assignment_does_not_hold(product: Product, firm: Company) -> None:
    training(firm, audience={"roles": ["operator"]})
    first, second = only(firm.operator), only(firm.second_operator)
    completed(firm.operator, first).ok
    as_superuser(product, "alter table signatures disable trigger all")
    moved = "update signatures set subject_id = :other where subject_id = :id"
    as_superuser(product, moved, firm.id, other=second["id"], id=first["id"])
    as_superuser(product, "alter table signatures enable trigger all")
    assert firm.qa.get("get_assignment", id=second["id"]).ok["signatures"][0]["valid"] is False


def test_a_training_names_only_what_is_there(quizless: Company) -> None:
    for content, field in (
        ({"trainer_id": str(uuid4())}, "trainer_id"),
        ({"audience": {"person_ids": [str(uuid4())]}}, "audience.person_ids"),
        ({"material": {"document_id": str(uuid4())}}, "material.document_id"),
    ):
        refused = quizless.action_owner.post("create_training", title="Bad", content=content).refused(422)
        assert refused["field"].endswith(field)
    nothing = quizless.action_owner.post("create_training", title="Empty").ok["change"]
    quizless.join("qa", "qa")
    refused = quizless.action_owner.post("submit_change", change_id=nothing["id"], etag=nothing["etag"])
    refused.refused(409, "nothing to learn from")


def test_the_trainer_signs_after_the_learner_and_never_for_themselves(firm: Company) -> None:
    trainer = firm.second_operator
    training(firm, method="on_the_job", trainer_id=trainer.id, audience={"person_ids": [firm.operator.id, trainer.id]})
    found = only(firm.operator)
    assessing = {"subject_kind": "assignment", "subject_id": found["id"], "meaning": "assessed"}
    trainer.post("start_signing", **assessing).refused(409, "learner must sign first")
    attended = completed(firm.operator, found).ok["assignment"]
    assert (attended["status"], attended["learner_signed_at"] is not None) == ("assigned", True)
    firm.operator.post("start_signing", **assessing).refused(403, "your own")
    firm.qa.post("start_signing", **assessing).refused(403, "trainer whom the training names")
    seen = trainer.get("get_assignment", id=found["id"]).ok
    done = trainer.sign("assess_training", "assignment", found["id"], "assessed", assignment_id=found["id"], etag=seen["etag"]).ok
    assert (done["assignment"]["status"], len(done["assignment"]["signatures"])) == ("completed", 2)
    own = completed(trainer, only(trainer)).ok["assignment"]
    trainer.post("start_signing", **{**assessing, "subject_id": own["id"]}).refused(403, "your own")
    firm.qa.sign("assess_training", "assignment", own["id"], "assessed", assignment_id=own["id"], etag=own["etag"]).ok


def test_qa_waives_with_a_reason_but_never_their_own(firm: Company) -> None:
    training(firm, audience={"roles": ["operator", "qa"]})
    found, own = only(firm.operator), only(firm.qa)
    firm.qa.post("start_signing", subject_kind="assignment", subject_id=own["id"], meaning="waived").refused(403, "your own")
    done = firm.qa.sign(
        "waive_training", "assignment", found["id"], "waived", assignment_id=found["id"], reason="Wrote it", etag=found["etag"]
    ).ok
    assert (done["assignment"]["status"], done["signature"]["reason"]) == ("waived", "Wrote it")
    firm.qa.post("waive_training", assignment_id=found["id"], challenge_id=str(uuid4()), reason="Again", etag=found["etag"]).refused(412)


@pytest.mark.clause("ISO 13485 6.2")
def test_a_document_is_read_by_its_audience_before_it_takes_effect(product: Product, firm: Company, storage: Storage) -> None:
    file_id = uploaded(firm.action_owner)
    made = document(firm.action_owner, "Gowning", audience={"roles": ["operator"]}, file_id=file_id)
    planned = dated(firm.action_owner, made, in_days(5))
    approve(firm.qa, submitted(firm.action_owner, planned["change"])["approval_request"]).ok
    found = only(firm.operator)
    assert (found["training"]["kind"], found["due_on"], found["material"]["version"]) == ("document", in_days(5), 1)
    shown = firm.operator.get("get_document", id=made["record"]["id"]).ok
    assert (shown["status"], shown["version"], shown["files"][0]["id"]) == ("approved", 1, file_id)
    firm.operator.get("download_file", file_id=file_id).ok
    assert found["files"][0]["id"] == file_id
    stranger = firm.join("third_operator", None, admin=True)
    stranger.get("get_document", id=made["record"]["id"]).refused(403)
    completed(firm.operator, found).ok
    firm.operator.get("get_document", id=made["record"]["id"]).ok


def test_who_isnt_in_the_audience_sees_no_approved_version(firm: Company, storage: Storage) -> None:
    file_id = uploaded(firm.action_owner)
    team = team_of(firm, firm.operator)
    made = document(firm.action_owner, "Gowning", audience={"team_ids": [team]}, file_id=file_id)
    approve(firm.qa, submitted(firm.action_owner, dated(firm.action_owner, made, in_days(5))["change"])["approval_request"]).ok
    firm.second_operator.get("get_document", id=made["record"]["id"]).refused(404)
    firm.second_operator.get("download_file", file_id=file_id).refused(404)
    firm.admin.post("remove_team_member", team_id=team, person_id=firm.operator.id).ok
    firm.operator.get("get_document", id=made["record"]["id"]).refused(404)
    firm.operator.get("download_file", file_id=file_id).refused(404)


def test_the_version_in_force_stays_what_is_read_while_the_next_is_learnt(firm: Company) -> None:
    made = document(firm.action_owner, "Gowning", audience={"roles": ["operator"]})
    approve(firm.qa, submitted(firm.action_owner, made["change"])["approval_request"]).ok
    change = proposed(firm.action_owner, made["record"], effective_on=in_days(9))
    approve(firm.qa, submitted(firm.action_owner, change)["approval_request"]).ok
    shown = firm.operator.get("get_document", id=made["record"]["id"]).ok
    assert (shown["version"], shown["status"], shown["waiting"]["version"]) == (1, "effective", 2)
    assert shown["waiting"]["content"]["summary"].startswith("Clearer")
    states = [(one["status"], one["version"]) for one in mine(firm.operator)]
    assert states == [("assigned", 2), ("obsolete", 1)]
    assert only(firm.operator)["due_on"] == in_days(9)


def test_recalling_the_version_takes_its_training_back(firm: Company) -> None:
    made = document(firm.action_owner, "Gowning", audience={"roles": ["operator"]})
    approve(firm.qa, submitted(firm.action_owner, made["change"])["approval_request"]).ok
    completed(firm.operator, only(firm.operator)).ok
    change = proposed(firm.action_owner, made["record"], effective_on=in_days(9))
    approve(firm.qa, submitted(firm.action_owner, change)["approval_request"]).ok
    assert only(firm.operator)["version"] == 2
    etag = firm.qa.get("get_document", id=made["record"]["id"]).ok["etag"]
    firm.qa.sign("recall_document", "document", made["record"]["id"], "recalled", id=made["record"]["id"], reason="Wrong", etag=etag).ok
    assert [(one["status"], one["version"]) for one in mine(firm.operator)] == [("obsolete", 2), ("completed", 1)]
    assert (mine(firm.second_operator)[0]["status"], mine(firm.second_operator)[0]["version"]) == ("assigned", 1)


def test_a_training_on_a_document_replaces_reading_it_and_follows_its_versions(firm: Company) -> None:
    made = document(firm.action_owner, "Gowning", audience={"roles": ["operator"]})
    approve(firm.qa, submitted(firm.action_owner, made["change"])["approval_request"]).ok
    record = firm.action_owner.get("get_document", id=made["record"]["id"]).ok.body
    course = training(firm, "Gowning course", material={"document_id": record["id"]}, audience={"person_ids": [firm.operator.id]})
    assert [one["record"]["id"] for one in course["links"] if one["type"] == "trains"] == [record["id"]]
    assert [(one["status"], one["training"]["kind"]) for one in mine(firm.operator)] == [("assigned", "training"), ("obsolete", "document")]
    assert [(one["status"], one["training"]["kind"]) for one in mine(firm.second_operator)] == [("assigned", "document")]
    completed(firm.operator, only(firm.operator)).ok
    revised(firm, record, summary="Other gloves")
    found = only(firm.operator)
    assert (found["training"]["id"], found["version"], found["document_version"]) == (course["id"], 1, 2)


def test_no_retraining_needs_a_reason_and_counts_for_one_version(firm: Company) -> None:
    made = training(firm, audience={"roles": ["operator"]})
    completed(firm.operator, only(firm.operator)).ok
    revised(firm, made, description="A comma", no_retraining_reason="Only a comma")
    assert [one["status"] for one in mine(firm.operator)] == ["completed"]
    assert [(one["status"], one["version"]) for one in mine(firm.second_operator)] == [("assigned", 2), ("obsolete", 1)]
    revised(firm, made, description="Other scales")
    assert [(one["status"], one["version"]) for one in mine(firm.operator)] == [("assigned", 3), ("completed", 1)]


def test_who_joins_or_leaves_an_audience_is_assigned_or_withdrawn(product: Product, firm: Company) -> None:
    team = team_of(firm)
    training(firm, audience={"team_ids": [team], "roles": ["action_owner"]})
    assert [one["status"] for one in mine(firm.action_owner)] == ["assigned"]
    firm.admin.post("add_team_member", team_id=team, person_id=firm.operator.id).ok
    assert only(firm.operator)["cause"] == "joined the team Production"
    firm.admin.post("remove_team_member", team_id=team, person_id=firm.operator.id).ok
    assert [one["status"] for one in mine(firm.operator)] == ["withdrawn"]
    firm.admin.post("set_member_role", person_id=firm.operator.id, role="action_owner", admin=False).ok
    firm.admin.post("add_team_member", team_id=team, person_id=firm.operator.id).ok
    firm.admin.post("remove_team_member", team_id=team, person_id=firm.operator.id).ok
    assert [one["status"] for one in mine(firm.operator)] == ["assigned", "withdrawn"], "the role still asks for it"
    firm.admin.post("deactivate_member", person_id=firm.operator.id).ok
    rows = firm.qa.get("list_assignments", person_id=firm.operator.id).ok["items"]
    assert [one["status"] for one in rows] == ["withdrawn", "withdrawn"]
    newcomer = firm.join("second_action_owner", "action_owner")
    assert only(newcomer)["cause"] == "joined the organisation"
    assert firm.qa.get("verify_audit_trail").ok["intact"]


def test_a_retired_training_is_asked_of_nobody(firm: Company) -> None:
    made = training(firm, audience={"roles": ["operator"]})
    change = proposed(firm.action_owner, made, step="retire")
    approve(firm.qa, submitted(firm.action_owner, change)["approval_request"]).ok
    assert [one["status"] for one in mine(firm.operator)] == ["obsolete"]
    firm.operator.get("get_training", id=made["id"]).refused(404)
    etag = firm.qa.get("get_training", id=made["id"]).ok["etag"]
    again = firm.qa.post("assign_training", training_id=made["id"], person_ids=[firm.operator.id], etag=etag)
    again.refused(409, "retired")


def test_qa_assigns_by_hand(firm: Company) -> None:
    made = training(firm)
    team = team_of(firm, firm.operator, firm.second_operator)
    given = {"training_id": made["id"], "etag": made["etag"]}
    done = firm.qa.post("assign_training", **given, team_ids=[team], due_on=in_days(3)).ok
    assert (done["assigned"], done["present"], len(done["assignments"])) == (2, 0, 2)
    assert done["training"]["owner"] == made["owner"] is not None
    assert (only(firm.operator)["due_on"], only(firm.operator)["assigned_by"]["id"]) == (in_days(3), firm.qa.id)
    firm.qa.post("assign_training", **given, person_ids=[firm.operator.id]).refused(409, "open already")
    firm.qa.post("assign_training", **given, person_ids=[firm.admin.id]).refused(422)
    firm.qa.post("assign_training", **given, person_ids=[firm.qa.id], due_on="2020-01-01").refused(422)
    firm.qa.post("assign_training", **given).refused(422, "Name people")
    firm.qa.post("assign_training", training_id=made["id"], person_ids=[firm.qa.id]).refused(428)
    firm.admin.post("remove_team_member", team_id=team, person_id=firm.operator.id).ok
    assert [one["status"] for one in mine(firm.operator)] == ["assigned"], "by hand, so not by team"


@pytest.mark.clause("11.10(i)")
def test_what_runs_out_is_assigned_again_once(product: Product, firm: Company, scheduler: Any) -> None:
    training(firm, audience={"roles": ["operator"]}, validity_months=12, days_to_complete=30)
    completed(firm.operator, only(firm.operator)).ok
    assert scheduler("assign_retraining").ok["assigned"] == 0
    soon = in_days(20)
    sooner = "update assignments set valid_until = cast(:soon as date) where status = 'completed' and organisation_id = :own"
    as_superuser(product, sooner, firm.id, soon=soon, own=firm.id)
    assert scheduler("assign_retraining").ok["assigned"] == 1
    assert only(firm.operator)["due_on"] == soon
    assert scheduler("assign_retraining").ok["assigned"] == 0


def test_an_operator_sees_only_their_own_assignments(firm: Company) -> None:
    training(firm, audience={"roles": ["operator"]})
    other = only(firm.second_operator)
    assert [one["person"]["id"] for one in firm.operator.get("list_assignments").ok["items"]] == [firm.operator.id]
    assert firm.operator.get("list_assignments", person_id=firm.second_operator.id).ok["items"] == []
    firm.operator.get("get_assignment", id=other["id"]).refused(404)
    firm.operator.get("get_training_matrix").refused(403)
    assert len(firm.qa.get("list_assignments").ok["items"]) == 2
    assert firm.qa.get("list_assignments", overdue=True).ok["items"] == []


def test_steps_on_an_assignment_ask_what_was_seen(firm: Company) -> None:
    training(firm, method="quiz", quiz=QUIZ, audience={"roles": ["operator"]})
    found = only(firm.operator)
    firm.operator.post("start_quiz", assignment_id=found["id"]).refused(428)
    firm.operator.post("start_quiz", assignment_id=found["id"], etag='"77"').refused(412)
    firm.operator.post("start_quiz", assignment_id=str(uuid4()), etag='"1"').refused(404, "no such assignment")
    firm.second_operator.post("start_quiz", assignment_id=found["id"], etag=found["etag"]).refused(403, "Only the person")
    firm.operator.post("answer_quiz", assignment_id=found["id"], answers=[], etag=found["etag"]).refused(409, "Start the quiz first")
