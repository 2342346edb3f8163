"""What the reads show: each answer in at most three statements, lists by key and never by offset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers import records
from shared.answers.pages import MOST_COUNTED, after_cursor, cut, from_cursor
from shared.answers.records import ARecord, Note
from shared.answers.rows import as_answer, as_answers
from shared.db.rows import read
from shared.db.sql import sql
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import replace
from shared.domain.people.people import STAFF
from shared.domain.records.differences import changed_files, sides
from shared.domain.records.kinds import KINDS, in_force
from shared.domain.records.records import Record
from shared.domain.trainings import quizzes
from shared.queries.actions import extension_rows, of_record, shown_extensions
from shared.queries.dossiers import DOSSIER, assemble
from shared.queries.evidence import files_named, load_evidence
from shared.queries.kind_fields import fields_of_kind
from shared.queries.links import show_link_trail
from shared.queries.names import person, team, utc_time, utc_times
from shared.queries.orders import NEWEST, Order
from shared.queries.page_ends import fitting
from shared.queries.shown_changes import ASKED
from shared.queries.shown_signatures import SIGNATURES, signatures

if TYPE_CHECKING:
    from shared.answers.versions import Compare
    from shared.answers.versions import Material as PastVersionsMaterial
    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member
    from shared.domain.records.dossiers import Dossier

SHOWN_LINKS, NOTE_FILES = sql("shown_links"), sql("note_files")
# Who acted: `person:<id>`, or the system.
DECIDED = sql("decided", actor=person("cast(substring(t.actor from '^person:(.*)$') as uuid)"), at=utc_time("t.at"))
VERSIONS = sql("past_versions", moments=utc_times("v", "created_at", "effective_at", "ended_at"))
RECORD, AT_VERSION = (
    sql(
        "record",
        dossier=DOSSIER,
        owner=person("r.owner_id"),
        team=team("r.team_id"),
        author=person("n.author_id"),
        noted_at=utc_time("n.created_at"),
        note_files=NOTE_FILES,
        shown_links=SHOWN_LINKS,
        signatures=SIGNATURES,
        extensions=extension_rows("e.record_id = r.id"),
        decided=DECIDED,
        version=version,
    )
    for version in ("r.version", "cast(:version as integer)")
)
HISTORY = sql(
    "history",
    fitting=fitting(VERSIONS, "p.version, p.row", "f.row::text", "f.version desc", least=2, times=5),
    owner=person("r.owner_id"),
    team=team("r.team_id"),
    asked=ASKED,
    signatures=SIGNATURES,
    author=person("n.author_id"),
    noted_at=utc_time("n.created_at"),
    note_files=NOTE_FILES,
)


def show_record(tx: Transaction, record_id: UUID, by: Member, kind: str | None = None) -> records.Record:
    """One record as `by` may see it, with its newest hundred links and notes.

    Raises NotFound, for a reader also if it isn't in force; where it is suspended, they are told so.
    """
    row = tx.row(RECORD, id=record_id, reader=by.person_id, zone=tx.organisation.time_zone)
    found = assemble(row.dossier) if row else None
    if row is not None and found is not None and not (STAFF.admits(by) or in_force(found.record)):
        found = _approved(found) if (row.learns or {}).get("reads") else None
        if found is None and KINDS[row.dossier["record"]["kind"]].readers and row.suspended_on is not None:
            named = {"number": row.dossier["record"]["number"], "day": row.suspended_on}
            raise NotFound(Sentence("document_suspended", "{number} is suspended since {day}; don't use it.", **named))
    if row is None or found is None or kind not in (None, found.record.kind):
        raise NotFound(Sentence("no_such_thing", "There is no such {thing}.", thing=Term(kind or "record")))
    details = shown_details(row)
    extensions = shown_extensions(row.extensions, of_record(found), by) if STAFF.admits(by) else []
    return records.record(found, details, extensions, fields_of_kind(tx, found, by), by)


def shown_details(row: Any) -> dict[str, Any]:  # noqa: ANN401 - its columns are the statement's
    """What a record's answer holds besides the record."""
    return {**row._asdict(), "signatures": signatures(row.signatures), "links": [*(row.changes or ()), *(row.links or ())]}


def show_altered_record(tx: Transaction, record_id: UUID, by: Member) -> ARecord:
    """What a step answers: the record under its kind's name."""
    shown = show_record(tx, record_id, by)
    return as_answer(ARecord, {shown["kind"]: shown})


def read_comparison(tx: Transaction, record_id: UUID, earlier: int, later: int, by: Member) -> Compare:
    """Two versions of a record with the files that differ; raises NotFound."""
    from shared.answers import versions

    rows = tx.rows(
        f"select to_jsonb(v) as version, (select r.kind from records r where r.id = v.record_id) as kind, {ASKED} as asked"
        " from versions v where v.record_id = :id and v.version in (:earlier, :later)",
        id=record_id,
        earlier=earlier,
        later=later,
        reader=by.person_id,
    )
    found = {row.version["version"]: quizzes.kept_secret(row.version, quizzes.asked(row.asked)) for row in rows}
    if earlier not in found or later not in found:
        raise NotFound(Sentence("no_such_versions", "There is no such record, or not both of these versions."))
    kind = KINDS[rows[0].kind]
    old, new = found[earlier], found[later]
    named = files_named(kind, (old, new))
    evidence = load_evidence(tx, named, changed_files(*sides(old, new), named), (old, new))
    return versions.Compare(record_id, old, new, evidence.of(kind.renditions))


def quizzes_to_pass(tx: Transaction, by: Member) -> quizzes.Asked:
    """The questions of the quizzes that a member is yet to pass, by training."""
    return quizzes.asked(tx.row(f"select {ASKED} as asked", reader=by.person_id).asked)


def read_history(tx: Transaction, record_id: UUID, limit: int, cursor: str | None, by: Member) -> PastVersionsMaterial:
    """A page of the versions of a record with the one before them, and its signatures and notes."""
    from shared.answers import versions

    before = after_cursor(cursor, int) if cursor else None
    row = tx.row(HISTORY, id=record_id, before=before, limit=limit + 1, reader=by.person_id)
    if row is None:
        raise NotFound(Sentence("no_such_record", "There is no such record."))
    kept = row.versions or []
    rows = quizzes.kept_secret([one["row"] for one in kept], quizzes.asked(row.asked))
    kind = KINDS[row.record["kind"]]
    named = files_named(kind, rows)
    evidence = load_evidence(tx, named, versions.pairs(rows, named, limit), rows)
    return versions.Material(
        record=records.brief(read(Record, row.record), row.owner, row.team),
        rows=rows,
        whole=len(kept) == (kept[0]["found"] if kept else 0),
        limit=limit,
        signatures=signatures(row.signatures),
        notes=as_answers(Note, row.notes),
        evidence=evidence.of(kind.renditions),
        trail=None if cursor else show_link_trail(tx, record_id),
    )


def rows_page(
    tx: Transaction, select: str, limit: int, cursor: str | None, *, order: Order = NEWEST, **filters: object
) -> tuple[list[Any], str | None, int | None]:
    """Rows in an order, at most `limit` of them and four megabytes, the cursor of the next page, and on the first page the total.

    `select` yields `x.id` first and `row` (JSON), and ends in its where clause; ids (UUIDv7) are in the order of time.
    """
    last = _last(cursor, order)
    counted = f"(select count(*) from ({select} limit {MOST_COUNTED}) c)" if cursor is None else "null"
    keyed = select.replace("x.id", f"x.id, {order.key} as key", 1) if order.key else select
    found = f"{keyed} and {order.after()} order by {order.by('key', 'x.id')} limit :limit"
    key = "cast(p.key as text)" if order.key else "null"
    columns = f"p.id, p.row, {key} as key, {counted} as total"
    rows = tx.rows(fitting(found, columns, "f.row::text", order.by("f.key", "f.id")), **last, limit=limit + 1, **filters)
    shown, following = cut(rows, limit, lambda row: [row.key, row.id] if order.key else row.id, rows[0].found if rows else 0)
    total = rows[0].total if rows else 0
    return [row.row for row in shown], following, total if cursor is None else None


def _last(cursor: str | None, order: Order) -> dict[str, object]:
    """The last row of the page before: its id and, where the order has one, its key; raises Invalid for a cursor of another order."""
    if not order.key:
        return {"before": after_cursor(cursor, UUID) if cursor else None}
    key, last = from_cursor(cursor, order.read, UUID) if cursor else (None, None)
    return {"before": last, "after": key}


def _approved(found: Dossier) -> Dossier | None:
    """A document of which nothing is in force, as those see it who learn its approved version before its date."""
    waiting = found.waiting
    if waiting is None:
        return None
    shown = replace(found.record, status=waiting.status, version=waiting.version, title=waiting.title, content=waiting.content)
    return replace(found, record=shown)
