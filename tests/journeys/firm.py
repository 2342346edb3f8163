"""An organisation of four people in the whole stack."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from infra.local import demo
from infra.local.guest import Guest
from tests.stack import Stack


class Firm:
    """An organisation with an admin, an Action Owner, a QA and an Operator."""

    def __init__(self, stack: Stack, name: str) -> None:
        mark = uuid4().hex[:8]
        self.admin = Guest(stack.place, f"admin-{mark}@test.qfacts.example").sign_up().prove_address()
        self.admin.post("update_me", name=f"Ada {name}")
        self.admin.organisation = self.admin.post("create_organisation", name=name)["organisation"]["id"]
        self.owner, self.qa, self.operator = (
            demo.join(self.admin, Guest(stack.place, f"{role}-{mark}@test.qfacts.example").sign_up(), role, f"{role} of {name}")
            for role in ("action_owner", "qa", "operator")
        )

    def approve(self, request: dict[str, str]) -> dict[str, Any]:
        """QA signs to approve."""
        return dict(
            self.qa.sign(
                "approve_request", "approval_request", request["id"], "approved", approval_request_id=request["id"], etag=request["etag"]
            )
        )

    def effective(self, title: str) -> dict[str, object]:
        """A document in force, version 1."""
        made = self.owner.post("create_document", title=title, type="SOP", content={"summary": title})
        asked = self.owner.post("submit_change", change_id=made["change"]["id"], etag=made["change"]["etag"])
        self.approve(asked["approval_request"])
        return dict(self.owner.get("get_document", id=made["record"]["id"]))
