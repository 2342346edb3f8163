"""What the reads show: each answer in at most three statements, lists by key and never by offset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers import records
from shared.answers.pages import MOST_COUNTED, after_cursor, cut
from shared.answers.records import ARecord, Brief, Note
from shared.answers.rows import as_answer, as_answers
from shared.answers.signatures import Signature as ShownSignature
from shared.answers.signatures import signature as shown_signature
from shared.db.rows import read
from shared.db.sql import sql
from shared.domain.changes import approvals, rounds
from shared.domain.documents import documents
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.outcomes import saved
from shared.domain.kernel.values import replace
from shared.domain.people.people import STAFF
from shared.domain.records.differences import changed_files, sides
from shared.domain.records.kinds import KINDS, in_force
from shared.domain.records.records import Record, Version
from shared.domain.signing.signatures import Signature, holds
from shared.domain.trainings import quizzes
from shared.queries.actions import action_rows, extension_rows, of_record, shown_actions, shown_extensions
from shared.queries.comments import comment_rows, shown_threads
from shared.queries.dossiers import DOSSIER, assemble
from shared.queries.evidence import files_named, load_evidence, with_texts_of_change
from shared.queries.impact import IMPACT
from shared.queries.kind_fields import fields_of_kind
from shared.queries.links import show_link_trail
from shared.queries.names import person, team, utc_time
from shared.queries.page_ends import fitting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shared.answers.changes import Change, Decided, Submitted
    from shared.answers.changes import Material as ChangeMaterial
    from shared.answers.versions import Compare
    from shared.answers.versions import Material as PastVersionsMaterial
    from shared.db.transaction import Transaction
    from shared.domain.changes.proposals import Proposal
    from shared.domain.people.people import Member
    from shared.domain.records.dossiers import Dossier

LISTED = sql(
    "listed_record",
    owner=person("x.owner_id"),
    team=team("x.team_id"),
    created_at=utc_time("x.created_at"),
    updated_at=utc_time("x.updated_at"),
)
SIGNATURES = sql("signature")
ASKED = sql("questions_asked")
SHOWN_LINKS = sql("shown_links")
RECORD = sql(
    "record",
    dossier=DOSSIER,
    owner=person("r.owner_id"),
    team=team("r.team_id"),
    author=person("n.author_id"),
    shown_links=SHOWN_LINKS,
    signatures=SIGNATURES,
    extensions=extension_rows("e.record_id = r.id"),
)
CHANGE, ASSESSED = (
    sql(
        "change",
        owner=person("c.owner_id"),
        actions=action_rows("a.change_id = c.id"),
        comments=comment_rows("k.change_id = c.id"),
        author=person("a.person_id"),
        submitted_by=person("o.submitted_by"),
        signatures=SIGNATURES,
        asked=ASKED,
        assessed=assessed,
    )
    for assessed in ("", f", {IMPACT}")
)
HISTORY = sql(
    "history",
    fitting=fitting(sql("past_versions"), "p.version, p.row", "f.row::text", "f.version desc", least=2, times=5),
    owner=person("r.owner_id"),
    team=team("r.team_id"),
    asked=ASKED,
    signatures=SIGNATURES,
    author=person("n.author_id"),
)


def show_record(tx: Transaction, record_id: UUID, by: Member, kind: str | None = None) -> records.Record:
    """One record as `by` may see it, with its newest hundred links and notes; raises NotFound, for a reader also if it isn't in force."""
    row = tx.row(RECORD, id=record_id, reader=by.person_id)
    found = assemble(row.dossier) if row else None
    if row is not None and found is not None and not (STAFF.admits(by) or in_force(found.record)):
        found = _approved(found) if (row.learns or {}).get("reads") else None
    if row is None or found is None or kind not in (None, found.record.kind):
        raise NotFound(f"There is no such {kind or 'record'}.".replace("_", " "))
    details = {**row._asdict(), "signatures": signatures(row.signatures), "links": [*(row.changes or ()), *(row.links or ())]}
    extensions = shown_extensions(row.extensions, of_record(found), by) if STAFF.admits(by) else []
    return records.record(found, details, extensions, fields_of_kind(tx, found, by), by)


def show_altered_record(tx: Transaction, record_id: UUID, by: Member) -> ARecord:
    """What a step answers: the record under its kind's name."""
    shown = show_record(tx, record_id, by)
    return as_answer(ARecord, {shown["kind"]: shown})


def read_change(tx: Transaction, proposal: Proposal, by: Member, *, assess: bool = False, in_step: bool = False) -> ChangeMaterial:
    """What an answer about a change is made of.

    With `assess` also what it has an impact on; `in_step`, as a step answers, the lines of short files alone.
    """
    from shared.answers import change_items, changes

    given = {"today": tx.today} if assess else {}
    row = tx.row(ASSESSED if assess else CHANGE, id=proposal.change.id, reader=by.person_id, **given)
    assert row is not None  # noqa: S101 - the proposal was just loaded
    asked = quizzes.asked(row.asked)
    submissions = quizzes.kept_secret(row.rounds or [], asked)
    items = change_items.submitted(proposal, submissions, asked)
    details = {
        **row._asdict(),
        "rounds": submissions,
        "signatures": signatures(row.signatures),
        "actions": shown_actions(row.actions, by),
        "comments": shown_threads(row.comments, proposal.authors, by),
    }
    evidence = rounds.evidence(proposal)
    texts = with_texts_of_change(tx, evidence, change_items.pairs(items, evidence.files), in_step=in_step)
    return changes.Material(proposal, details, items, texts, by, row.impact if assess else None)


def show_change(tx: Transaction, proposal: Proposal, by: Member) -> Change:
    """What a step answers: the change, that was loaded as a proposal."""
    from shared.answers import changes

    return changes.change(read_change(tx, proposal, by, in_step=True))


def show_submitted(tx: Transaction, proposal: Proposal, by: Member) -> Submitted:
    """A change and its newest approval request, after submission."""
    from shared.answers import changes

    change = show_change(tx, proposal, by)
    return {"change": change, "approval_request": changes.request(approvals.request_of(proposal))}


def show_decided(tx: Transaction, proposal: Proposal, signature: Signature, by: Member) -> Decided:
    """What a decision did: the request, the change, the signature and the records as they are now."""
    from shared.answers import changes

    change = show_change(tx, proposal, by)
    request = changes.request(approvals.request_of(proposal))
    return {
        "approval_request": request,
        "change": change,
        "signature": shown_signature(saved(signature), valid=True),
        "records": show_briefs(tx, proposal.dossiers),
    }


def show_briefs(tx: Transaction, record_ids: Iterable[UUID]) -> list[Brief]:
    """Records as a list shows them, as they are now, in the order asked."""
    asked = "x.id = any(:ids::uuid[]) order by array_position(:ids::uuid[], x.id)"
    rows = tx.rows(f"select {LISTED} as row from records x where {asked}", ids=list(record_ids))
    return [as_answer(Brief, row.row) for row in rows]


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
        raise NotFound("There is no such record, or not both of these versions.")
    kind = KINDS[rows[0].kind]
    old, new = found[earlier], found[later]
    named = files_named(kind, (old, new))
    evidence = load_evidence(tx, named, changed_files(*sides(old, new), named))
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
        raise NotFound("There is no such record.")
    kept = row.versions or []
    rows = quizzes.kept_secret([one["row"] for one in kept], quizzes.asked(row.asked))
    kind = KINDS[row.record["kind"]]
    named = files_named(kind, rows)
    evidence = load_evidence(tx, named, versions.pairs(rows, named, limit))
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


def rows_page(tx: Transaction, select: str, limit: int, cursor: str | None, **filters: object) -> tuple[list[Any], str | None, int | None]:
    """Rows newest first, at most `limit` of them and four megabytes, the cursor of the next page, and on the first page the total.

    `select` yields `id` and `row` (JSON) and ends in its where clause; the key is the id (UUIDv7: by time).
    """
    before = after_cursor(cursor, UUID) if cursor else None
    found = f"{select} and (cast(:before as uuid) is null or x.id < cast(:before as uuid)) order by x.id desc limit :limit"
    counted = f"(select count(*) from ({select} limit {MOST_COUNTED}) c)" if before is None else "null"
    columns = f"p.id, p.row, {counted} as total"
    rows = tx.rows(fitting(found, columns, "f.row::text", "f.id desc"), before=before, limit=limit + 1, **filters)
    shown, following = cut(rows, limit, lambda row: row.id, rows[0].found if rows else 0)
    total = rows[0].total if rows else 0
    return [row.row for row in shown], following, total if before is None else None


def _approved(found: Dossier) -> Dossier | None:
    """A document of which nothing is in force, as those see it who learn its approved version before its date."""
    waiting = found.waiting
    if waiting is None:
        return None
    shown = replace(found.record, status=waiting.status, version=waiting.version, title=waiting.title, content=waiting.content)
    return replace(found, record=shown)


def signatures(rows: Iterable[Mapping[str, Any]] | None) -> list[ShownSignature]:
    """Signatures as they show, each checked against what it signed (21 CFR 11.70)."""
    found = ((read(Signature, one["signature"]), _signed(one)) for one in rows or ())
    return [shown_signature(signature, valid=holds(signature, signed)) for signature, signed in found]


def _signed(one: Mapping[str, Any]) -> Mapping[str, object]:
    """What a signature signed, as it stands now: a change's frozen round, what was kept with it, else a document's version."""
    kept = one["frozen"] or one["signature"]["content"]
    if kept is not None:
        return dict(kept)
    hashes = {UUID(file_id): sha256 for file_id, sha256 in (one["hashes"] or {}).items()}
    return documents.signed_content(one["number"], read(Version, one["version"]), hashes)
