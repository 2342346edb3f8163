"""What the journeys through the web application find: a company whose processes are under way, and somebody who works for two companies.

`python -m tests.journeys.scene` makes it in the stack that `make start` runs and prints it, for whoever writes a journey.
"""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from infra.local import place
from infra.local.demo import pdf
from infra.local.guest import Guest
from infra.local.place import Place
from infra.local.story import Story

NAMES = {
    "admin": "Ada Admin",
    "qa": "Quinn Assurance",
    "second_qa": "Quirin Quality",
    "third_qa": "Quentin Quick",
    "owner": "Olga Owner",
    "operator": "Otto Operator",
    "newcomer": "Nina Newcomer",
    "inspector": "Inge Inspector",
    "between": "Bea Between",
    "founder": "Fons Founder",
    "stranger": "",
}
ROLES = {
    "qa": "qa",
    "second_qa": "qa",
    "third_qa": "qa",
    "owner": "action_owner",
    "operator": "operator",
    "newcomer": "operator",
    "inspector": "inspector",
    "between": "operator",
}


class Scene:
    """Two companies, their people by a word for each, a stranger with an account alone, and of each kind the record that is shown."""

    def __init__(self, at: Place) -> None:
        mark = uuid4().hex[:8]
        with ThreadPoolExecutor(len(NAMES)) as pool:
            came = list(pool.map(lambda who: _named(at, f"{who}-{mark}@test.qfacts.example", NAMES[who]), NAMES))
        self.people = dict(zip(NAMES, came, strict=True))
        self.company, self.other = f"Vials {mark}", f"Tablets {mark}"
        used: dict[str, str] = {}
        self._found("admin", self.company, ROLES, used)
        self._found("founder", self.other, {"between": "action_owner"}, used)
        self.ids = {member["name"]: member["person_id"] for member in self.people["admin"].get("list_members", limit=100)["items"]}
        self.shown: dict[str, str] = {}
        self._live()

    def _found(self, founder: str, company: str, roles: dict[str, str], used: dict[str, str]) -> None:
        """An organisation, and everybody in it who is invited; who is in two works for the one before."""
        admin = self.people[founder].prove_address()
        admin.organisation = admin.post("create_organisation", name=company)["organisation"]["id"]
        for who, role in roles.items():
            admin.post("invite_member", email=self.people[who].email, role=role)

        def join(who: str) -> None:
            guest = self.people[who]
            used[who] = guest.invitation(used.get(who, ""))
            here = str(guest.post("accept_invitation", token=used[who])["organisation"]["id"])
            former, guest.organisation = guest.organisation, here
            guest.post("accept_signing_policy")
            guest.organisation = former or here

        with ThreadPoolExecutor(len(roles)) as pool:
            list(pool.map(join, roles))

    def _live(self) -> None:
        """A procedure in its second version, its training, an event and what came of it, and a change to sign."""
        people = self.people
        story = Story(people["admin"], people["qa"], people["owner"], people["operator"], lambda *_: None)
        owner = people["owner"]
        document, training = story.procedure()
        body = pdf("Cold store", "Between 2 and 8 degrees.", "Check the seal every morning.")
        content = {
            "file_id": owner.upload("cold_store.pdf", "application/pdf", body),
            "summary": "2 to 8 °C; the seal is checked every morning",
        }
        story.propose(document, "A daily check of the seal", content=content)
        event = story.deviation()
        found = story.investigation(event)
        plan = story.plan([event["id"], found["id"]])
        asked = owner.post("create_document", title="Weighing", type="SOP", content={"summary": "How"})["change"]
        approvers = [self.ids[NAMES["qa"]]]
        request = owner.post("submit_change", change_id=asked["id"], approver_ids=approvers, etag=asked["etag"])["approval_request"]
        draft = owner.post("create_document", title="Rinsing of vials", type="SOP", content={"summary": "How vials are rinsed"})["change"]
        (assignment,) = people["operator"].get("list_assignments", mine=True, state="assigned", training_id=training["id"])["items"]
        people["admin"].post("invite_member", email="not-yet-here@test.qfacts.example", role="operator")
        self.shown = {
            "documents": document["id"],
            "trainings": training["id"],
            "events": event["id"],
            "investigations": found["id"],
            "capa_plans": plan["id"],
            "actions": plan["actions"][0]["id"],
            "changes": draft["id"],
            "approvals": request["id"],
            "assignments": assignment["id"],
        }
        self.bodies = [pdf("Cleaning of vessels", *lines) for lines in (("Rinse twice.",), ("Rinse three times.", "Dry at 40 degrees."))]

    def told(self) -> dict[str, Any]:
        """For the journeys."""
        people = {who: {"email": guest.email, "name": NAMES[who], "id": self.ids.get(NAMES[who], "")} for who, guest in self.people.items()}
        bodies = [base64.b64encode(body).decode() for body in self.bodies]
        return {"company": self.company, "other": self.other, "people": people, "shown": self.shown, "bodies": bodies}


def _named(at: Place, email: str, name: str) -> Guest:
    guest = Guest(at, email).sign_up()
    if name:
        guest.post("update_me", name=name, time_zone="Europe/Brussels")
    return guest


if __name__ == "__main__":
    print(json.dumps(Scene(place.current()).told(), indent=2))  # noqa: T201 - for whoever writes a journey
