"""Builders of the domain's own objects: people, documents, changes, requests and signatures, made without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from shared.domain.changes import approval_policy as approvers_of
from shared.domain.changes import approvals
from shared.domain.changes.approval_policy import Approvers
from shared.domain.changes.proposals import Change, Item, Proposal, Request
from shared.domain.documents import documents
from shared.domain.files.files import File, Status
from shared.domain.kernel.content import merge
from shared.domain.kernel.outcomes import Outcome
from shared.domain.people.organisations import Organisation
from shared.domain.people.people import Member, Person, Role
from shared.domain.records.dossiers import Dossier, Related
from shared.domain.records.records import Record, Version
from shared.domain.signing.signatures import Act, Signable, Signature, SignIn, binding, ceremony, sign

AT = datetime(2026, 11, 22, 12, 0, 30, 250_000, tzinfo=UTC)
TODAY = date(2026, 11, 22)
BEFORE = AT - timedelta(days=30)
ORGANISATION = UUID("01980000-0000-7000-8000-000000000001")
CONTENT = {"summary": "How vessels are cleaned"}


def uid(name: str) -> UUID:
    """The id that always belongs to `name`."""
    return uuid5(NAMESPACE_OID, name)


def organisation(**settings: object) -> Organisation:
    """An organisation in Brussels with these settings."""
    return Organisation(ORGANISATION, "Demo Pharma", "Europe/Brussels", "en", BEFORE, BEFORE, settings, 1)


def person(name: str = "Ann", **more: Any) -> Person:
    """A person with a name."""
    usual = {"email": f"{name.lower()}@pharma.example", "name": name, "language": "en", "time_zone": "Europe/Brussels"}
    return Person(**{"id": uid(name), "identity_uid": name, "created_at": BEFORE, "updated_at": BEFORE, **usual, **more})


def member(name: str = "Quinn", role: Role | None = Role.QA, **more: Any) -> Member:
    """An active member who may sign; QA unless said otherwise."""
    usual: dict[str, Any] = {"admin": False, "status": "active", "created_at": BEFORE, "updated_at": BEFORE}
    signing: dict[str, Any] = {"printed_name": name, "policy_accepted_at": BEFORE}
    return Member(**{"organisation_id": ORGANISATION, "person_id": uid(name), "role": role, **usual, **signing, **more})


AUTHOR = member("Olga", Role.ACTION_OWNER)
QUINN, RUTH, SAM = member("Quinn"), member("Ruth"), member("Sam")


def record(name: str = "SOP-2026-0001", version: int = 1, status: str = "effective", **more: Any) -> Record:
    """A document's record; version 0 is a draft of Olga's."""
    usual: dict[str, Any] = {
        "organisation_id": ORGANISATION,
        "id": uid(name),
        "kind": "document",
        "type": "sop",
        "number": name,
        "title": "Cleaning",
        "owner_id": AUTHOR.person_id,
        "team_id": None,
        "status": status if version else "draft",
        "version": version,
        "latest_version": version,
        "created_by": AUTHOR.person_id,
        "created_at": BEFORE,
        "updated_at": BEFORE,
        "content": CONTENT,
        "revision": 3,
        "effective_version": version if version and status in ("effective", "suspended") else None,
    }
    return Record(**{**usual, **more})


def version(of: Record, number: int, status: str, **more: Any) -> Version:
    """A version of a record."""
    usual: dict[str, Any] = {"title": of.title, "owner_id": of.owner_id, "team_id": of.team_id, "content": of.content}
    known: dict[str, Any] = {"content_sha256": "c" * 64, "change_id": uid("an earlier change"), "created_at": BEFORE, "revision": 1}
    return Version(
        **{"organisation_id": of.organisation_id, "record_id": of.id, "version": number, "status": status, **usual, **known, **more}
    )


def draft(name: str = "SOP-2026-0001", **more: Any) -> Dossier:
    """A document that only exists in the change that will make version 1."""
    return Dossier(record(name, 0, **more), None, None)


def effective(name: str = "SOP-2026-0001", number: int = 1, status: str = "effective", **more: Any) -> Dossier:
    """A document whose version `number` is in force, or suspended."""
    found = record(name, number, status, **more)
    return Dossier(found, version(found, number, status), None)


def waiting(name: str = "SOP-2026-0001", effective_on: date | None = None, *, behind: bool = True, **more: Any) -> Dossier:
    """A document whose newest version is approved and waits; `behind` it version 1 is in force."""
    if behind:
        found = record(name, 1, latest_version=2, **more)
        return Dossier(found, version(found, 1, "effective"), version(found, 2, "approved", effective_on=effective_on))
    found = record(name, 1, "approved", **more)
    return Dossier(found, None, version(found, 1, "approved", effective_on=effective_on))


def worked(kind: str = "event", status: str = "triaged", name: str = "", *, current: bool = False, **more: Any) -> Dossier:
    """A record with working content of Olga's, such as an event; with `current` its version 1 is frozen."""
    fields = {one: more.pop(one) for one in ("contributors", "related", "actions", "in_approval") if one in more}
    found = record(
        name or f"{kind}-2026-0001", int(current), status, **{"kind": kind, "type": None, "effective_version": None, "content": {}, **more}
    )
    found = replace(found, status=status)
    frozen = version(found, 1, status) if current else None
    return Dossier(found, frozen, None, **{"contributors": frozenset({AUTHOR.person_id}), **fields})


def related(kind: str, status: str, type_: str, name: str = "", *, outgoing: bool = True) -> Related:
    """A record at the other end of a link."""
    number = name or f"{kind}-2026-0009"
    return Related(type_, outgoing, uid(number), kind, number, status)


def file(name: str = "body", sha256: str | None = None) -> File:
    """A finished file."""
    digest = sha256 or f"{uid(name).int:064x}"
    return File(ORGANISATION, uid(name), f"{name}.pdf", "application/pdf", 10, digest, Status.FINISHED, AUTHOR.person_id, 2, BEFORE, BEFORE)


def item(document: Dossier, step: str = "release", position: int = 0, **more: Any) -> Item:
    """What a change does to a document, based on it as it is."""
    usual: dict[str, Any] = {
        "base_version": document.record.latest_version,
        "content": {"summary": "Rinse twice"} if step == "release" else {},
    }
    keys = {"organisation_id": ORGANISATION, "change_id": uid("CHG-2026-0001"), "record_id": document.record.id}
    return Item(**{**keys, "position": position, "kind": "document", "step": step, **usual, **more})


def change(status: str = "draft", round: int = 0, **more: Any) -> Change:  # noqa: A002 - the field's own name
    """Olga's change."""
    usual: dict[str, Any] = {"impact": None, "risk": None, "effective_on": None, "created_at": BEFORE, "updated_at": BEFORE}
    known: dict[str, Any] = {
        "number": "CHG-2026-0001",
        "title": "Rinse twice",
        "reason": "Residues were found",
        "owner_id": AUTHOR.person_id,
    }
    keys: dict[str, Any] = {"organisation_id": ORGANISATION, "id": uid("CHG-2026-0001"), "status": status, "round": round}
    return Change(**{**keys, **known, **usual, **more})


def approvers(
    *qa: Member, required: int = 1, named: tuple[Member, ...] = (), delegations: tuple[approvers_of.Delegation, ...] = ()
) -> Approvers:
    """What the policy asks for, with these people as active QA."""
    return Approvers(required, tuple(one.person_id for one in named), delegations, frozenset(one.person_id for one in qa), TODAY)


def delegation(approver: Member, delegate: Member, starts_on: date = TODAY, ends_on: date = TODAY) -> approvers_of.Delegation:
    """`delegate` signs instead of `approver` on these days, both included."""
    return approvers_of.Delegation(approver.person_id, delegate.person_id, starts_on, ends_on)


def proposal(*documents: Dossier, steps: tuple[str, ...] = (), policy: Approvers | None = None, **more: Any) -> Proposal:
    """A draft of Olga's that releases these documents (or takes `steps`); Quinn, Ruth and Sam are QA."""
    documents = documents or (effective(),)
    items = tuple(
        item(document, step, position)
        for position, (document, step) in enumerate(zip(documents, steps or ("release",) * len(documents), strict=True))
    )
    made = {"change": change(), "items": items, "authors": frozenset({AUTHOR.person_id}), "files": {}, "busy": {}, "today": TODAY}
    known = {"dossiers": {one.record.id: one for one in documents}, "approvers": policy or approvers(QUINN, RUTH, SAM)}
    return Proposal(**{**made, **known, **more})


def submitted(draft_proposal: Proposal | None = None, at: datetime = AT - timedelta(hours=1), **settings: object) -> Proposal:
    """The proposal in approval, through the domain's own submission."""
    found = draft_proposal or proposal()
    outcome = approvals.submit(found, organisation(**settings), by=AUTHOR, at=at)
    request = one(outcome, Request)
    return replace(
        found,
        change=one(outcome, Change),
        items=tuple(row for row in outcome.saves if isinstance(row, Item)),
        request=request,
        approvers=approvals.policy_at_submission(found.approvers, request),
    )


def one(outcome: Outcome, kind: type[Any]) -> Any:
    """The only row of a kind that a step saves."""
    found = [row for row in outcome.saves if isinstance(row, kind)]
    assert len(found) == 1, f"{len(found)} rows of {kind.__name__}"
    return found[0]


def all_saves(outcome: Outcome) -> list[object]:
    """Every row that a step saves, the steps that follow from it included, in the order of writing."""
    return [*outcome.saves, *(row for follow in outcome.follows for row in follow.saves)]


def final(outcome: Outcome, kind: type[Any], **which: object) -> Any:
    """The last state of a row that a step saves."""
    found = [
        row for row in all_saves(outcome) if isinstance(row, kind) and all(getattr(row, name) == value for name, value in which.items())
    ]
    assert found, f"no {kind.__name__} with {which}"
    return found[-1]


def released(document: Dossier, step: str = "release", effective_on: date | None = None, **more: Any) -> Dossier:
    """The document after an approved change took `step` on it, as it would be loaded again."""
    outcome = documents.KIND.apply(documents.KIND, item(document, step, **more), document, change(effective_on=effective_on), TODAY, AT)
    return reloaded(document, outcome)


def reloaded(document: Dossier, outcome: Outcome) -> Dossier:
    """The document with what a step saved."""
    versions = {found.version: found for found in (document.current, document.waiting) if found is not None}
    versions |= {row.version: row for row in all_saves(outcome) if isinstance(row, Version)}
    alive = {found.status: found for found in versions.values()}
    return Dossier(final(outcome, Record), alive.get("effective") or alive.get("suspended"), alive.get("approved"))


SUBJECT = Signable("approval_request", uid("request"), "a" * 64, round=1, change_id=uid("CHG-2026-0001"))
OLD_SIGN_IN = SignIn(AT - timedelta(hours=1), "password")
FRESH_SIGN_IN = SignIn(AT + timedelta(seconds=5), "password")


def signature(by: Member = QUINN, subject: Signable = SUBJECT, meaning: str = "approved", **more: Any) -> Signature:
    """A signature through the domain's own signing."""
    act = Act(meaning, subject, {}, more.pop("on_behalf_of", None))
    given = ceremony([act], by=by, sign_in=OLD_SIGN_IN, failures=0, at=AT)
    how: dict[str, Any] = {"by": by, "sign_in": FRESH_SIGN_IN, "time_zone": "Europe/Brussels", "failures": 0, **more}
    _, made = sign(given, act, spent_on=given[0].ceremony_id, at=AT + timedelta(seconds=10), **how)
    return made


def under(waits: Proposal, by: Member, meaning: str = "approved") -> Signature:
    """`by`'s signature under the round that waits, on behalf of whom the domain says."""
    request = approvals.request_of(waits)
    return signature(by, approvals.signable(request), meaning, on_behalf_of=request.on_behalf_of(waits, by))


def signed(waits: Proposal, *people: Member) -> Proposal:
    """The same after these people signed."""
    for by in people:
        waits = replace(waits, signatures=(*waits.signatures, under(waits, by)))
    return waits


def forged(made: Signature, **fields: Any) -> Signature:
    """A signature altered by somebody who recomputes its binding."""
    altered = replace(made, **fields)
    return replace(altered, binding_sha256=binding(altered))


def after(document: Dossier, content: dict[str, object]) -> dict[str, object]:
    """The content that a release with `content` gives."""
    return merge(document.record.content, content)
