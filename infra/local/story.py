"""A story of quality, walked over plain HTTP: from a cold store that grew warm to the people trained and the event closed."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from infra.local.guest import Guest, Refused
from infra.local.place import Place

Say = Callable[..., None]
QUIZ = {
    "questions": [
        {
            "text": "Up to which temperature may the store be opened?",
            "kind": "single",
            "options": [{"text": "8 °C", "correct": True}, {"text": "25 °C", "correct": False}],
        },
        {
            "text": "What is checked every morning?",
            "kind": "multiple",
            "options": [
                {"text": "The door's seal", "correct": True},
                {"text": "The alarm", "correct": True},
                {"text": "The paint", "correct": False},
            ],
        },
    ],
    "pass_mark": 100,
    "attempts": 3,
}
RIGHT = {"8 °C", "The door's seal", "The alarm"}


class Story:
    """The people of one organisation and what they do, step by step; each refusal that must come is waited for."""

    def __init__(self, admin: Guest, qa: Guest, owner: Guest, operator: Guest, say: Say) -> None:
        self.admin, self.qa, self.owner, self.operator, self.say = admin, qa, owner, operator, say
        self.today = dt.datetime.now(dt.UTC).date()
        self.owner_id = str(owner.get("get_me")["id"])
        self.refusals: list[tuple[str, int]] = []

    def refuse(self, who: Guest, function: str, status: int, /, **fields: Any) -> None:
        """Take a step that must be refused."""
        try:
            who.post(function, **fields)
        except Refused as refusal:
            if refusal.status != status:
                raise
            self.refusals.append((function, status))
            return
        sentence = f"{function} should have been refused with {status}"
        raise AssertionError(sentence)

    def approve(self, change: dict[str, Any]) -> dict[str, Any]:
        """Submit a change, have its author refused as approver, and have QA sign it."""
        asked = self.owner.post("submit_change", change_id=change["id"], etag=change["etag"])
        request = asked["approval_request"]
        self.refuse(self.owner, "start_signing", 403, subject_kind="approval_request", subject_id=request["id"], meaning="approved")
        self.refuse(self.operator, "start_signing", 403, subject_kind="approval_request", subject_id=request["id"], meaning="approved")
        decided = self.qa.sign(
            "approve_request", "approval_request", request["id"], "approved", approval_request_id=request["id"], etag=request["etag"]
        )
        self.say("Quinn (QA)", f"signs «approved» under {change['number']}: {change['title']}")
        return dict(decided)

    def propose(self, record: dict[str, Any], reason: str, **item: object) -> dict[str, Any]:
        """Propose one step of one record and have it approved."""
        made = self.owner.post("propose_change", reason=reason, items=[{"record_id": record["id"], **item}])
        return self.approve(made["change"])

    def procedure(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The procedure in force, and the training on it with its quiz."""
        made = self.owner.post(
            "create_document", title="Cold store", type="SOP", content={"summary": "The store is kept between 2 and 8 °C"}
        )
        self.approve(made["change"])
        given = {
            "method": "quiz",
            "material": {"document_id": made["record"]["id"]},
            "audience": {"roles": ["operator"]},
            "days_to_complete": 14,
            "validity_months": 12,
            "quiz": QUIZ,
        }
        training = self.owner.post("create_training", title="Working in the cold store", content=given)
        self.approve(training["change"])
        return dict(made["record"]), dict(training["record"])

    def deviation(self) -> dict[str, Any]:
        """The event: reported, triaged as major."""
        now = dt.datetime.now(dt.UTC)
        given = {
            "description": "The cold store stood at 14 °C for three hours",
            "place": "Cold store 2",
            "product": "Insulin",
            "batch": "B-1021",
            "occurred_at": (now - dt.timedelta(hours=5)).isoformat(timespec="seconds"),
            "detected_at": (now - dt.timedelta(hours=2)).isoformat(timespec="seconds"),
            "observed_by": "Otto Operator",
        }
        fields: dict[str, Any] = {"title": "Cold store too warm", "type": "deviation", "content": given}
        self.refuse(self.operator, "report_event", 403, **fields)
        event = self.owner.post("report_event", **fields)["event"]
        self.say("Olga (Action Owner)", f"reports {event['number']}: {event['title']}")
        judged: dict[str, Any] = {
            "id": event["id"],
            "severity": "major",
            "classification": "Storage",
            "containment": "The batch is blocked",
            "risk": {"severity": 7, "occurrence": 3, "detection": 4},
        }
        for guest in (self.operator, self.owner):
            self.refuse(guest, "triage_event", 403, **judged)
        event = self.qa.sign("triage_event", "event", event["id"], "triaged", etag=event["etag"], **judged)["event"]
        self.say("Quinn (QA)", f"triages it as {event['content']['severity']}, risk {event['risk_number']} of 1,000")
        return dict(event)

    def investigation(self, event: dict[str, Any]) -> dict[str, Any]:
        """The investigation with fishbone and five whys, concluded."""
        self.refuse(self.operator, "open_investigation", 403, event_ids=[event["id"]])
        found = self.owner.post("open_investigation", event_ids=[event["id"]])["investigation"]
        unchecked = {"text": "Nobody checked it", "because": [{"text": "The procedure doesn't ask for it"}]}
        torn = {"text": "The seal was torn", "evidence": "Photograph 3", "because": [unchecked]}
        open_door = {"text": "The door stood open", "because": [torn]}
        whys = {"text": "Why was the store warm?", "evidence": "Logger curve", "because": [open_door]}
        content = {
            "method": "both",
            "problem_statement": "14 °C for three hours",
            "why_tree": whys,
            "fishbone": {
                "machine": [{"text": "Torn seal", "evidence": "Photograph 3"}],
                "method": [{"text": "No daily check"}],
                "man": [{"text": "Door left open"}],
                "environment": [{"text": "30 °C outside"}],
            },
            "root_causes": [{"category": "method", "description": "No daily check of the seal", "certainty": "confirmed"}],
            "extent": "Cold store 2 only; stores 1 and 3 were checked",
            "conclusion": "A daily check would have found the torn seal",
        }
        self.refuse(self.operator, "edit_record", 403, id=found["id"], content=content)
        found = self.owner.post("edit_record", id=found["id"], content=content, etag=found["etag"])["investigation"]
        self.say("Olga (Action Owner)", f"investigates in {found['number']}: fishbone and five whys")
        self.propose(found, "The cause is found", step="conclude")
        return dict(found)

    def plan(self, sources: list[str]) -> dict[str, Any]:
        """The CAPA plan of three actions, approved."""
        due = (self.today + dt.timedelta(days=10)).isoformat()
        actions = [
            {"kind": kind, "description": words, "owner_id": self.owner_id, "due_on": due}
            for kind, words in (
                ("correction", "Replace the seal"),
                ("corrective", "Check the seal every morning: revise the procedure"),
                ("preventive", "Alarm at 9 °C in every store"),
            )
        ]
        content = {
            "source": "Deviation",
            "goal": "No cold store above 8 °C",
            "actions": actions,
            "no_adverse_effect": "The check takes a minute and opens no door",
            "effectiveness": {"criterion": "No alarm in the window", "measure": "Alarm log", "not_before": self.today.isoformat()},
        }
        fields: dict[str, Any] = {"title": "Cold stores stay cold", "source_ids": sources, "content": content}
        self.refuse(self.operator, "create_capa_plan", 403, **fields)
        plan = self.owner.post("create_capa_plan", **fields)["capa_plan"]
        self.propose(plan, "What will be done", step="approve_plan")
        plan = self.owner.get("get_capa_plan", id=plan["id"])
        self.say("Olga (Action Owner)", f"plans {plan['number']} with {len(plan['actions'])} actions")
        return dict(plan)

    def actions(self, plan: dict[str, Any]) -> None:
        """One action extended, all done and verified."""
        for index, brief in enumerate(plan["actions"]):
            action = self.owner.get("get_action", id=brief["id"])
            if index == 0:
                later = (self.today + dt.timedelta(days=20)).isoformat()
                asked = self.owner.post(
                    "request_extension", action_id=action["id"], due_on=later, reason="The seal is on order", etag=action["etag"]
                )
                extension = asked["extension"]
                for guest in (self.operator, self.owner):
                    self.refuse(guest, "decide_extension", 403, extension_id=extension["id"], granted=True, etag=extension["etag"])
                self.qa.post("decide_extension", extension_id=extension["id"], granted=True, etag=extension["etag"])
                action = self.owner.get("get_action", id=brief["id"])
                self.say("Quinn (QA)", f"grants {action['number']} until {action['due_on']} instead of {action['original_due_on']}")
            self.refuse(self.operator, "complete_action", 403, action_id=action["id"], evidence="Done", etag=action["etag"])
            action = self.owner.post("complete_action", action_id=action["id"], evidence="Work order closed", etag=action["etag"])["action"]
            for guest in (self.operator, self.owner):
                self.refuse(guest, "verify_action", 403, action_id=action["id"], etag=action["etag"])
            self.qa.post("verify_action", action_id=action["id"], etag=action["etag"])
        self.say("Quinn (QA)", "verifies all three actions")

    def retraining(self, document: dict[str, Any], training: dict[str, Any], plan: dict[str, Any]) -> dict[str, Any]:
        """The procedure changed, its training assigned, the quiz failed once and passed, signed."""
        decided = self.propose(document, "A daily check of the seal", content={"summary": "2 to 8 °C; the seal is checked every morning"})
        plan = self.owner.get("get_capa_plan", id=plan["id"])
        self.owner.post("link_records", id=plan["id"], type="changes", to_id=decided["change"]["id"], etag=plan["etag"])
        (brief,) = self.operator.get("list_assignments", mine=True, state="assigned", training_id=training["id"])["items"]
        self.say("Otto (Operator)", f"is to be trained until {brief['due_on']}: {training['title']}")
        assignment = self.operator.get("get_assignment", id=brief["id"])
        for right in (False, True):
            begun = self.operator.post("start_quiz", assignment_id=assignment["id"], etag=assignment["etag"])
            questions = begun["attempt"]["questions"]
            assert "correct" not in str(questions), "no answer is given away"
            answers = [
                {"question": one["key"], "options": [option["key"] for option in one["options"] if (option["text"] in RIGHT) is right]}
                for one in questions
            ]
            ended = self.operator.post("answer_quiz", assignment_id=assignment["id"], answers=answers, etag=begun["assignment"]["etag"])
            self.say("Otto (Operator)", f"{'passes' if ended['attempt']['passed'] else 'fails'} the quiz")
            assignment = ended["assignment"]
        done = self.operator.sign(
            "complete_training",
            "assignment",
            assignment["id"],
            "read and understood",
            assignment_id=assignment["id"],
            etag=assignment["etag"],
        )
        self.say("Otto (Operator)", "signs «read and understood»")
        return dict(done["assignment"])

    def closing(self, event: dict[str, Any], plan: dict[str, Any]) -> dict[str, Any]:
        """The plan verified and found effective, the event closed."""
        plan = self.qa.get("get_capa_plan", id=plan["id"])
        self.refuse(self.operator, "start_signing", 403, subject_kind="capa_plan", subject_id=plan["id"], meaning="verified")
        self.qa.sign("verify_capa_plan", "capa_plan", plan["id"], "verified", id=plan["id"], etag=plan["etag"])
        self.propose(plan, "It works", step="close", content={"effectiveness_result": "No alarm in the window"})
        closing = {"correction": "Seal replaced", "disposition": "Batch B-1021 released after assessment", "cause": "No daily check"}
        self.propose(event, "All is done", step="close", content=closing)
        return dict(self.qa.get("get_event", id=event["id"]))

    def tell(self) -> dict[str, Any]:
        """The whole story; the answer is the first page of the event's history, with the whole trail."""
        began = time.monotonic()
        document, training = self.procedure()
        event = self.deviation()
        found = self.investigation(event)
        plan = self.plan([event["id"], found["id"]])
        self.actions(plan)
        self.retraining(document, training, plan)
        event = self.closing(event, plan)
        history = self.qa.get("get_record_history", id=event["id"])
        reached = [one["number"] for one in history["trail"]["records"]]
        trained = dict.fromkeys(one["person"]["name"] for one in history["trail"]["people"] if one["status"] == "completed")
        self.say("The whole trail", " → ".join(reached), f"trained: {', '.join(trained)}")
        self.say("Refused", f"{len(self.refusals)} steps that weren't theirs", f"{time.monotonic() - began:.0f} s in all")
        return dict(history)


def tell(at: Place, say: Say, join: Callable[..., Guest]) -> dict[str, Any]:
    """Found an organisation for the story and tell it."""
    stamp = f"{time.time_ns():x}"
    admin, qa, owner, operator = (
        Guest(at, f"{name}-{stamp}@story.qfacts.example").sign_up() for name in ("admin", "qa", "owner", "operator")
    )
    admin.prove_address()
    admin.post("update_me", name="Ada Admin")
    admin.organisation = admin.post("create_organisation", name=f"Cold chain {stamp[-6:]}")["organisation"]["id"]
    join(admin, qa, "qa", "Quinn Assurance")
    join(admin, owner, "action_owner", "Olga Owner")
    join(admin, operator, "operator", "Otto Operator")
    return Story(admin, qa, owner, operator, say).tell()
