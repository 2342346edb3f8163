"""Records with everything that their steps look at, and their numbers, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.db.rows import read, read_all
from shared.db.sql import sql
from shared.domain.capa.actions import Action
from shared.domain.documents import documents
from shared.domain.kernel.canonical import sha256
from shared.domain.kernel.content import Content, merge
from shared.domain.kernel.errors import NotFound
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.records.dossiers import Dossier, Related
from shared.domain.records.kinds import KINDS
from shared.domain.records.links import End
from shared.domain.records.records import Record, Version
from shared.domain.signing.signatures import Signable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from shared.db.transaction import Transaction

DOSSIER = sql("dossier")

DUE = sql("due_documents")
ENDS = sql("link_ends")


def draw_number(tx: Transaction, prefix: str, day: date) -> str:
    """The next number of a prefix in a year, such as SOP-2026-0007: gapless, because a rolled-back draw is no draw."""
    row = tx.row(
        "insert into counters (organisation_id, prefix, last)"
        " values (cast(current_setting('app.organisation_id') as uuid), :prefix, 1)"
        " on conflict (organisation_id, prefix) do update set last = counters.last + 1 returning last",
        prefix=f"{prefix}-{day.year}",
    )
    assert row is not None  # noqa: S101 - an upsert always returns
    return f"{prefix}-{day.year}-{row.last:04d}"


def load_dossier(tx: Transaction, record_id: UUID, kind: str | None = None) -> Dossier:
    """One record, of the `kind` where it is given; raises NotFound."""
    found = load_dossiers(tx, [record_id]).get(record_id)
    if found is None or kind not in (None, found.record.kind):
        noun = "record" if kind is None else KINDS[kind].workflow.noun
        raise NotFound(Sentence("no_such_thing", "There is no such {thing}.", thing=Term(noun)))
    return found


def load_dossiers(tx: Transaction, record_ids: Sequence[UUID]) -> Mapping[UUID, Dossier]:
    """Several records by id; those that aren't there are left out."""
    rows = tx.rows(
        f"select {DOSSIER} as dossier from records r where r.id = any(cast(:ids as uuid[]))", ids=[str(one) for one in record_ids]
    )
    return {found.record.id: found for found in (assemble(row.dossier) for row in rows)}


def load_due_documents(tx: Transaction, today: date) -> list[Dossier]:
    """The documents whose approved version has reached its date: those of a change together, a hundred changes at a time."""
    rows = tx.rows(DUE, today=today)
    return list(load_dossiers(tx, [row.record_id for row in rows]).values())


def load_ends(tx: Transaction, *ids: UUID) -> dict[UUID, End]:
    """Records and changes by id, as ends of a link; those that aren't there are left out."""
    rows = tx.rows(ENDS, ids=[str(one) for one in ids])
    return {row.id: End(row.id, row.kind, row.number, row.status) for row in rows}


def signable_record(tx: Transaction, found: Dossier, step: str, told: Content) -> Signable:
    """What a signature under a record signs: the version that the step is about, or the working content and status that result from it."""
    record, kind = found.record, KINDS[found.record.kind]
    version = documents.signed_version(found, step) if record.kind == "document" else None
    judged = {name: value for name, value in told.items() if name in kind.content.types}
    given = merge(record.content, judged) if version is None else version.content
    rows = tx.rows(
        "select f.id, f.sha256 from files f where f.id = any(cast(:ids as uuid[]))",
        ids=[str(file_id) for _, file_id in kind.content.files("", given)],
    )
    hashes = {row.id: row.sha256 for row in rows}
    if version is not None:
        signed = documents.signed_content(record.number, version, hashes)
        return Signable(record.kind, record.id, sha256(signed), version.version, None, record.id, version.version)
    kept = {
        "organisation_id": record.organisation_id,
        "record_id": record.id,
        "number": record.number,
        "kind": record.kind,
        "version": record.latest_version,
        "status": kind.workflow[step].target_from(record.status),
        "title": record.title,
        "content": given,
        "actions": [[action.number, action.status, action.owner_id, action.due_on] for action in found.actions],
        "files": sorted(hashes.values()),
    }
    return Signable(record.kind, record.id, sha256(kept), record.latest_version, None, record.id, record.latest_version, content=kept)


def assemble(row: Mapping[str, Any]) -> Dossier:
    """A dossier from the JSON of `DOSSIER`."""
    record, versions = read(Record, row["record"]), read_all(Version, row["versions"])
    current, waiting = KINDS[record.kind].living(versions)
    related = tuple(Related(**{**one, "id": UUID(one["id"])}) for one in row["related"] or ())
    people, authors = (frozenset(UUID(one) for one in row[name] or ()) for name in ("contributors", "authors"))
    held = row["in_approval"] or {}
    in_approval, approved_in = (
        held.get("number") if held.get("approved", not approved) is approved else None for approved in (False, True)
    )
    return Dossier(record, current, waiting, people, related, read_all(Action, row["actions"]), in_approval, approved_in, authors)
