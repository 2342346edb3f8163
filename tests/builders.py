"""The one way to make test data: organisations, people and documents, through the product's own functions."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.identity import PASSWORD
from tests.product import Answer, Product

NAMES = count(1)


@dataclass
class Colleague:
    """A signed-in member of an organisation."""

    product: Product
    email: str
    token: str
    id: str
    organisation: str = ""

    def get(self, function: str, /, **query: object) -> Answer:
        """A read as this person."""
        return self.product.get(function, self.token, self.organisation, **query)

    def post(self, function: str, /, **body: object) -> Answer:
        """A step as this person; `etag=`, `key=` and `headers=` as in Product.post."""
        return self.product.post(function, self.token, self.organisation, **body)

    def fresh_token(self) -> str:
        """A new sign-in with the password, in another second than the session's (a token of the same second is the same token)."""
        while (token := self.product.emulator.sign_in(self.email)) == self.token:
            time.sleep(0.1)
        return token

    def sign(self, function: str, subject_kind: str, subject_id: str, meaning: str, /, **body: object) -> Answer:
        """A signed step: challenge, fresh sign-in, step."""
        challenge = self.post("start_signing", subject_kind=subject_kind, subject_id=subject_id, meaning=meaning).ok
        return self.product.post(function, self.fresh_token(), self.organisation, challenge_id=challenge["challenge_id"], **body)


@dataclass
class Company:
    """An organisation with its people, by role: admin, action_owner, qa, second_qa, operator, inspector."""

    product: Product
    id: str
    people: dict[str, Colleague] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Colleague:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def join(self, name: str, role: str | None, *, admin: bool = False) -> Colleague:
        """Invite a new person and let them accept; they have a name and accepted the signing policy."""
        person = visitor(self.product)
        extra = {"role_until": "2099-12-31"} if role == "inspector" else {}
        self.people["admin"].post("invite_member", email=person.email, role=role, admin=admin, **extra).ok
        self.product.post("accept_invitation", person.token, token=invitation_token(self.product, person.email)).ok
        person.organisation = self.id
        person.post("accept_signing_policy").ok
        self.people[name] = person
        return person


def visitor(product: Product) -> Colleague:
    """A signed-in person with a name and no organisation."""
    number = next(NAMES)
    email = f"person{number}@test.qfacts.example"
    product.emulator.sign_up(email)
    token = product.emulator.sign_in(email, PASSWORD)
    me = product.post("update_me", token, name=f"Person {number}", time_zone="Europe/Brussels").ok
    return Colleague(product, email, token, me["person"]["id"])


def invitation_token(product: Product, email: str) -> str:
    """The token of the newest invitation mailed to an address, from the outbox."""
    connection = product.superuser()
    try:
        rows = connection.run("select facts->>'token' from mails where to_email = :email and template = 'invitation' order by id desc limit 1", email=email)
    finally:
        connection.close()
    return str(rows[0][0])


def company(product: Product, *names: str) -> Company:
    """A new organisation with its admin and the people named by role (`second_qa` is another QA)."""
    founder = visitor(product)
    organisation = product.post("create_organisation", founder.token, name=f"Company {next(NAMES)}").ok["organisation"]
    founder.organisation = organisation["id"]
    founder.post("accept_signing_policy").ok
    made = Company(product, organisation["id"], {"admin": founder})
    for name in names:
        made.join(name, name.removeprefix("second_").removeprefix("third_"))
    return made


def document(author: Colleague, title: str = "Cleaning of vessels", **content: object) -> dict[str, Any]:
    """A draft document; the answer of create_document: record and change."""
    return dict(author.post("create_document", title=title, type="sop", content={"summary": "How to clean", **content}).ok.body)


def submitted(author: Colleague, change: dict[str, Any]) -> dict[str, Any]:
    """The change in approval; the answer of submit_change: change and approval_request."""
    return dict(author.post("submit_change", change_id=change["id"], etag=change["etag"]).ok.body)


def approve(by: Colleague, request: dict[str, Any]) -> Answer:
    """Sign to approve; the answer as it came."""
    return by.sign("approve_request", "approval_request", request["id"], "approved", approval_request_id=request["id"], etag=request["etag"])


def reject(by: Colleague, request: dict[str, Any], reason: str = "Not clear enough") -> Answer:
    """Sign to reject; the answer as it came."""
    return by.sign(
        "reject_request", "approval_request", request["id"], "rejected", approval_request_id=request["id"], etag=request["etag"], reason=reason
    )


def effective_document(author: Colleague, qa: Colleague, title: str = "Cleaning of vessels", **content: object) -> dict[str, Any]:
    """A document whose version 1 is in force."""
    made = document(author, title, **content)
    request = submitted(author, made["change"])["approval_request"]
    approve(qa, request).ok
    return dict(author.get("get_document", id=made["record"]["id"]).ok.body)
