"""What the reads show: each answer in at most three statements, lists by key and never by offset."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from shared import answers, approvals, canonical, documents
from shared.answers import Json
from shared.errors import Invalid, NotFound
from shared.io.store.changes import Changes
from shared.io.store.documents import ALIVE, assemble
from shared.io.store.rows import read
from shared.people import STAFF
from shared.records import Record, Version, saved
from shared.signatures import Signature, holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shared.changes import Proposal
    from shared.io.database import Transaction
    from shared.people import Member

Key = TypeVar("Key", int, UUID)


def person(column: str) -> str:
    """SQL for who a column names: id and printed name."""
    return (
        "(select jsonb_build_object('id', p.id, 'name', coalesce(m.printed_name, nullif(p.name, ''), p.email)) from people p"
        f" left join members m on m.person_id = p.id where p.id = {column})"
    )


def team(column: str) -> str:
    """SQL for the team that a column names."""
    return f"(select jsonb_build_object('id', t.id, 'name', t.name) from teams t where t.id = {column})"


# A signature with what it signed: the frozen round of a change, or the version of a record with its files' hashes.
SIGNATURES = """jsonb_build_object('signature', to_jsonb(s),
      'frozen', (select o.frozen from rounds o where o.change_id = s.change_id and o.round = s.round),
      'number', (select d.number from records d where d.id = s.record_id),
      'version', (select to_jsonb(w) from versions w where w.record_id = s.record_id and w.version = s.version),
      'hashes', (select jsonb_object_agg(g.id, g.sha256) from version_files h join files g on g.organisation_id = h.organisation_id
        and g.id = h.file_id where h.record_id = s.record_id and h.version = s.version))"""
DOCUMENT = f"""
select to_jsonb(r) - 'search' as record, {person("r.owner_id")} as owner, {team("r.team_id")} as team,
  (select jsonb_agg(to_jsonb(v)) from versions v where v.record_id = r.id and v.status in {ALIVE}) as versions,
  (select jsonb_agg(jsonb_build_object('id', f.id, 'filename', f.filename, 'media_type', f.media_type, 'size', f.size, 'sha256', f.sha256))
    from files f where f.id in (select x.file_id from version_files x where x.record_id = r.id and x.version = r.version
      union select y.file_id from change_item_files y where y.record_id = r.id and r.latest_version = 0)) as files,
  (select jsonb_agg(jsonb_build_object('type', 'changes', 'direction', 'in', 'step', i.step, 'record', jsonb_build_object(
      'id', c.id, 'kind', 'change', 'number', c.number, 'title', c.title, 'status', c.status)) order by c.id)
    from (select * from change_items i where i.record_id = r.id order by i.change_id desc limit 100) i
    join changes c on c.organisation_id = i.organisation_id and c.id = i.change_id) as links,
  (select jsonb_agg(jsonb_build_object('id', n.id, 'text', n.text, 'author', {person("n.author_id")}, 'created_at', n.created_at) order by n.id)
    from (select * from notes n where n.record_id = r.id order by n.id desc limit 100) n) as notes,
  (select jsonb_agg({SIGNATURES} order by s.signed_at) from signatures s where (s.record_id = r.id and s.version = r.version)
      or (s.meaning = 'approved' and (s.change_id, s.round) in (select q.change_id, q.round from approval_requests q
        join versions v on v.organisation_id = q.organisation_id and v.change_id = q.change_id
        where q.status = 'approved' and v.record_id = r.id and v.version = r.version))) as signatures
from records r where r.id = :id and r.kind = 'document'
"""
CHANGE = f"""
select {person("c.owner_id")} as owner,
  (select jsonb_agg({person("a.person_id")} order by a.created_at) from change_authors a where a.change_id = c.id) as authors,
  (select jsonb_agg(to_jsonb(o) || jsonb_build_object('submitted_by', {person("o.submitted_by")},
      'outcome', (select q.status from approval_requests q where q.change_id = o.change_id and q.round = o.round),
      'cause', (select q.cause from approval_requests q where q.change_id = o.change_id and q.round = o.round)) order by o.round)
    from rounds o where o.change_id = c.id) as rounds,
  (select jsonb_agg({SIGNATURES} order by s.signed_at) from signatures s where s.change_id = c.id) as signatures
from changes c where c.id = :id
"""
HISTORY = f"""
select to_jsonb(r) - 'search' as record, {person("r.owner_id")} as owner, {team("r.team_id")} as team,
  (select jsonb_agg(v.row order by v.version desc) from (select v.version, to_jsonb(v) || jsonb_build_object('change', jsonb_build_object(
      'id', c.id, 'number', c.number, 'title', c.title, 'reason', c.reason)) as row
    from versions v join changes c on c.organisation_id = v.organisation_id and c.id = v.change_id
    where v.record_id = r.id and (cast(:before as integer) is null or v.version < :before) order by v.version desc limit :limit) v) as versions,
  (select jsonb_agg({SIGNATURES} order by s.signed_at) from (select s.* from signatures s where s.record_id = r.id or s.change_id in
      (select i.change_id from change_items i where i.record_id = r.id) order by s.signed_at desc limit 500) s) as signatures,
  (select jsonb_agg(jsonb_build_object('id', n.id, 'text', n.text, 'author', {person("n.author_id")}, 'created_at', n.created_at) order by n.id)
    from (select * from notes n where n.record_id = r.id order by n.id desc limit 500) n) as notes
from records r where r.id = :id
"""


class Reading(Changes):
    """The answers of the reads and of the steps."""

    tx: Transaction

    def show_document(self, document_id: UUID, by: Member) -> Json:
        """One document as `by` may see it, with its newest hundred links and notes; raises NotFound, for a reader also where no version is in force."""
        row = self.tx.row(DOCUMENT, id=document_id)
        if row is None or not (STAFF.admits(by) or documents.in_force_for_reader(row.record["status"])):
            raise NotFound("There is no such document.")
        found = assemble(row.record, row.versions)
        details = {**row._asdict(), "signatures": signatures(row.signatures)}
        return answers.document(found, details, by)

    def show_change(self, proposal: Proposal, by: Member) -> Json:
        """A change that was loaded as a proposal."""
        row = self.tx.row(CHANGE, id=proposal.change.id)
        assert row is not None  # noqa: S101 - the proposal was just loaded
        details = {**row._asdict(), "signatures": signatures(row.signatures)}
        named = [
            file_id
            for item in proposal.items
            for given in (item.content, proposal.record(item.record_id).content)
            for _, file_id in documents.CONTENT.files("", given)
        ]
        return answers.change(proposal, details, self.texts(named), by)

    def show_request(self, proposal: Proposal, by: Member) -> Json:
        """An approval request with the change that it is about."""
        change = self.show_change(proposal, by)
        return answers.request(approvals.asked(proposal), change=change, signatures=change["signatures"], open_steps=change["open_steps"])

    def show_submitted(self, proposal: Proposal, by: Member) -> Json:
        """A change and its newest approval request, after submission."""
        change = self.show_change(proposal, by)
        return {"change": change, "approval_request": change["approval_request"]}

    def show_decided(self, proposal: Proposal, signature: Signature, by: Member) -> Json:
        """What a decision did: the request, the change, the signature and the records as they are now."""
        change = self.show_change(proposal, by)
        records = [answers.brief(document.record, None, None) for document in proposal.documents.values()]
        request = answers.request(approvals.asked(proposal))
        return {
            "approval_request": request,
            "change": change,
            "signature": answers.signature(saved(signature), valid=True),
            "records": records,
        }

    def compare(self, record_id: UUID, earlier: int, later: int) -> Json:
        """Two versions of a record, field by field; raises NotFound."""
        rows = self.tx.rows(
            "select to_jsonb(v) as version from versions v where v.record_id = :id and v.version in (:earlier, :later)",
            id=record_id, earlier=earlier, later=later,
        )  # fmt: skip
        found = {row.version["version"]: row.version for row in rows}
        if earlier not in found or later not in found:
            raise NotFound("There is no such record, or not both of these versions.")
        old, new = found[earlier], found[later]
        texts = self.texts(file_id for one in (old, new) for _, file_id in documents.CONTENT.files("", one["content"]))
        return {"record_id": str(record_id), "from": earlier, "to": later, "diff": answers.diff(old, new, texts)}

    def texts(self, file_ids: Iterable[UUID]) -> dict[str, str]:
        """The extracted text of files, by their id."""
        wanted = sorted({str(one) for one in file_ids})
        if not wanted:
            return {}
        rows = self.tx.rows("select t.file_id, t.text from file_texts t where t.file_id = any(cast(:ids as uuid[]))", ids=wanted)
        return {str(row.file_id): row.text for row in rows}

    def history(self, record_id: UUID, limit: int, cursor: str | None) -> Json:
        """Every version with what it altered, every signature, every note."""
        before = after_cursor(cursor, int) if cursor else None
        row = self.tx.row(HISTORY, id=record_id, before=before, limit=limit + 1)
        if row is None:
            raise NotFound("There is no such record.")
        rows = row.versions or []
        named = [file_id for one in rows for _, file_id in documents.CONTENT.files("", one["content"])]
        shown = answers.versions(rows, self.texts(named))
        record = answers.brief(read(Record, row.record), row.owner, row.team)
        next_cursor = to_cursor(shown[limit - 1]["version"]) if len(shown) > limit else None
        versions = shown[:limit]
        return {
            "record": record,
            "versions": versions,
            "signatures": signatures(row.signatures),
            "notes": row.notes or [],
            "next_cursor": next_cursor,
        }

    def rows_page(self, select: str, limit: int, cursor: str | None, **filters: object) -> tuple[list[Any], str | None]:
        """Rows newest first, at most `limit` of them, and the cursor of the next page.

        `select` yields `id` and `row` (JSON) and ends in its where clause; the key is the id (UUIDv7: by time).
        """
        before = after_cursor(cursor, UUID) if cursor else None
        rows = self.tx.rows(
            f"{select} and (cast(:before as uuid) is null or x.id < cast(:before as uuid)) order by x.id desc limit :limit",
            before=before, limit=limit + 1, **filters,
        )  # fmt: skip
        following = to_cursor(str(rows[limit - 1].id)) if len(rows) > limit else None
        return [row.row for row in rows[:limit]], following


def signatures(rows: Iterable[Mapping[str, Any]] | None) -> list[Json]:
    """Signatures as they show, each checked against what it signed (21 CFR 11.70)."""
    found = ((read(Signature, one["signature"]), _signed(one)) for one in rows or ())
    return [answers.signature(signature, valid=holds(signature, signed)) for signature, signed in found]


def _signed(one: Mapping[str, Any]) -> Mapping[str, object]:
    """What a signature signed, as it stands now: a change's frozen round, else a version of a record."""
    if one["frozen"] is not None:
        return dict(one["frozen"])
    hashes = {UUID(file_id): sha256 for file_id, sha256 in (one["hashes"] or {}).items()}
    return documents.signed_content(one["number"], read(Version, one["version"]), hashes)


def to_cursor(key: object) -> str:
    """An opaque cursor of a row's key."""
    return base64.urlsafe_b64encode(json.dumps(canonical.plain(key)).encode()).decode().rstrip("=")


def after_cursor(cursor: str, kind: type[Key], most: int = 2**31 - 1) -> Key:
    """The key in a cursor, a number of at most `most`; raises Invalid where we never gave it."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if kind is int and (type(key) is not int or not 0 <= key <= most):
            raise ValueError
        return kind(key)
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise Invalid("cursor", "This cursor isn't one of ours; start from the first page.") from None
