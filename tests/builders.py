"""The one way to make test data: organisations, people and documents, through the product's own functions."""

from __future__ import annotations

import hashlib
import threading
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from typing import Any

from infra import register
from shared.domain.kernel.workflow import Workflow
from shared.domain.people import erasures
from shared.domain.records.lifecycles import WORKFLOWS
from shared.domain.signing import trail_reviews
from tests.contents import pdf
from tests.identity import later
from tests.product import Answer, Product

NAMES = count(1)


@cache
def arguments_of(function: str) -> frozenset[str]:
    """What the signature of a signed step covers beside its subject."""
    workflows: list[Workflow[Any]] = [*WORKFLOWS.values(), trail_reviews.WORKFLOW, erasures.WORKFLOW]
    return frozenset(name for workflow in workflows for step in workflow if step.function == function for name in step.told.types)


def told(function: str, body: Mapping[str, object]) -> dict[str, object]:
    """The part of a signed step's body that start_signing is told beforehand."""
    return {name: value for name, value in body.items() if name in arguments_of(function)}


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
        """A new sign-in with the password: the ID token.

        A sign-in is told by its second, and each signs one ceremony. Nobody waits for the next second: the emulator's tokens are unsigned,
        so this one says a later second than the last, at most some seconds ahead. (Journeys wait, as people do: infra.local.guest.)
        """
        return later(self.product.emulator.sign_in(self.email), self.token)

    def start(self, subject_kind: str, subject_id: str, meaning: str, /, **arguments: object) -> str:
        """The challenge to sign one thing."""
        body = {"subject_kind": subject_kind, "subject_id": subject_id, "meaning": meaning, "arguments": arguments}
        return str(self.post("start_signing", **body).ok["challenge_id"])

    def sign(self, function: str, subject_kind: str, subject_id: str, meaning: str, /, **body: object) -> Answer:
        """A signed step: challenge, fresh sign-in, step."""
        challenge = self.start(subject_kind, subject_id, meaning, **told(function, body))
        return self.product.post(function, self.fresh_token(), self.organisation, challenge_id=challenge, **body)


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
    token = product.emulator.enter(email)
    me = product.post("update_me", token, name=f"Person {number}", time_zone="Europe/Brussels").ok
    return Colleague(product, email, token, me["person"]["id"])


def invitation_token(product: Product, email: str) -> str:
    """The token of the newest invitation mailed to an address, from the outbox."""
    newest = "select facts->>'token' from mails where to_email = :email and template = 'invitation' order by id desc limit 1"
    with product.asking() as connection:
        return str(connection.run(newest, email=email)[0][0])


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


def dated(author: Colleague, made: dict[str, Any], effective_on: str) -> dict[str, Any]:
    """The same answer of create_document with its change planned for a day."""
    change = made["change"]
    return {
        **made,
        "change": author.post("edit_change", change_id=change["id"], effective_on=effective_on, etag=change["etag"]).ok["change"],
    }


def submitted(author: Colleague, change: dict[str, Any]) -> dict[str, Any]:
    """The change in approval; the answer of submit_change: change and approval_request."""
    return dict(author.post("submit_change", change_id=change["id"], etag=change["etag"]).ok.body)


def approve(by: Colleague, request: dict[str, Any]) -> Answer:
    """Sign to approve; the answer as it came."""
    return by.sign(
        "approve_request", "approval_request", request["id"], "approved", approval_request_id=request["id"], etag=request["etag"]
    )


def reject(by: Colleague, request: dict[str, Any], reason: str = "Not clear enough") -> Answer:
    """Sign to reject; the answer as it came."""
    return by.sign(
        "reject_request",
        "approval_request",
        request["id"],
        "rejected",
        approval_request_id=request["id"],
        etag=request["etag"],
        reason=reason,
    )


def effective_document(author: Colleague, qa: Colleague, title: str = "Cleaning of vessels", **content: object) -> dict[str, Any]:
    """A document whose version 1 is in force."""
    made = document(author, title, **content)
    request = submitted(author, made["change"])["approval_request"]
    approve(qa, request).ok
    return dict(author.get("get_document", id=made["record"]["id"]).ok.body)


def started_upload(by: Colleague, content: bytes, filename: str = "procedure.pdf", media_type: str = "application/pdf") -> dict[str, Any]:
    """A file that is announced; the answer of start_upload (needs the fixture `storage`)."""
    sha256 = hashlib.sha256(content).hexdigest()
    return dict(by.post("start_upload", filename=filename, media_type=media_type, size=len(content), sha256=sha256).ok.body)


def uploaded(by: Colleague, content: bytes | None = None, filename: str = "procedure.pdf", media_type: str = "application/pdf") -> str:
    """A file that is uploaded and proven; its id (needs the fixture `storage`)."""
    content = pdf() if content is None else content
    started = started_upload(by, content, filename, media_type)
    put(started["upload_url"], content, started["headers"])
    return str(by.post("finish_upload", file_id=started["file_id"]).ok["file"]["id"])


def put(url: str, content: bytes, headers: dict[str, str]) -> None:
    """The bytes to where start_upload says."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(urllib.request.Request(url, content, headers, method="PUT"), timeout=20).close()  # noqa: S310 - start_upload's own address


def event(author: Colleague, title: str = "Broken seal", type: str = "deviation", **content: object) -> dict[str, Any]:  # noqa: A002 - the API's word
    """A reported event."""
    body = {"description": "A seal was broken", "place": "Line 1", **content}
    return dict(author.post("report_event", title=title, type=type, content=body).ok["event"])


def triaged_event(author: Colleague, qa: Colleague, severity: str = "minor", **content: Any) -> dict[str, Any]:
    """An event that QA has judged; `title` and `type` as in `event`."""
    found = event(author, **content)
    return dict(triage(qa, found, severity=severity, containment="Held back").ok["event"])


def triage(by: Colleague, found: dict[str, Any], **judged: object) -> Answer:
    """Sign QA's assessment of an event."""
    body = {"severity": "minor", "containment": "Held", **judged}
    return by.sign("triage_event", "event", found["id"], "triaged", id=found["id"], etag=found["etag"], **body)


INQUIRY = {
    "method": "5_whys",
    "problem_statement": "Seals break",
    "extent": "Line 1 only",
    "conclusion": "The jaw is worn",
    "why_tree": {"text": "The jaw is worn", "evidence": "Measured: 0.4 mm", "because": [{"text": "It is never replaced"}]},
    "root_causes": [{"category": "machine", "description": "No replacement interval", "certainty": "confirmed"}],
}


def investigation(author: Colleague, *events: dict[str, Any], **content: object) -> dict[str, Any]:
    """An open investigation over triaged events, with everything that concluding it needs."""
    body = {"event_ids": [one["id"] for one in events], "content": {**INQUIRY, **content}}
    return dict(author.post("open_investigation", **body).ok["investigation"])


def carried_out(author: Colleague, qa: Colleague, record: dict[str, Any], step: str, **content: object) -> Answer:
    """A gated step of a record through a change: proposed, submitted and approved; the answer of the approval."""
    items = [{"record_id": record["id"], "step": step, **({"content": content} if content else {})}]
    change = author.post("propose_change", reason=f"To {step}", items=items).ok["change"]
    return approve(qa, submitted(author, change)["approval_request"])


def as_superuser(product: Product, sql: str, organisation: str = "", **values: object) -> list[Any]:
    """One statement that no function offers, such as moving a date into the past; audited as the test's, so that the trail still holds."""
    settings = {"app.organisation_id": organisation, "app.actor": "system:test", "app.step": "test", "app.source": "job"}
    with product.asking() as connection:
        for name, value in settings.items():
            connection.run("select set_config(:name, :value, false)", name=name, value=value)
        return list(connection.run(sql, **values) or [])


# The calendar can't be moved, so the planned days are: of the approved changes of an organisation and of what waits for them.
DAY_COMES = """
with moved as (
    update versions set effective_on = {day} where status = 'approved' and organisation_id = :id
)
update changes set effective_on = {day} where status = 'approved' and organisation_id = :id
"""


def day_comes(product: Product, firm: Company, day: str = "current_date") -> None:
    """The day for which an organisation's approved changes were planned is today, or another (SQL for a date)."""
    as_superuser(product, DAY_COMES.format(day=day), firm.id, id=firm.id)


def proposed(
    author: Colleague, *records: dict[str, Any], reason: str = "Clearer", step: str | None = None, **fields: object
) -> dict[str, Any]:
    """A draft change over records: a new summary for each, or the step."""
    about: dict[str, Any] = {"content": {"summary": f"Clearer {next(NAMES)}"}} if step is None else {"step": step}
    items = [{"record_id": record["id"], **about} for record in records]
    return dict(author.post("propose_change", reason=reason, items=items, **fields).ok["change"])


def mails(product: Product, email: str) -> list[tuple[str, dict[str, Any]]]:
    """What is owed to an address, newest first: template and facts."""
    rows = as_superuser(product, "select template, facts from mails where to_email = :email order by id desc", email=email)
    return [(row[0], row[1]) for row in rows]


def at_once(product: Product, *calls: Callable[[Product], Answer]) -> list[Answer]:
    """The answers of calls that start in the same moment, each from a thread with functions of its own."""
    barrier, answers = threading.Barrier(len(calls)), {}
    for function in register.read():
        product.client(function.name)  # loading isn't part of what happens at once
    fresh = [{name: client.application.test_client() for name, client in product.clients.items()} for _ in calls]
    own = [replace(product, clients=clients) for clients in fresh]

    def run(index: int) -> None:
        barrier.wait(10)
        answers[index] = calls[index](own[index])

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [answers[index] for index in range(len(calls))]
