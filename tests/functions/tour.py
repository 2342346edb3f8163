"""Every function called once with success, in one organisation: what the tests of the doors look at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tests.builders import Colleague, Company, company, effective_document, invitation_token, put, started_upload, visitor
from tests.contents import pdf
from tests.product import Answer, Product


@dataclass
class Kept(Product):
    """The product, keeping what each function answered."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)

    def send(self, function: str, method: str, **more: object) -> Answer:  # type: ignore[override]  # the same words
        """One request, kept."""
        answer = super().send(function, method, **more)  # type: ignore[arg-type]  # the same words
        self.answers.setdefault(function, []).append(answer)
        return answer


def tour(product: Product, documents: int = 1) -> Kept:
    """All functions, the steps of the main job over `documents` documents at once."""
    kept = Kept(product.emulator, product.server, product.database_name, product.clients)
    firm = company(kept, "action_owner", "qa", "operator")
    _people(kept, firm)
    file_id = _files(firm.action_owner)
    _decisions(firm, file_id, documents)
    _reads(firm, file_id)
    return kept


def _people(kept: Kept, firm: Company) -> None:
    admin = firm.admin
    admin.post("update_organisation", name="Renamed").ok
    team = admin.post("create_team", name="Production").ok["team"]
    admin.post("add_team_member", team_id=team["id"], person_id=firm.operator.id).ok
    admin.post("remove_team_member", team_id=team["id"], person_id=firm.operator.id).ok
    invited = admin.post("invite_member", email=f"late-{firm.id}@test.qfacts.example", role="operator").ok["invitation"]
    admin.post("revoke_invitation", invitation_id=invited["id"]).ok
    admin.post("set_member_role", person_id=firm.operator.id, role="action_owner", admin=False).ok
    admin.post("set_member_role", person_id=firm.operator.id, role="operator", admin=False).ok
    leaver = visitor(kept)
    admin.post("invite_member", email=leaver.email, role="operator").ok
    kept.post("accept_invitation", leaver.token, token=invitation_token(kept, leaver.email)).ok
    admin.post("deactivate_member", person_id=leaver.id, successor_id=firm.action_owner.id).ok


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
    change = _decide(firm, change, "reject_request")
    _decide(firm, change, "approve_request")
    lost = owner.post("create_document", title="Never", type="sop").ok["change"]
    owner.post("discard_change", change_id=lost["id"], etag=lost["etag"]).ok
    _afterwards(firm, records[0])


def _decide(firm: Company, change: dict, function: str) -> dict:  # type: ignore[type-arg]  # JSON
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
    for function, meaning in (("recall_document", "recalled"), ("suspend_document", "suspended")):
        etag = qa.get("get_document", id=record_id).ok["etag"]
        qa.sign(function, "document", record_id, meaning, id=record_id, reason="Wrong", etag=etag).ok
    etag = owner.get("get_document", id=record_id).ok["etag"]
    noted = owner.post("add_note", id=record_id, text="Seen", etag=etag).ok["document"]
    owner.post("reassign_record", id=record_id, reason="Handing over", owner_id=qa.id, etag=noted["etag"]).ok


def _reads(firm: Company, file_id: str) -> None:
    owner, admin = firm.action_owner, firm.admin
    record = owner.get("list_documents", q="SOP-").ok["items"][-1]
    change = owner.get("list_changes", record_id=record["id"]).ok["items"][-1]
    request = owner.get("list_approval_requests", mine=False).ok["items"][-1]
    for function in ("get_me", "get_organisation", "list_members", "list_teams", "list_audit_trail", "verify_audit_trail"):
        replace(owner).get(function).ok
    admin.get("list_invitations").ok
    owner.get("get_document", id=record["id"]).ok
    owner.get("get_change", id=change["id"]).ok
    owner.get("get_approval_request", id=request["id"]).ok
    owner.get("get_record_history", id=record["id"]).ok
    owner.get("compare_versions", id=record["id"], **{"from": 1, "to": 2}).ok
    owner.get("download_file", file_id=file_id).ok
