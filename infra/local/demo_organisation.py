"""The demo organisation, made at the first start through the product's own doors, as any people would make it.

Each step looks first at what is there already, so an interrupted first start is simply continued by the next one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from infra.local.http_call import Answer, Unreachable, call, send_json
from infra.local.identity import OWNER
from infra.local.place import PROJECT, Place

ORGANISATION = "Demo Pharma"
PASSWORD = "Demo-qfacts-1"  # noqa: S105 - for 127.0.0.1 only, and printed
DOMAIN = "demo.qfacts.example"
MAIL_PATIENCE = 30.0  # seconds until an invitation must have arrived
UNAVAILABLE = 503
ATTEMPTS = 5  # of a call that is answered "try again shortly"


class NotMade(Exception):  # noqa: N818 - the organisation isn't made
    """Something refused; the sentence says what and why."""


@dataclass(frozen=True)
class Person:
    """Someone to sign in as; `role` is the quality role, which the admin doesn't have."""

    local: str
    name: str
    role: str | None
    says: str

    @property
    def email(self) -> str:
        """Their address."""
        return f"{self.local}@{DOMAIN}"


FOUNDERS = (
    Person("admin", "Ada Admin", None, "admin, without a quality role"),
    Person("qa", "Quinn Assurance", "qa", "QA: approves"),
    Person("owner", "Olga Owner", "action_owner", "Action Owner: writes and proposes"),
    Person("operator", "Otto Operator", "operator", "Operator: reads and is trained"),
)
PEOPLE = (
    *FOUNDERS,
    Person("second-qa", "Quirin Quality", "qa", "QA: the second one"),
    Person("trainer", "Tomas Trainer", "action_owner", "Action Owner: leads Production and trains it"),
    Person("newcomer", "Nina Newcomer", "operator", "Operator: three days here, with everything to learn"),
    Person("away", "Amir Away", "qa", "QA: away; Quinn Assurance signs CAPA plans for him"),
    Person("inspector", "Inge Inspector", "inspector", "Inspector: reads everything, until Friday"),
    Person("former", "Lars Left", "action_owner", "left two months ago: refused"),
)


def made(at: Place) -> Path:
    """Exists once the organisation is complete."""
    return at.identity / "demo-organisation-made"


def people(at: Place) -> tuple[Person, ...]:
    """Whom it has: all ten where it has lived a year."""
    return PEOPLE if lived(at).exists() else FOUNDERS


def lived(at: Place) -> Path:
    """Exists where the organisation has lived a year (infra.local.demo_year)."""
    return at.identity / "demo-organisation-lived"


def make(at: Place) -> None:
    """Make what is missing of it; raises NotMade. Once it is complete it is the user's, and left alone."""
    if made(at).exists():
        return
    try:
        admin, *others = (sign_in(at, person) for person in FOUNDERS)
        organisation = admin.organisation() or admin.post("create_organisation", name=ORGANISATION)["organisation"]["id"]
        admin.headers["X-Organisation"] = organisation
        inside = {member["email"] for member in admin.get("list_members", limit=100)["items"]}
        for other in others:
            if other.person.email not in inside:
                other.post("accept_invitation", token=invitation(admin, other))
            other.headers["X-Organisation"] = organisation
            other.post("accept_signing_policy")
    except Unreachable as error:
        raise NotMade(str(error)) from error
    except (KeyError, TypeError, ValueError) as error:
        message = f"an answer isn't of the form that was expected ({error!r})."
        raise NotMade(message) from error
    made(at).touch()


class Visitor:
    """A person signed in, and what they ask the product."""

    def __init__(self, at: Place, person: Person, token: str) -> None:
        self.place = at
        self.person = person
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, function: str, **parameters: object) -> Any:
        """Read; raises NotMade with the product's own sentence."""
        query = "&".join(f"{name}={quote(str(value))}" for name, value in parameters.items())
        return self._ask(function, lambda url: call("GET", f"{url}?{query}", headers=self.headers, timeout=30))

    def post(self, function: str, **fields: object) -> Any:
        """Take a step; raises NotMade with the product's own sentence."""
        return self._ask(function, lambda url: send_json("POST", url, fields, headers=self.headers, timeout=30))

    def organisation(self) -> str | None:
        """The demo organisation's id, where this person is in it already."""
        mine = self.get("get_me")["memberships"]
        return next((each["organisation"]["id"] for each in mine if each["organisation"]["name"] == ORGANISATION), None)

    def _ask(self, function: str, ask: Any) -> Any:
        for attempt in range(ATTEMPTS):
            answer: Answer = ask(f"{self.place.ports.origin}/api/{function}")
            if answer.status != UNAVAILABLE or attempt == ATTEMPTS - 1:
                break
            time.sleep(1)
        if not answer.is_good:
            message = f"{function} answered {self.person.email} with {answer.status}: {answer.text}"
            raise NotMade(message)
        return answer.json


def sign_in(at: Place, person: Person) -> Visitor:
    """The person's visit, with an account and a name, both made where missing; raises NotMade."""
    service = f"{at.ports.url('identity')}/identitytoolkit.googleapis.com/v1/accounts:"
    account = {"email": person.email, "password": PASSWORD, "returnSecureToken": True}
    made = send_json("POST", f"{service}signUp?key=demo", account)
    if made.is_good:  # nobody reads mail for the demo people, so their addresses are proven by the project's administrator
        proven = {"localId": made.json["localId"], "emailVerified": True}
        send_json("POST", f"{service.replace('v1/', f'v1/projects/{PROJECT}/')}update", proven, headers=OWNER)
    answer = send_json("POST", f"{service}signInWithPassword?key=demo", account)
    if not answer.is_good:
        message = f"{person.email} can't sign in: {answer.text}"
        raise NotMade(message)
    visitor = Visitor(at, person, answer.json["idToken"])
    if not visitor.get("get_me")["name"]:
        visitor.post("update_me", name=person.name)
    return visitor


def invitation(admin: Visitor, other: Visitor) -> str:
    """The token mailed to `other`, freshly invited; raises NotMade where no mail comes."""
    former = set(mailed_tokens(other))
    for open_one in admin.get("list_invitations", status="open", limit=100)["items"]:
        if open_one["email"] == other.person.email:
            admin.post("revoke_invitation", invitation_id=open_one["id"])
    admin.post("invite_member", email=other.person.email, role=other.person.role)
    until = time.monotonic() + MAIL_PATIENCE
    while time.monotonic() < until:
        if fresh := [token for token in mailed_tokens(other) if token not in former]:
            return fresh[0]
        time.sleep(0.3)
    message = f"no invitation has reached {other.person.email} within {MAIL_PATIENCE:.0f} s."
    raise NotMade(message)


def mailed_tokens(visitor: Visitor) -> list[str]:
    """The invitations' tokens in the mail of this person, newest first."""
    messages = call("GET", f"{visitor.place.ports.origin}/mail/messages?to={quote(visitor.person.email)}").json
    links = [link for message in messages for link in message["links"]]
    return [token for link in links for token in parse_qs(urlsplit(link).query).get("token", [])]
