"""Documents, their versions and their numbers, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from shared.documents import Document
from shared.errors import NotFound
from shared.io.store.rows import read, read_all
from shared.records import Record, Version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from shared.io.database import Transaction

ALIVE = "('approved', 'effective', 'suspended')"


class Documents:
    """What the steps load of documents."""

    tx: Transaction

    def number(self, prefix: str, day: date) -> str:
        """The next number of a prefix in a year, such as SOP-2026-0007: gapless, because a rolled-back draw is no draw."""
        row = self.tx.row(
            "insert into counters (organisation_id, prefix, last)"
            " values (cast(current_setting('app.organisation_id') as uuid), :prefix, 1)"
            " on conflict (organisation_id, prefix) do update set last = counters.last + 1 returning last",
            prefix=f"{prefix}-{day.year}",
        )
        assert row is not None  # noqa: S101 - an upsert always returns
        return f"{prefix}-{day.year}-{row.last:04d}"

    def document(self, document_id: UUID) -> Document:
        """One document with its living versions; raises NotFound."""
        found = self.documents([document_id])
        if document_id not in found:
            raise NotFound("There is no such document.")
        return found[document_id]

    def documents(self, document_ids: Sequence[UUID]) -> Mapping[UUID, Document]:
        """Several documents with their living versions, by id; those that aren't there are left out."""
        rows = self.tx.rows(
            "select to_jsonb(r) - 'search' as record, (select jsonb_agg(to_jsonb(v)) from versions v"
            f" where v.organisation_id = r.organisation_id and v.record_id = r.id and v.status in {ALIVE}) as versions"
            " from records r where r.kind = 'document' and r.id = any(cast(:ids as uuid[]))",
            ids=[str(one) for one in document_ids],
        )
        return {document.record.id: document for document in (assemble(row.record, row.versions) for row in rows)}

    def due_documents(self, today: date) -> list[Document]:
        """The documents whose approved version has reached its date: those of a change together, a hundred changes at a time."""
        rows = self.tx.rows(
            "select v.record_id from versions v where v.status = 'approved' and v.change_id in (select d.change_id from versions d"
            " where d.status = 'approved' and d.effective_on <= :today order by d.effective_on, d.change_id limit 100)",
            today=today,
        )
        return list(self.documents([row.record_id for row in rows]).values())


def assemble(record: Mapping[str, object], versions: list[Mapping[str, object]] | None) -> Document:
    """A document from its row and those of its living versions."""
    alive = {version.status: version for version in read_all(Version, versions)}
    return Document(read(Record, record), alive.get("effective") or alive.get("suspended"), alive.get("approved"))
