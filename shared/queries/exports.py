"""Everything about one record, read at once: in three statements, however much there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from shared.answers.audit_trail import entry
from shared.answers.records import brief
from shared.answers.versions import versions
from shared.db import words
from shared.db.rows import read
from shared.domain.kernel import canonical
from shared.domain.kernel.canonical import Json
from shared.domain.kernel.errors import NotFound
from shared.domain.records.kinds import KINDS
from shared.domain.records.records import Record
from shared.domain.reports import exports, printouts
from shared.domain.trainings import quizzes
from shared.queries.audit_trail import COLUMNS
from shared.queries.names import NAME, person, team
from shared.queries.shown_records import ASKED, SIGNATURES, signatures

if TYPE_CHECKING:
    from datetime import datetime

    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

LONGEST_TEXT: Final = 200_000  # characters of a file that are compared between versions
ORGANISATION: Final = "cast(current_setting('app.organisation_id') as uuid)"
OF_CHANGES: Final = "(select i.change_id from present_items i where i.record_id = r.id)"
OF_ACTIONS: Final = f"(a.record_id = r.id or a.change_id in {OF_CHANGES})"
SIGNED: Final = f"(s.record_id = r.id or s.change_id in {OF_CHANGES})"
LINKED: Final = "(l.from_id = r.id or l.to_id = r.id)"
EXTENDED: Final = f"""(e.record_id = r.id or e.action_id in (select a.id from actions a where {OF_ACTIONS})
    or e.assignment_id in (select q.id from assignments q where q.record_id = r.id))"""
ATTACHED: Final = f"""(select x.file_id from version_files x where x.record_id = r.id
    union select x.file_id from record_files x where x.record_id = r.id
    union select x.file_id from change_item_files x where x.record_id = r.id
    union select x.file_id from note_files x join notes n on n.organisation_id = x.organisation_id and n.id = x.note_id where n.record_id = r.id
    union select x.file_id from action_files x join actions a on a.organisation_id = x.organisation_id and a.id = x.action_id where {OF_ACTIONS})"""
PLAIN: Final = "- 'organisation_id' - 'revision'"
EXPORT: Final = f"""
select to_jsonb(r) - 'search' as record, {person("r.owner_id")} as owner, {team("r.team_id")} as team, {person("r.created_by")} as created_by,
  {ASKED} as asked,
  (select jsonb_agg(to_jsonb(v) || jsonb_build_object('change', (select jsonb_build_object('id', c.id, 'number', c.number, 'title', c.title,
      'reason', c.reason) from changes c where c.id = v.change_id)) order by v.version desc) from versions v where v.record_id = r.id) as versions,
  (select jsonb_agg({SIGNATURES} order by s.signed_at, s.id) from signatures s where {SIGNED}) as signatures,
  (select jsonb_agg(jsonb_build_object('id', f.id, 'filename', f.filename, 'media_type', f.media_type, 'size', f.size, 'sha256', f.sha256,
      'uploaded_by', {person("f.uploaded_by")}, 'uploaded_at', f.finished_at, 'versions', coalesce((select jsonb_agg(distinct x.version)
        from version_files x where x.record_id = r.id and x.file_id = f.id), '[]')) order by f.id) from files f where f.id in {ATTACHED}) as attachments,
  (select jsonb_agg(jsonb_build_object('id', n.id, 'text', n.text, 'author', {person("n.author_id")}, 'created_at', n.created_at,
      'file_ids', coalesce((select jsonb_agg(x.file_id order by x.file_id) from note_files x where x.note_id = n.id), '[]')) order by n.id)
    from notes n where n.record_id = r.id) as notes,
  (select jsonb_agg(jsonb_build_object('id', l.id, 'type', l.type, 'direction', case when l.from_id = r.id then 'out' else 'in' end,
      'record', coalesce((select jsonb_build_object('id', o.id, 'kind', o.kind, 'number', o.number, 'title', o.title, 'status', o.status)
          from records o where o.id = case when l.from_id = r.id then l.to_id else l.from_id end),
        (select jsonb_build_object('id', c.id, 'kind', {words.CHANGE}, 'number', c.number, 'title', c.title, 'status', c.status)
          from changes c where c.id = l.change_id))) order by l.id) from links l where {LINKED}) as links,
  (select jsonb_agg(jsonb_build_object('id', c.id, 'number', c.number, 'title', c.title, 'status', c.status, 'step', i.step, 'reason', c.reason,
      'impact', c.impact, 'risk', c.risk, 'effective_on', c.effective_on, 'rounds', c.round, 'created_at', c.created_at) order by c.id)
    from present_items i join changes c on c.organisation_id = i.organisation_id and c.id = i.change_id
    where i.record_id = r.id) as changes,
  (select jsonb_agg(to_jsonb(a) {PLAIN} order by a.number) from actions a where {OF_ACTIONS}) as actions,
  (select jsonb_agg(to_jsonb(e) {PLAIN} order by e.id) from extensions e where {EXTENDED}) as extensions,
  (select jsonb_agg(to_jsonb(q) {PLAIN} order by q.id) from assignments q where q.record_id = r.id) as assignments,
  (select c.number from change_items i join changes c on c.organisation_id = i.organisation_id and c.id = i.change_id
    where i.record_id = r.id and i.in_approval) as in_approval,
  array(select r.id union select i.change_id from change_items i where i.record_id = r.id
    union select s.subject_id from signatures s where {SIGNED} union select n.id from notes n where n.record_id = r.id
    union select a.id from actions a where {OF_ACTIONS} union select q.id from assignments q where q.record_id = r.id
    union select f.file_id from {ATTACHED} f) as subjects,
  jsonb_build_object('versions', (select count(*) from versions v where v.record_id = r.id),
    'signatures', (select count(*) from signatures s where {SIGNED}), 'attachments', (select count(*) from {ATTACHED} f),
    'notes', (select count(*) from notes n where n.record_id = r.id), 'links', (select count(*) from links l where {LINKED}),
    'changes', (select count(*) from present_items i where i.record_id = r.id), 'actions', (select count(*) from actions a where {OF_ACTIONS}),
    'extensions', (select count(*) from extensions e where {EXTENDED}),
    'assignments', (select count(*) from assignments q where q.record_id = r.id)) as counted
from records r where r.id = :id
"""
# By what they are about, and by row where the trail files them under another record (a link that comes in) or under none.
# Who downloaded a file alters nothing in the record, so it is left to list_audit_trail.
TRAIL: Final = f"""
select {COLUMNS}, count(*) over () as total from audit_entries e where e.organisation_id = {ORGANISATION} and e.id in (
  select a.id from audit_entries a where a.organisation_id = {ORGANISATION} and a.record_id = any(cast(:subjects as uuid[])) and a.table_name <> 'downloads'
  union select b.id from unnest(cast(:tables as text[]), cast(:keys as text[])) k(table_name, row_key)
    join audit_entries b on b.chain = {ORGANISATION} and b.table_name = k.table_name and b.row_key = k.row_key)
order by e.id limit :most
"""
NAMES: Final = f"""
select m.person_id as id, {NAME} as name, null as text
  from members m join people p on p.id = m.person_id where m.person_id = any(cast(:ids as uuid[]))
union all select t.id, t.name, null from teams t where t.id = any(cast(:ids as uuid[]))
union all select r.id, r.number, null from records r where r.id = any(cast(:ids as uuid[]))
union all select c.id, c.number, null from changes c where c.id = any(cast(:ids as uuid[]))
union all select a.id, a.number, null from actions a where a.id = any(cast(:ids as uuid[]))
union all select f.id, f.filename, (select left(x.text, :longest) from file_texts x where x.file_id = f.id and f.id = any(cast(:compared as uuid[])))
  from files f where f.id = any(cast(:ids as uuid[]))
"""


def read_export(tx: Transaction, record_id: UUID, form: str, by: Member, at: datetime) -> exports.Export:
    """The whole of one record, with counts that reconcile; raises NotFound, and Conflict where it is too long for one export."""
    row = tx.row(EXPORT, id=record_id, reader=by.person_id)
    if row is None:
        raise NotFound("There is no such record.")
    keys = [(table, one["id"]) for table in ("links", "actions", "extensions") for one in getattr(row, table) or ()]
    trail = tx.rows(
        TRAIL, subjects=[str(one) for one in row.subjects], tables=[table for table, _ in keys], keys=[key for _, key in keys],
        most=exports.MOST_ENTRIES[form] + 1,
    )  # fmt: skip
    total = int(trail[0].total) if trail else 0
    exports.refuse_too_long(form, row.record["number"], total)
    entries = [{name: value for name, value in entry(one._asdict()).items() if name not in ("total", "etag")} for one in trail]
    found: dict[str, Any] = {
        name: getattr(row, name) or []
        for name in ("versions", "attachments", "notes", "links", "changes", "actions", "extensions", "assignments")
    }
    found |= {"record": _record(row), "signatures": signatures(row.signatures), "counted": {**row.counted, "trail": total}}
    names, texts = _names(tx, row.record["kind"], found, entries, by)
    found["versions"] = versions(found["versions"], texts)
    exporter = {"id": str(by.person_id), "name": names[str(by.person_id)]}
    made = exports.whole(found, entries, names, texts, organisation=tx.organisation, by=exporter, at=at)
    exports.refuse_given_away(entries, quizzes.asked(row.asked))
    return made


def count_entries(tx: Transaction, from_at: datetime, to_at: datetime) -> int:
    """How many entries of the organisation's trail fall into a time, both ends included."""
    row = tx.row(
        f"select count(*) as entries from audit_entries e where e.organisation_id = {ORGANISATION}"
        " and e.at between cast(:from_at as timestamptz) and cast(:to_at as timestamptz)",
        from_at=from_at, to_at=to_at,
    )  # fmt: skip
    return int(row.entries)


def _names(tx: Transaction, kind: str, found: Mapping[str, Any], entries: list[Json], by: Member) -> tuple[dict[str, str], dict[str, str]]:
    """What the ids in it are called, and the texts of the files that its versions name."""
    ids = {str(by.person_id), *_ids(found.values()), *_ids(entries)}
    contents = [one["content"] for one in (*found["versions"], found["record"])]
    compared = {str(file_id) for content in contents for _, file_id in KINDS[kind].content.files("", content)}
    rows = tx.rows(NAMES, ids=sorted(ids), compared=sorted(compared), longest=LONGEST_TEXT)
    return {str(row.id): row.name for row in rows}, {str(row.id): row.text for row in rows if row.text is not None}


def _record(row: Any) -> Json:  # noqa: ANN401 - its columns are the statement's
    kept = row.record
    more = {
        name: canonical.plain(kept[name]) for name in ("owner_id", "team_id", "latest_version", "effective_version", "content", "closed_at")
    }
    return {**brief(read(Record, kept), row.owner, row.team), **more, "in_approval": row.in_approval, "created_by": row.created_by}


def _ids(values: Iterable[object]) -> set[str]:
    """Every id anywhere in it; actors are `person:<id>`."""
    found: set[str] = set()
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += chain(value)
        elif isinstance(value, str) and printouts.is_id(value.removeprefix("person:")):
            found.add(value.removeprefix("person:"))
    return found
