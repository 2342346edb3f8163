"""Every function called once with success, in one organisation: what the tests of the doors look at."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from tests.builders import (
    Colleague,
    Company,
    carried_out,
    company,
    effective_document,
    event,
    investigation,
    invitation_token,
    put,
    started_upload,
    triaged_event,
    visitor,
)
from tests.contents import pdf
from tests.functions.tour_of_plans import plans
from tests.product import Answer, Product

Json = dict[str, Any]


@dataclass
class Kept(Product):
    """The product, keeping what each function answered."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)

    def send(self, function: str, method: str, **more: Any) -> Answer:
        """One request, kept."""
        answer = super().send(function, method, **more)
        self.answers.setdefault(function, []).append(answer)
        return answer


def tour(product: Product, documents: int = 1) -> Kept:
    """All functions, the steps of the main job over `documents` documents at once."""
    kept = Kept(product.emulator, product.server, product.database_name, product.clients)
    firm = company(kept, "action_owner", "qa", "operator")
    _people(kept, firm)
    file_id = _files(firm.action_owner)
    _decisions(firm, file_id, documents)
    _trainings(firm, documents)
    _inquiries(firm, documents)
    plans(firm, documents)
    _reads(firm, file_id)
    return kept


def _people(kept: Kept, firm: Company) -> None:
    admin = firm.admin
    admin.post("update_organisation", name="Renamed").ok
    team = admin.post("create_team", name="Production").ok["team"]
    admin.post("add_team_member", team_id=team["id"], person_id=firm.operator.id).ok
    admin.post("remove_team_member", team_id=team["id"], person_id=firm.operator.id).ok
    admin.post("rename_team", team_id=team["id"], name="Filling").ok
    admin.post("set_team_lead", team_id=team["id"], lead_id=None).ok
    admin.post("close_team", team_id=team["id"], reason="Merged").ok
    invited = admin.post("invite_member", email=f"late-{firm.id}@test.qfacts.example", role="operator").ok["invitation"]
    admin.post("resend_invitation", invitation_id=invited["id"]).ok
    kept.get("get_invitation_preview", "", token=invitation_token(kept, invited["email"])).ok
    body = json.dumps({"email": invited["email"], "language": "nl"}).encode()
    kept.emulator.sign_up(f"new-{firm.id}@test.qfacts.example")
    kept.post("send_address_verification", kept.emulator.sign_in(f"new-{firm.id}@test.qfacts.example")).ok
    kept.send("send_password_reset", "POST", headers={"Content-Type": "application/json"}, data=body).ok
    admin.post("revoke_invitation", invitation_id=invited["id"]).ok
    admin.post("set_member_role", person_id=firm.operator.id, role="action_owner", admin=False).ok
    admin.post("set_member_role", person_id=firm.operator.id, role="operator", admin=False).ok
    admin.post("change_printed_name", person_id=firm.operator.id, printed_name=f"Olga {firm.id}", reason="Married").ok
    leaver = visitor(kept)
    admin.post("invite_member", email=leaver.email, role="operator").ok
    kept.post("accept_invitation", leaver.token, token=invitation_token(kept, leaver.email)).ok
    admin.get("list_open_work", person_id=firm.action_owner.id).ok
    admin.post("deactivate_member", person_id=leaver.id, successor_id=firm.action_owner.id).ok
    admin.sign("erase_person", "person", leaver.id, "erased", person_id=leaver.id, basis="They asked for it (GDPR 17)").ok


def _files(owner: Colleague) -> str:
    started = started_upload(owner, pdf())
    put(started["upload_url"], pdf(), started["headers"])
    return str(owner.post("finish_upload", file_id=started["file_id"]).ok["file"]["id"])


def _decisions(firm: Company, file_id: str, documents: int) -> None:
    owner, qa = firm.action_owner, firm.qa
    made = [effective_document(owner, qa, f"Procedure {number}", file_id=file_id) for number in range(1)]
    records = [made[0]["id"]]
    if documents > 1:
        first = owner.post("create_document", title="Further 1", type="sop", content={"file_id": file_id}).ok
        for number in range(2, documents):
            owner.post("create_document", title=f"Further {number}", type="sop", change_id=first["change"]["id"]).ok
        change = owner.get("get_change", id=first["change"]["id"]).ok
        records += [item["record_id"] for item in change["items"]]
        _decide(firm, change.body, "approve_request")
    items = [{"record_id": record, "content": {"summary": "Second"}} for record in records]
    change = owner.post("propose_change", reason="Better", items=items).ok["change"]
    change = owner.post("edit_change", change_id=change["id"], reason="Clearer", items=items, etag=change["etag"]).ok["change"]
    asked = owner.post("submit_change", change_id=change["id"], etag=change["etag"]).ok
    change = owner.post("withdraw_change", change_id=change["id"], etag=asked["change"]["etag"]).ok["change"]
    again = _decide(firm, change, "reject_request")
    _decide(firm, again, "approve_request")
    lost = owner.post("create_document", title="Never", type="sop").ok["change"]
    owner.post("discard_change", change_id=lost["id"], etag=lost["etag"]).ok
    _afterwards(firm, records[0])


def _decide(firm: Company, change: Json, function: str) -> Json:
    asked = firm.action_owner.post("submit_change", change_id=change["id"], etag=change["etag"]).ok
    request = asked["approval_request"]
    meaning, more = ("approved", {}) if function == "approve_request" else ("rejected", {"reason": "Not yet"})
    done = firm.qa.sign(
        function, "approval_request", request["id"], meaning, approval_request_id=request["id"], etag=request["etag"], **more
    )
    return dict(done.ok["change"])


def _afterwards(firm: Company, record_id: str) -> None:
    owner, qa = firm.action_owner, firm.qa
    later = owner.post("propose_change", reason="Later", items=[{"record_id": record_id}], effective_on="2035-01-01").ok["change"]
    _decide(firm, later, "approve_request")
    _after_approval(firm, later["id"])
    for function, meaning in (("recall_document", "recalled"), ("suspend_document", "suspended")):
        etag = qa.get("get_document", id=record_id).ok["etag"]
        qa.sign(function, "document", record_id, meaning, id=record_id, reason="Wrong", etag=etag).ok
    etag = owner.get("get_document", id=record_id).ok["etag"]
    noted = owner.post("add_note", id=record_id, text="Seen", etag=etag).ok["document"]
    owner.post("reassign_record", id=record_id, reason="Handing over", owner_id=qa.id, etag=noted["etag"]).ok


def _after_approval(firm: Company, change_id: str) -> None:
    """One change moved, one recalled, one closed."""
    owner, qa = firm.action_owner, firm.qa
    other = owner.post("create_document", title="Recalled", type="sop").ok
    step = {"change_id": other["change"]["id"], "effective_on": "2035-01-01", "etag": other["change"]["etag"]}
    _decide(firm, owner.post("edit_change", **step).ok["change"], "approve_request")
    follow_up = {"description": "Tell them", "owner_id": owner.id, "due_on": "2035-01-01"}
    third = owner.post("create_document", title="Closed", type="sop").ok["change"]
    third = owner.post("edit_change", change_id=third["id"], follow_ups=[follow_up], etag=third["etag"]).ok["change"]
    [action] = _decide(firm, third, "approve_request")["actions"]
    action = owner.post("complete_action", action_id=action["id"], evidence="Told", etag=action["etag"]).ok["action"]
    qa.post("verify_action", action_id=action["id"], etag=action["etag"]).ok
    for function, meaning, of, told in (
        ("move_effective_date", "rescheduled", change_id, {"effective_on": "2035-02-01", "reason": "Later"}),
        ("recall_change", "recalled", other["change"]["id"], {"reason": "Wrong"}),
        ("close_change", "closed", third["id"], {"result": "They were told"}),
    ):
        etag = qa.get("get_change", id=of).ok["etag"]
        qa.sign(function, "change", of, meaning, change_id=of, etag=etag, **told).ok


def _trainings(firm: Company, trainings: int) -> None:
    """Trainings by quiz and by a trainer, to each of whose ends somebody comes; `trainings` of them are approved at once."""
    owner, qa, operator = firm.action_owner, firm.qa, firm.operator
    options = [{"text": "Blue", "correct": True}, {"text": "Red", "correct": False}]
    quiz = {"questions": [{"text": "Which gloves?", "kind": "single", "options": options}], "attempts": 1}
    audience = {"roles": ["operator"], "person_ids": [owner.id]}
    first = owner.post("create_training", title="Gloves", content={"quiz": quiz, "audience": audience}).ok
    taught = {"method": "on_the_job", "trainer_id": owner.id, "audience": {"roles": ["operator"]}, "description": "Watch"}
    joined = {"change_id": first["change"]["id"], "content": taught}
    second = owner.post("create_training", title="Gowning", **joined).ok
    for number in range(2, trainings):
        owner.post("create_training", title=f"Further {number}", **joined).ok
    _decide(firm, owner.get("get_change", id=first["change"]["id"]).ok.body, "approve_request")
    training = qa.get("get_training", id=first["record"]["id"]).ok
    qa.post("assign_training", training_id=training["id"], person_ids=[qa.id], etag=training["etag"]).ok
    for person, letter in ((operator, "Red"), (owner, "Blue")):
        [row] = person.get("list_assignments", mine=True, training_id=training["id"]).ok["items"]
        begun = person.post("start_quiz", assignment_id=row["id"], etag=row["etag"]).ok["attempt"]["questions"][0]
        chosen = [one["key"] for one in begun["options"] if one["text"] == letter]
        answers = [{"question": begun["key"], "options": chosen}]
        marked = person.post("answer_quiz", assignment_id=row["id"], answers=answers, etag=row["etag"]).ok["assignment"]
        if marked["status"] == "locked":
            marked = qa.post("reassign_training", assignment_id=row["id"], etag=marked["etag"]).ok["assignment"]
            _signed(qa, "waive_training", marked, "waived", reason="Wrote it")
        else:
            _signed(person, "complete_training", marked, "read and understood")
    [row] = operator.get("list_assignments", mine=True, training_id=second["record"]["id"]).ok["items"]
    row = _signed(operator, "complete_training", row, "read and understood")
    _signed(owner, "assess_training", row, "assessed")
    qa.get("list_trainings").ok
    qa.get("get_assignment", id=row["id"]).ok
    qa.get("get_training_matrix", change_id=first["change"]["id"]).ok


def _signed(by: Colleague, function: str, row: Json, meaning: str, **more: str) -> Json:
    done = by.sign(function, "assignment", row["id"], meaning, assignment_id=row["id"], etag=row["etag"], **more)
    return dict(done.ok["assignment"])


def _inquiries(firm: Company, events: int) -> None:
    """An investigation over so many events, concluded and opened again, and what else happens to events."""
    owner, qa = firm.action_owner, firm.qa
    covered = [triaged_event(owner, qa, cause="Wear") for _ in range(events)]
    found = investigation(owner, *covered)
    carried_out(owner, qa, found, "conclude").ok
    _judged(qa, "reopen_investigation", "reopened", found)
    _judged(qa, "cancel_investigation", "cancelled", found)
    made = covered[0]
    carried_out(owner, qa, made, "close").ok
    _judged(qa, "reopen_event", "reopened", made)
    _judged(qa, "reclassify_event", "reclassified", made, severity="major")
    _judged(qa, "correct_event_type", "corrected", made, type="incident")
    _judged(qa, "cancel_event", "cancelled", event(owner))
    etag = owner.get("get_event", id=made["id"]).ok["etag"]
    edited = owner.post("edit_record", id=made["id"], content={"place": "Line 2"}, etag=etag).ok["event"]
    linked = owner.post("link_records", id=made["id"], type="caused_by", to_id=event(owner)["id"], etag=edited["etag"]).ok["event"]
    link_id = next(one["id"] for one in linked["links"] if one["type"] == "caused_by")
    owner.post("unlink_records", id=made["id"], link_id=link_id, reason="Mistaken", etag=linked["etag"]).ok
    owner.get("list_events").ok
    owner.get("list_investigations").ok
    owner.get("get_investigation", id=found["id"]).ok


def _judged(by: Colleague, function: str, meaning: str, found: Json, **more: object) -> None:
    kind = found["kind"]
    etag = by.get(f"get_{kind}", id=found["id"]).ok["etag"]
    by.sign(function, kind, found["id"], meaning, id=found["id"], reason="On second thoughts", etag=etag, **more).ok


def _reads(firm: Company, file_id: str) -> None:
    owner, admin = firm.action_owner, firm.admin
    record = owner.get("list_documents", q="SOP-").ok["items"][-1]
    change = owner.get("list_changes", record_id=record["id"]).ok["items"][-1]
    request = owner.get("list_approval_requests", mine=False).ok["items"][-1]
    for function in ("get_me", "get_organisation", "list_members", "list_teams", "list_audit_trail", "verify_audit_trail"):
        replace(owner).get(function).ok
    admin.get("list_invitations").ok
    for function in ("get_worklist", "get_my_notices"):
        owner.get(function).ok
    owner.post("mark_notices_read").ok
    owner.post("set_telling", what="conclude", way="in_digest").ok
    owner.get("list_trail_reviews").ok
    owner.get("list_actions").ok
    owner.get("list_extensions").ok
    owner.get("get_document", id=record["id"]).ok
    owner.get("get_change", id=change["id"]).ok
    owner.get("get_approval_request", id=request["id"]).ok
    owner.get("get_record_history", id=record["id"]).ok
    owner.get("compare_versions", id=record["id"], **{"from": 1, "to": 2}).ok
    owner.get("download_file", file_id=file_id).ok
    for form in ("json", "csv", "pdf"):
        for subject in (record, change):
            owner.get("export_record", id=subject["id"], format=form).ok
        owner.get("export_audit_trail", record_id=record["id"], format=form).ok
    for form in ("csv", "xlsx", "pdf"):
        owner.post("export_register", register="documents", format=form).ok
        owner.get("export_training_file", person_id=owner.id, format=form).ok
    owner.post("export_records", ids=[record["id"]]).ok
    asked = owner.post("start_export", function="export_register", arguments={"register": "documents", "format": "csv"}).ok["export"]
    owner.get("get_export", id=asked["id"]).ok
    period = {"from": "2020-01-01", "to": "2020-12-31"}
    challenge = firm.qa.start("audit_trail", firm.id, "reviewed", finding="Nothing unusual", **period)
    firm.qa.post("report_failed_signing", challenge_id=challenge).ok
    firm.qa.sign("review_audit_trail", "audit_trail", firm.id, "reviewed", finding="Nothing unusual", **period).ok
    owner.get("search_records", q="procedure").ok
    _registers(firm)
    owner.get("get_dashboard").ok


def _registers(firm: Company) -> None:
    owner = firm.action_owner
    one, other = (owner.post("add_register_entry", register="places", name=name).ok["register_entry"] for name in ("Line 7", "Filling"))
    one = owner.post("rename_register_entry", entry_id=one["id"], name="Filling line 7", etag=one["etag"]).ok["register_entry"]
    firm.qa.post("merge_register_entries", entry_id=other["id"], into_id=one["id"], reason="The same", etag=other["etag"]).ok
    owner.get("list_register_entries", register="places").ok
