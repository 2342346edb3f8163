"""Changes and their approval requests, in the database: each loaded in one statement with everything that deciding needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared import approvals
from shared.changes import Change, Proposal
from shared.documents import Document
from shared.errors import NotFound
from shared.files import File
from shared.io.store.documents import ALIVE, Documents, assemble
from shared.io.store.rows import read, read_all
from shared.items import Item
from shared.signatures import Signature

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from shared.io.database import Transaction
    from shared.items import Given
    from shared.organisations import Organisation

QA = (
    "(select jsonb_agg(m.person_id) from members m where m.role = 'qa' and m.status = 'active'"
    " and (m.role_until is null or m.role_until >= :today))"
)
PROPOSAL = f"""
select to_jsonb(c) as change,
  (select jsonb_agg(to_jsonb(i) order by i.position) from change_items i where i.change_id = c.id) as items,
  (select jsonb_agg(a.person_id) from change_authors a where a.change_id = c.id) as authors,
  (select jsonb_agg(jsonb_build_object('record', to_jsonb(r) - 'search', 'versions', (select jsonb_agg(to_jsonb(v)) from versions v
      where v.organisation_id = r.organisation_id and v.record_id = r.id and v.status in {ALIVE})))
    from change_items i join records r on r.organisation_id = i.organisation_id and r.id = i.record_id where i.change_id = c.id) as documents,
  (select jsonb_agg(to_jsonb(f)) from files f where f.id in (select x.file_id from change_item_files x where x.change_id = c.id
    union select y.file_id from version_files y join change_items i on i.organisation_id = y.organisation_id and i.record_id = y.record_id
      where i.change_id = c.id)) as files,
  (select jsonb_object_agg(i.record_id, oc.number) from change_items i
    join change_items o on o.organisation_id = i.organisation_id and o.record_id = i.record_id and o.in_approval and o.change_id <> c.id
    join changes oc on oc.organisation_id = o.organisation_id and oc.id = o.change_id where i.change_id = c.id) as busy,
  (select to_jsonb(q) from approval_requests q where q.change_id = c.id order by q.round desc limit 1) as request,
  (select jsonb_agg(to_jsonb(s) order by s.signed_at) from signatures s where s.change_id = c.id and s.round = c.round) as signatures,
  {QA} as qa
from changes c where
"""


class Changes(Documents):
    """What the steps load of changes."""

    tx: Transaction
    organisation: Organisation
    today: date

    def proposal(self, change_id: UUID) -> Proposal:
        """One change with everything that deciding about it needs; raises NotFound."""
        found = self.proposals([change_id])
        if not found:
            raise NotFound("There is no such change.")
        return found[0]

    def proposals(self, change_ids: Sequence[UUID]) -> list[Proposal]:
        """Several of them; those that aren't there are left out."""
        ids = [str(one) for one in change_ids]
        rows = self.tx.rows(f"{PROPOSAL} c.id = any(cast(:ids as uuid[])) order by c.id", ids=ids, today=self.today)
        return [self._proposal(row) for row in rows]

    def proposal_of_request(self, request_id: UUID) -> Proposal:
        """The change that an approval request is about, with that request as its own; raises NotFound."""
        row = self.tx.row(
            f"{PROPOSAL} c.id = (select q.change_id from approval_requests q where q.id = :id)", id=request_id, today=self.today
        )
        if row is None:
            raise NotFound("There is no such approval request.")
        proposal = self._proposal(row)
        if proposal.request is not None and proposal.request.id == request_id:
            return proposal
        former = self.tx.row("select to_jsonb(q) as request from approval_requests q where q.id = :id", id=request_id)
        return replace(proposal, request=read(approvals.Request, former.request if former else None), signatures=())

    def open_proposals(self) -> list[Proposal]:
        """Every change that waits for a decision."""
        rows = self.tx.rows(
            "select q.change_id from approval_requests q where q.status = 'open' order by q.expires_at, q.change_id limit 1000"
        )
        return self.proposals([row.change_id for row in rows]) if rows else []

    def change_title(self, given: Sequence[Given]) -> str:
        """What a change is called until somebody says otherwise: the record that it is about, or how many."""
        found = self.documents([one.record_id for one in given[:1]])
        first = next((f"{one.record.number} {one.record.title}"[:280] for one in found.values()), "Change")
        return first if len(given) < 2 else f"{first} (+{len(given) - 1})"

    def _proposal(self, row: Any) -> Proposal:  # noqa: ANN401 - its columns are the statement's
        documents: dict[UUID, Document] = {}
        for one in row.documents or ():
            document = assemble(one["record"], one["versions"])
            documents[document.record.id] = document
        request = read(approvals.Request, row.request) if row.request else None
        items = read_all(Item, row.items)
        qa = frozenset(UUID(one) for one in row.qa or ())
        policy = approvals.policy(self.organisation, (item.kind for item in items), qa, self.today)
        change = read(Change, row.change)
        if request is not None and change.status == "in_approval":
            policy = approvals.frozen(policy, request)
        return Proposal(
            change, items, frozenset(UUID(one) for one in row.authors or ()), documents, {file.id: file for file in read_all(File, row.files)},
            {UUID(record): number for record, number in (row.busy or {}).items()}, policy, self.today, request, read_all(Signature, row.signatures),
        )  # fmt: skip
