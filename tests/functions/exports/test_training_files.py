"""A person's training file holds every assignment of theirs, with results and signatures."""

from __future__ import annotations

import base64
import csv
import io
import json
from typing import Any
from uuid import uuid4

import pytest

from tests.builders import Company
from tests.functions.courses import QUIZ, answered, completed, mine, training

Json = dict[str, Any]


@pytest.mark.clause("11.10(i)")
def test_a_training_file_holds_assignments_results_and_signatures(firm: Company) -> None:
    operator = firm.operator
    training(firm, audience={"person_ids": [operator.id]}, method="quiz", quiz=QUIZ)
    training(firm, audience={"person_ids": [operator.id]})
    begun = mine(operator, state="assigned")
    [quiz] = [one for one in begun if firm.qa.get("get_assignment", id=one["id"]).ok["quiz"]]
    failed = answered(operator, quiz, rightly=False).ok["assignment"]
    done = completed(operator, answered(operator, failed, rightly=True).ok["assignment"]).ok["assignment"]
    answer = firm.qa.get("export_training_file", person_id=operator.id, format="json").ok.body
    made = json.loads(base64.b64decode(answer["content_base64"]))
    assert [one["id"] for one in made["rows"]] == [
        one["id"] for one in firm.qa.get("list_assignments", person_id=operator.id, limit=100).ok["items"]
    ]
    [row] = [one for one in made["rows"] if one["id"] == done["id"]]
    assert [one["passed"] for one in row["results"]] == [False, True]
    [signature] = row["signatures"]
    assert (signature["person_id"], signature["meaning"], signature["valid"]) == (operator.id, "read and understood", True)
    assert "answers" not in json.dumps(row), "what was chosen isn't told, for others may have the quiz before them"
    sheet = firm.qa.get("export_training_file", person_id=operator.id, format="csv").ok.body
    [told] = [one for one in csv.DictReader(io.StringIO(base64.b64decode(sheet["content_base64"]).decode())) if one["Id"] == done["id"]]
    assert told["Results"].startswith("attempt 1: ")
    assert "failed" in told["Results"]
    assert "passed" in told["Results"]
    assert signature["printed_name"] in told["Signatures"]
    assert firm.qa.get("export_training_file", person_id=operator.id).ok["media_type"] == "application/pdf"


def test_nobody_has_the_file_of_somebody_elses_organisation(firm: Company) -> None:
    firm.qa.get("export_training_file", person_id=str(uuid4())).refused(404)
    firm.operator.get("export_training_file", person_id=firm.operator.id).refused(403)
