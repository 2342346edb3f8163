"""Two whole organisations with everything that has an id, made once: tests that alter nothing look at them from inside and outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from shared.outside import config
from tests.builders import (
    Colleague,
    Company,
    approve,
    as_superuser,
    company,
    dated,
    document,
    effective_document,
    investigation,
    invitation_token,
    proposed,
    put,
    started_upload,
    submitted,
    triaged_event,
    uploaded,
    visitor,
)
from tests.contents import pdf
from tests.identity import Emulator
from tests.product import Product
from tests.storage import Storage


@dataclass(frozen=True)
class World:
    """A company, the ids of its things by kind, and what each thing was when it was made."""

    firm: Company
    ids: dict[str, str]
    things: dict[str, dict[str, Any]]
    invitation_token: str

    def person(self, name: str) -> Colleague:
        """A member by role."""
        return self.firm.people[name]


def settled(product: Product) -> World:
    """A company with a record in force, one suspendable, a draft, a change in approval, files, a team, an invitation and a challenge."""
    firm = company(product, "action_owner", "qa", "second_qa", "operator", "inspector")
    owner, qa, admin = firm.action_owner, firm.qa, firm.admin
    record = effective_document(owner, qa, "Cleaning of vessels", file_id=uploaded(owner))
    made = document(owner, "Weighing")
    coming = dated(owner, document(owner, "Labelling"), "2035-01-01")
    approve(qa, submitted(owner, coming["change"])["approval_request"]).ok
    follow_up = {"description": "Tell them", "owner_id": owner.id, "due_on": "2035-01-01"}
    happened_already = proposed(owner, record, follow_ups=[follow_up])
    [action] = approve(qa, submitted(owner, happened_already)["approval_request"]).ok["change"]["actions"]
    done = owner.post("complete_action", action_id=action["id"], evidence="Told", etag=action["etag"]).ok["action"]
    qa.post("verify_action", action_id=action["id"], etag=done["etag"]).ok
    change = proposed(owner, record)
    asked = submitted(owner, change)
    team = admin.post("create_team", name="Production").ok["team"]
    admin.post("add_team_member", team_id=team["id"], person_id=owner.id).ok
    invited = admin.post("invite_member", email=f"guest-{firm.id}@test.qfacts.example", role="operator").ok["invitation"]
    alone = {"description": "How to weigh", "audience": {"person_ids": [owner.id]}}
    learnt = owner.post("create_training", title="Weighing", content=alone).ok
    by_owner = {"method": "on_the_job", "trainer_id": owner.id, "audience": {"person_ids": [firm.operator.id]}}
    joined = {"change_id": learnt["change"]["id"], "content": by_owner}
    approve(qa, submitted(owner, owner.post("create_training", title="Gowning", **joined).ok["change"])["approval_request"]).ok
    [taught] = firm.operator.get("list_assignments").ok["items"]
    attended = {"assignment_id": taught["id"], "etag": taught["etag"]}
    firm.operator.sign("complete_training", "assignment", taught["id"], "read and understood", **attended).ok
    happened = triaged_event(owner, qa)
    inquiry = investigation(owner, happened)
    started = started_upload(owner, pdf("Second"))
    put(started["upload_url"], pdf("Second"), started["headers"])
    challenge = qa.post("start_signing", subject_kind="approval_request", subject_id=asked["approval_request"]["id"], meaning="approved").ok
    noted = owner.post("add_note", id=record["id"], text="Seen", etag=owner.get("get_document", id=record["id"]).ok["etag"]).ok["document"]
    left = firm.join("leaver", "operator")
    admin.post("deactivate_member", person_id=left.id).ok
    del firm.people["leaver"]  # who is no longer anybody to call as
    ids = {
        "organisation": firm.id,
        "person": owner.id,
        "leaver": left.id,
        "record": record["id"],
        "draft": made["record"]["id"],
        "waiting": coming["record"]["id"],
        "training": learnt["record"]["id"],
        "event": happened["id"],
        "investigation": inquiry["id"],
        "link": inquiry["links"][0]["id"],
        "assignment": owner.get("list_assignments", mine=True).ok["items"][0]["id"],
        "taught": taught["id"],
        "change": made["change"]["id"],
        "change in approval": change["id"],
        "approved change": coming["change"]["id"],
        "change to close": happened_already["id"],
        "request": asked["approval_request"]["id"],
        "team": team["id"],
        "invitation": invited["id"],
        "file": record["content"]["file_id"],
        "upload": started["file_id"],
        "challenge": challenge["challenge_id"],
        "note": noted["notes"][0]["id"],
        "signature": noted["signatures"][0]["id"],
    }
    things = {
        "record": noted,
        "draft": made["record"],
        "change": made["change"],
        "request": asked["approval_request"],
        "change in approval": asked["change"],
    }
    return World(firm, ids, things, invitation_token(product, invited["email"]))


@pytest.fixture(scope="session")
def ours(product: Product, storage_server: Storage) -> World:
    """The organisation that tests act in; they leave it as it is."""
    return _with_storage(product, storage_server)


@pytest.fixture(scope="session")
def theirs(product: Product, storage_server: Storage) -> World:
    """Another organisation, about which the first one learns nothing."""
    return _with_storage(product, storage_server)


def _with_storage(product: Product, storage: Storage) -> World:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in storage.environment().items():
            patch.setenv(name, value)
        config.current.cache_clear()
        made = settled(product)
    config.current.cache_clear()
    return made


@pytest.fixture(scope="session")
def outsider(product: Product) -> Colleague:
    """Somebody with a valid sign-in who belongs nowhere."""
    return visitor(product)


@pytest.fixture(scope="session")
def everyone(product: Product, identity_server: Emulator) -> dict[str, Colleague | None]:
    """One caller of each sort in one organisation: by quality role, admin only, gone, outside, and without a sign-in."""
    firm = company(product, "action_owner", "qa", "second_qa", "operator", "inspector")
    leaver = firm.join("deactivated", "operator")
    firm.admin.post("deactivate_member", person_id=leaver.id).ok
    expired = firm.join("expired inspector", "inspector")
    as_superuser(product, "update members set role_until = current_date - 2 where person_id = :person", firm.id, person=expired.id)
    stranger = visitor(product)
    stranger.organisation = firm.id
    return {
        "no token": None,
        "non-member": stranger,
        "deactivated": leaver,
        "admin only": firm.admin,
        "operator": firm.operator,
        "action_owner": firm.action_owner,
        "qa": firm.qa,
        "inspector": firm.inspector,
        "expired inspector": expired,
    }
