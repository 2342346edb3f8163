"""For each relation of each step: the thing where the step starts, who the relation stops, and who it lets through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from tests.builders import Colleague, Company, approve, document, event, investigation, submitted, triaged_event
from tests.functions.capa_plans.builders import asked, content, extension, implementing, take
from tests.functions.courses import QUIZ, RIGHT, answered, completed, mine, training

Json = dict[str, Any]
TAUGHT = {"method": "on_the_job"}
QUIZZED = {"method": "quiz", "quiz": QUIZ}


@dataclass(frozen=True)
class Scene:
    """A thing in a state from which the step starts.

    Of the step's conditions `stopped` lacks the relation only, and `free` lacks none. `shown` reads the thing as somebody, and `body` is
    what the step's function is told besides the challenge and the etag; `signed_as` is what start_signing calls the thing.
    """

    stopped: Colleague
    free: Colleague
    signed_as: str
    id: str
    shown: Callable[[Colleague], Json]
    body: Json


Stage = Callable[[Company], Scene]


def _read(function: str, subject_id: str, by: Colleague) -> Json:
    return dict(by.get(function, id=subject_id).ok.body)


def _of_the_draft(firm: Company, **body: object) -> Scene:
    change = document(firm.action_owner)["change"]
    shown = partial(_read, "get_change", change["id"])
    return Scene(firm.qa, firm.action_owner, "", change["id"], shown, {"change_id": change["id"], **body})


def _request(firm: Company, author: Colleague, signatures: int) -> Json:
    firm.admin.post("update_organisation", approval_policy={"document": {"signatures": signatures}}).ok
    return dict(submitted(author, document(author)["change"])["approval_request"])


def _of_the_submitted(firm: Company) -> Scene:
    scene = _of_the_draft(firm)
    submitted(firm.action_owner, scene.shown(firm.action_owner))
    return scene


def _decided(firm: Company, request: Json, **body: object) -> Scene:
    shown = partial(_read, "get_approval_request", request["id"])
    body = {"approval_request_id": request["id"], **body}
    return Scene(firm.qa, firm.second_qa, "approval_request", request["id"], shown, body)


def _by_its_author(firm: Company, signatures: int = 1, **body: object) -> Scene:
    return _decided(firm, _request(firm, firm.qa, signatures), **body)


def _by_who_signed(firm: Company, signatures: int = 2, **body: object) -> Scene:
    request = _request(firm, firm.action_owner, signatures)
    approve(firm.qa, request).ok
    return _decided(firm, request, **body)


def _to_be_closed(firm: Company, **body: object) -> Scene:
    record = document(firm.qa)
    follow_up = {"description": "Tell them", "owner_id": firm.doer.id, "due_on": "2035-01-01"}
    step = {"change_id": record["change"]["id"], "follow_ups": [follow_up], "etag": record["change"]["etag"]}
    request = submitted(firm.qa, firm.qa.post("edit_change", **step).ok["change"])["approval_request"]
    while request["status"] == "open":  # as many signatures as the scene before asked for
        signer = next(one for one in (firm.second_qa, firm.third_qa) if one.id not in request.get("signed", []))
        done = approve(signer, request).ok
        request = {**done["approval_request"], "signed": [*request.get("signed", []), signer.id]}
    [action] = done["change"]["actions"]
    action = firm.doer.post("complete_action", action_id=action["id"], evidence="Told", etag=action["etag"]).ok["action"]
    firm.second_qa.post("verify_action", action_id=action["id"], etag=action["etag"]).ok
    shown = partial(_read, "get_change", done["change"]["id"])
    return Scene(firm.qa, firm.second_qa, "change", done["change"]["id"], shown, {"change_id": done["change"]["id"], **body})


def _assigned(firm: Company, learner: Colleague, **given: Any) -> Json:
    course = training(firm, audience={"person_ids": [learner.id]}, **given)
    [found] = [one for one in mine(learner, state="assigned") if one["training"]["id"] == course["id"]]
    return _read("get_assignment", found["id"], learner)


def _learning(stopped: Colleague, free: Colleague, assignment: Json, **body: object) -> Scene:
    shown = partial(_read, "get_assignment", assignment["id"])
    return Scene(stopped, free, "assignment", assignment["id"], shown, {"assignment_id": assignment["id"], **body})


def _somebody_elses(firm: Company, /, **given: Any) -> Scene:
    return _learning(firm.qa, firm.operator, _assigned(firm, firm.operator, **given))


def _somebody_elses_begun(firm: Company) -> Scene:
    found = _assigned(firm, firm.operator, **QUIZZED)
    begun = firm.operator.post("start_quiz", assignment_id=found["id"], etag=found["etag"]).ok["attempt"]
    answers = [
        {"question": one["key"], "options": [option["key"] for option in one["options"] if option["text"] in RIGHT[one["text"]]]}
        for one in begun["questions"]
    ]
    return _learning(firm.qa, firm.operator, found, answers=answers)


def _ones_own(firm: Company, **body: object) -> Scene:
    return _learning(firm.qa, firm.second_qa, _assigned(firm, firm.qa), **body)


def _ones_own_attended(firm: Company) -> Scene:
    """Without a trainer any QA assesses it, the learner not."""
    return _learning(firm.qa, firm.second_qa, completed(firm.qa, _assigned(firm, firm.qa, **TAUGHT)).ok["assignment"])


def _ones_own_locked(firm: Company) -> Scene:
    found = _assigned(firm, firm.qa, **QUIZZED)
    for _ in range(2):
        found = answered(firm.qa, found, rightly=False).ok["assignment"]
    return _learning(firm.qa, firm.second_qa, found)


def _with_a_trainer(firm: Company) -> Scene:
    found = _assigned(firm, firm.operator, **TAUGHT, trainer_id=firm.doer.id)
    return _learning(firm.qa, firm.doer, completed(firm.operator, found).ok["assignment"])


def _acting(stopped: Colleague, free: Colleague, action: Json, **body: object) -> Scene:
    shown = partial(_read, "get_action", action["id"])
    return Scene(stopped, free, "", action["id"], shown, {"action_id": action["id"], **body})


def _somebody_elses_action(firm: Company) -> Scene:
    [action] = implementing(firm, firm.doer)["actions"]
    return _acting(firm.qa, firm.doer, action, evidence="Done")


def _ones_own_action(firm: Company, **body: object) -> Scene:
    [action] = implementing(firm, firm.qa)["actions"]
    take(firm.qa, "complete_action", action, evidence="Done").ok
    return _acting(firm.qa, firm.second_qa, action, **body)


def _ones_own_wish(firm: Company, **body: object) -> Scene:
    [action] = implementing(firm, firm.qa)["actions"]
    wish = extension(firm.qa, action).ok["extension"]

    def shown(by: Colleague) -> Json:
        [found] = _read("get_action", action["id"], by)["asked"]
        return dict(found)

    return Scene(firm.qa, firm.second_qa, "", wish["id"], shown, {"extension_id": wish["id"], **body})


def _somebody_elses_comment(firm: Company) -> Scene:
    change = document(firm.action_owner)["change"]
    made = firm.qa.post("add_comment", change_id=change["id"], text="Which vessels?", etag=change["etag"]).ok["comment"]

    def shown(by: Colleague) -> Json:
        [found] = _read("get_change", change["id"], by)["comments"]
        return dict(found)

    return Scene(firm.doer, firm.action_owner, "", made["id"], shown, {"comment_id": made["id"]})


def _recorded(firm: Company, record: Json, **body: object) -> Scene:
    shown = partial(_read, f"get_{record['kind']}", record["id"])
    return Scene(firm.qa, firm.second_qa, record["kind"], record["id"], shown, {"id": record["id"], **body})


def _ones_own_event(firm: Company) -> Scene:
    return _recorded(firm, event(firm.qa), reason="It was none")


def _ones_own_report(firm: Company) -> Scene:
    return _recorded(firm, event(firm.qa), severity="minor", containment="Held")


def _ones_own_investigation(firm: Company) -> Scene:
    return _recorded(firm, investigation(firm.qa, triaged_event(firm.action_owner, firm.second_qa)), reason="It was none")


def _carried_out(firm: Company, plan: Json, doer: Colleague) -> Scene:
    [action] = _read("get_capa_plan", plan["id"], firm.second_qa)["actions"]
    take(doer, "complete_action", action, evidence="Done").ok
    take(firm.second_qa, "verify_action", action).ok
    return _recorded(firm, plan)


def _ones_own_plan(firm: Company) -> Scene:
    plan = dict(firm.qa.post("create_capa_plan", title="Leaks", content=content(firm, firm.doer)).ok["capa_plan"])
    approve(firm.third_qa, asked(firm.action_owner, plan, "approve_plan").ok["approval_request"]).ok
    return _carried_out(firm, plan, firm.doer)


def _a_plan_that_one_carried_out(firm: Company) -> Scene:
    return _carried_out(firm, implementing(firm, firm.qa), firm.qa)


# By kind, step and relation: all the relations there are, as the domain's description gives them and never read from the code.
SCENES: Mapping[tuple[str, str, str], Stage] = {
    ("change", "edit", "author"): partial(_of_the_draft, reason="Mine"),
    ("change", "submit", "author"): _of_the_draft,
    ("change", "discard", "author"): _of_the_draft,
    ("change", "withdraw", "author"): _of_the_submitted,
    ("change", "sign", "not_author"): partial(_by_its_author, signatures=2),
    ("change", "sign", "not_signed"): partial(_by_who_signed, signatures=3),
    ("change", "approve", "not_author"): _by_its_author,
    ("change", "approve", "not_signed"): _by_who_signed,
    ("change", "reject", "not_author"): partial(_by_its_author, reason="Not so"),
    ("change", "reject", "not_signed"): partial(_by_who_signed, reason="Not so"),
    ("change", "close", "not_author"): partial(_to_be_closed, result="They were told"),
    ("assignment", "take_quiz", "learner"): partial(_somebody_elses, **QUIZZED),
    ("assignment", "answer_quiz", "learner"): _somebody_elses_begun,
    ("assignment", "attend", "learner"): partial(_somebody_elses, **TAUGHT),
    ("assignment", "complete", "learner"): _somebody_elses,
    ("assignment", "assess", "not_learner"): _ones_own_attended,
    ("assignment", "assess", "trainer"): _with_a_trainer,
    ("assignment", "waive", "not_learner"): partial(_ones_own, reason="Wrote it"),
    ("assignment", "reassign", "not_learner"): _ones_own_locked,
    ("action", "complete", "owner"): _somebody_elses_action,
    ("action", "verify", "not_doer"): _ones_own_action,
    ("action", "return", "not_doer"): partial(_ones_own_action, reason="Which seal?"),
    ("extension", "grant", "not_requester"): partial(_ones_own_wish, granted=True),
    ("extension", "deny", "not_requester"): partial(_ones_own_wish, granted=False, reason="No"),
    ("comment", "resolve", "concerned"): _somebody_elses_comment,
    ("event", "triage", "not_reporter"): _ones_own_report,
    ("event", "cancel", "not_contributor"): _ones_own_event,
    ("investigation", "cancel", "not_contributor"): _ones_own_investigation,
    ("capa_plan", "verify", "not_contributor"): _ones_own_plan,
    ("capa_plan", "verify", "not_doer"): _a_plan_that_one_carried_out,
}
