"""What the functions answer: one shape for every record, one for lists, one for what belongs to them (the API's contract)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from shared.domain.changes import changes, proposals, rounds
from shared.domain.kernel import canonical
from shared.domain.kernel.canonical import Json
from shared.domain.people.organisations import DEFAULTS
from shared.domain.people.people import STAFF
from shared.domain.records.differences import differences
from shared.domain.records.kinds import KINDS
from shared.domain.trainings import quizzes

if TYPE_CHECKING:
    from shared.domain.changes.proposals import Proposal, Request
    from shared.domain.kernel.content import Content
    from shared.domain.kernel.workflow import OpenStep
    from shared.domain.people.organisations import Organisation
    from shared.domain.people.people import Member
    from shared.domain.records.dossiers import Dossier
    from shared.domain.records.kind import Kind
    from shared.domain.records.records import Record, Version
    from shared.domain.signing.signatures import Signature

HIDDEN = frozenset({"organisation_id", "revision", "secret_sha256", "salt", "identity_uid", "search", "token_sha256", "binding_sha256"})


def etag(revision: int) -> str:
    """The entity tag of a row's revision (RFC 9110 §8.8.3), strong and quoted."""
    return f'"{revision}"'


def thing(row: object, **extra: object) -> Json:
    """A row as an answer: its columns but the hidden ones, and its `etag`."""
    assert is_dataclass(row)  # noqa: S101 - the domain's rows are dataclasses
    shown = {field.name: canonical.plain(getattr(row, field.name)) for field in fields(row) if field.name not in HIDDEN}
    return {**shown, "etag": etag(getattr(row, "revision")), **extra}  # noqa: B009 - every row has one, whatever its class


def page(items: Sequence[Json], limit: int, cursor: str | None) -> Json:
    """A page of a list: one row more than `limit` was asked for to know whether there is a next one."""
    more = len(items) > limit
    return {"items": list(items[:limit]), "next_cursor": cursor if more else None}


def brief(record: Record, owner: Json | None, team: Json | None) -> Json:
    """A record in a list."""
    return {
        "id": str(record.id), "kind": record.kind, "type": record.type, "number": record.number, "title": record.title,
        "status": record.status, "version": record.version, "etag": etag(record.revision), "owner": owner, "team": team,
        "due_on": canonical.plain(record.due_on), "created_at": canonical.plain(record.created_at),
        "updated_at": canonical.plain(record.updated_at),
    }  # fmt: skip


def record(found: Dossier, details: Mapping[str, object], by: Member) -> Json:
    """A record as one person may see it: a reader gets what is in force, without its editable source."""
    row, staff, kind = found.record, STAFF.admits(by), KINDS[found.record.kind]
    learns = _json(details.get("learns")) or {}
    hidden = row.kind == "training" and (not staff or bool(learns.get("open")))
    content = _readable(quizzes.without_answers(row.content) if hidden else row.content, staff=staff)
    waiting = found.waiting if staff or learns.get("reads") else None
    return {
        **brief(row, _json(details["owner"]), _json(details["team"])),
        "content": content,
        "files": _files(kind, content, details),
        "links": _rows(details["links"]) if staff else [],
        "notes": _rows(details["notes"]) if staff else [],
        "signatures": _rows(details["signatures"]),
        "effective_on": canonical.plain(found.current.effective_on) if found.current else None,
        "waiting": _waiting(kind, waiting, details, staff=staff) if waiting else None,
        "in_approval": found.in_approval if staff else None,
        "closed_at": canonical.plain(row.closed_at),
        "open_steps": steps(kind.open_steps(found, by)),
    }


def _readable(content: Content, *, staff: bool) -> Json:
    return {name: value for name, value in content.items() if staff or name != "source_file_id"}


def _files(kind: Kind, content: Content, details: Mapping[str, object]) -> list[Json]:
    named = {str(file_id): field for field, file_id in kind.content.files("", content)}
    return [{**file, "field": named[str(file["id"])]} for file in _rows(details["files"]) if str(file["id"]) in named]


def _waiting(kind: Kind, version: Version, details: Mapping[str, object], *, staff: bool) -> Json:
    """The approved version that waits for its date, as those read it who are trained in it before."""
    content = _readable(version.content, staff=staff)
    shown = {"version": version.version, "effective_on": canonical.plain(version.effective_on)}
    return {**shown, "content": content, "files": _files(kind, content, details)}


def change(found: Proposal, details: Mapping[str, object], texts: Mapping[str, str], by: Member) -> Json:
    """A change with its items, what each would alter, its rounds and the request that waits."""
    row = found.change
    asked = quizzes.asked(_rows(details["asked"]))
    submissions = quizzes.kept_secret(_rows(details["rounds"]), asked)
    decided = row.status in (proposals.Status.IN_APPROVAL, proposals.Status.APPLIED) and submissions
    frozen = submissions[-1]["frozen"] if decided else quizzes.kept_secret(rounds.freeze(found), asked)
    about = {"reason": row.reason, "impact": row.impact, "risk": row.risk, "effective_on": canonical.plain(row.effective_on)}
    about["follow_ups"] = canonical.plain(row.follow_ups)
    return {
        "id": str(row.id), "kind": "change", "number": row.number, "title": row.title, "status": row.status, "version": row.round,
        "etag": etag(row.revision), "owner": details["owner"], "team": None, "due_on": canonical.plain(row.effective_on),
        **about, "content": about, "round": row.round, "authors": _rows(details["authors"]),
        "items": _items(found, frozen, texts), "rounds": [_shown(one) for one in submissions],
        "approval_request": request(found.request) if found.request else None, "files": [thing(file) for file in found.files.values()],
        "links": [
            *({"type": "changes", "direction": "out", "record": _pointer(found.record(item.record_id))} for item in found.items),
            *_rows(details["links"]),
        ],
        "actions": _rows(details["actions"]), "comments": _rows(details["comments"]),
        "signatures": _rows(details["signatures"]), "open_steps": steps(changes.WORKFLOW.open_steps(found, by)),
        "created_at": canonical.plain(row.created_at), "updated_at": canonical.plain(row.updated_at),
    }  # fmt: skip


def organisation(row: Organisation) -> Json:
    """An organisation with every setting, the defaults included."""
    return thing(row, settings={name: row.setting(name) for name in DEFAULTS})


def request(row: Request, **extra: object) -> Json:
    """An approval request."""
    return thing(row, kind="approval_request", **extra)


def _items(found: Proposal, frozen: Mapping[str, object], texts: Mapping[str, str]) -> list[Json]:
    shown = []
    for item in _rows(frozen["items"]):
        record = next((one.record for one in found.dossiers.values() if str(one.record.id) == item["record_id"]), None)
        shown.append({**item, "record": _pointer(record) if record else None, "diff": diff(_json(item["before"]) or {}, item, texts)})
    return shown


def _shown(row: Mapping[str, object]) -> Json:
    """A row as the database keeps it, without the hidden columns."""
    return {name: value for name, value in row.items() if name not in HIDDEN}


def versions(rows: Iterable[Mapping[str, object]], texts: Mapping[str, str]) -> list[Json]:
    """A record's versions, newest first, each with what it altered in the one before."""
    newest_first = list(rows)
    answers = []
    for row, earlier in itertools.zip_longest(newest_first, newest_first[1:]):
        answers.append({**_shown(row), "diff": diff(earlier or {}, row, texts)})
    return answers


def diff(earlier: Mapping[str, object], later: Mapping[str, object], texts: Mapping[str, str]) -> list[object]:
    """What differs between two versions, or two sides of an item: title, owner, team and content, field by field."""
    old, new = ({name: side.get(name) for name in ("title", "owner_id", "team_id", "content")} for side in (earlier, later))
    return [canonical.plain(vars(one)) for one in differences(old, new, texts)]


def entry(row: Mapping[str, object]) -> Json:
    """An entry of the audit trail; it never changes, so its etag is its own id."""
    shown = {
        name: value.hex() if isinstance(value, bytes) else canonical.plain(value)
        for name, value in row.items()
        if name != "organisation_id"
    }
    return {**shown, "etag": f'"{row["id"]}"'}


def steps(open_steps: Sequence[OpenStep]) -> list[Json]:
    """The buttons: every step, open or with its reason why not."""
    return [dict(vars(step)) for step in open_steps]


def signature(row: Signature, *, valid: bool) -> Json:
    """A signature as it shows wherever its record shows (21 CFR 11.50(b)), and whether it still holds."""
    return {name: value for name, value in thing(row, valid=valid).items() if name != "content"}


def _pointer(record: Record) -> Json:
    return {"id": str(record.id), "kind": record.kind, "number": record.number, "title": record.title, "status": record.status}


def _rows(value: object) -> list[Json]:
    return value if isinstance(value, list) else []


def _json(value: object) -> Json | None:
    return value if isinstance(value, dict) else None
