"""Who wrote a row last, and when, as the audit trail tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from shared.db.tables import table_of
from shared.domain.people.people import Person
from shared.queries.names import person, utc_time

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

# The system itself is nobody.
WRITER: Final = "case when e.actor like 'person:%' then substr(e.actor, 8)::uuid end"
LAST: Final = f"""
select {person("e.writer")} as changed_by, {utc_time("e.at")} as changed_at
from (
    select e.at, {WRITER} as writer
    from audit_entries e
    where e.chain = :organisation::uuid and e.table_name = :table and e.row_key = :key
    order by e.id desc
    limit 1
) e
"""


def last_writer(tx: Transaction, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of any table
    """`changed_by` (id and name; null where the system did it) and `changed_at` of a row; both null where its table has no trail."""
    if isinstance(row, Person):  # it belongs to no organisation, and the person alone writes it
        return {"changed_by": None, "changed_at": None}
    kind: type = type(row)
    table = table_of(kind)
    key = ":".join(str(getattr(row, column)) for column in table.key if column != "organisation_id")
    found = tx.row(LAST, organisation=tx.organisation.id, table=table.name, key=key)
    return {"changed_by": found.changed_by if found else None, "changed_at": found.changed_at if found else None}
