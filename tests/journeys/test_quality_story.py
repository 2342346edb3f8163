"""The story of quality over plain HTTP against the whole local stack: deviation, investigation, CAPA plan, procedure, training, closing."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local import demo, story
from infra.local.story import Story
from tests.stack import Stack


@pytest.fixture(scope="module")
def told(stack: Stack) -> tuple[Story, dict[str, Any]]:
    """The story, told once, and its people."""
    kept: list[Story] = []

    class Remembered(Story):
        def tell(self) -> dict[str, Any]:
            kept.append(self)
            return super().tell()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(story, "Story", Remembered)
        history = story.tell(stack.place, lambda *_: None, demo.join)
    return kept[0], history


def test_the_whole_trail_from_event_to_trained_person_comes_in_one_answer(told: tuple[Story, dict[str, Any]]) -> None:
    trail = told[1]["trail"]
    kinds = {one["kind"] for one in trail["records"]}
    assert kinds == {"event", "investigation", "capa_plan", "document", "training"}
    assert {(one["person"]["name"], one["status"]) for one in trail["people"]} == {
        ("Otto Operator", "completed"),
        ("Otto Operator", "obsolete"),  # of version 1, before version 2 came
    }
    assert {one["type"] for one in trail["links"]} >= {"investigated_in", "corrected_by", "changes", "trains"}


def test_every_step_that_was_not_theirs_was_refused(told: tuple[Story, dict[str, Any]]) -> None:
    refused = {function for function, _ in told[0].refusals}
    assert refused >= {
        "report_event",
        "triage_event",
        "open_investigation",
        "edit_record",
        "create_capa_plan",
        "decide_extension",
        "complete_action",
        "verify_action",
        "start_signing",
    }


def test_the_event_is_closed_with_every_signature_valid(told: tuple[Story, dict[str, Any]]) -> None:
    teller, history = told
    assert history["record"]["status"] == "closed"
    assert [one["status"] for one in history["versions"]] == ["closed"]
    assert history["signatures"]
    assert all(one["valid"] for one in history["signatures"])
    (plan,) = teller.qa.get("list_capa_plans")["items"]
    shown = teller.qa.get("get_capa_plan", id=plan["id"])
    assert shown["status"] == "closed_effective"
    assert {one["meaning"] for one in shown["signatures"]} == {"approved", "verified"}
    assert all(one["valid"] for one in shown["signatures"])


def test_the_audit_trail_of_the_story_holds(told: tuple[Story, dict[str, Any]]) -> None:
    assert told[0].qa.get("verify_audit_trail")["intact"] is True


def test_the_story_exports_for_people_and_machines(told: tuple[Story, dict[str, Any]]) -> None:
    teller, history = told
    for record in history["trail"]["records"]:
        as_json = teller.qa.get("export_record", id=record["id"], format="json")
        as_pdf = teller.qa.get("export_record", id=record["id"], format="pdf")
        assert as_json["counts"] == as_pdf["counts"], record["number"]
