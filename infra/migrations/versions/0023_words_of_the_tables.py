"""No word for a status or a kind in the schema: triggers ask functions, and indexes ask columns; the tables of steps say the words."""

from __future__ import annotations

from importlib import import_module

from infra.constraints import write_functions
from infra.migrations.statements import run

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# What is counted stays as migration 0019 says it; each word in it becomes the function that knows the word.
tallies = import_module("infra.migrations.versions.0019_local_tallies")
ASKED = {
    "case when r.kind in ('document', 'training') then r.status = 'draft'": (
        "case when public.is_drafted(r.kind) then public.is_draft(r.kind, r.status)"
    ),
    "r.kind not in ('document', 'training') and r.status <> 'cancelled'": (
        "not public.is_drafted(r.kind) and not public.is_ended(r.kind, r.status)"
    ),
    "r.status in ('draft', 'in_approval')": "public.is_undecided(r.status)",
    "r.status in ('applied', 'discarded')": "not public.is_undecided(r.status)",
    "r.status = 'applied'": "public.is_applied(r.status)",
    "r.status <> 'cancelled'": "not public.is_cancelled_action(r.status)",
    "r.status = 'completed'": "public.is_completed_assignment(r.status)",
}
INDEXES = """
drop index versions_by_review;
drop index approval_requests_open;
create unique index approval_requests_open on approval_requests (organisation_id, change_id) where closed_at is null;
drop index approval_requests_by_expiry;
create index approval_requests_by_expiry on approval_requests (organisation_id, expires_at) where closed_at is null;
drop index assignments_open;
create unique index assignments_open on assignments (organisation_id, record_id, person_id) where closed_at is null;
drop index extensions_requested;
create unique index extensions_requested on extensions (organisation_id, coalesce(action_id, assignment_id, record_id))
    where decided_at is null;
drop index events_by_place;
create index events_by_place on records (organisation_id, type, (content ->> 'place'), id desc) where content ->> 'place' is not null;
drop index events_by_product;
create index events_by_product on records (organisation_id, type, (content ->> 'product'), id desc) where content ->> 'product' is not null;
drop index trainings_by_material;
create index trainings_by_material on records (organisation_id, (content #>> '{material,document_id}'))
    where content #>> '{material,document_id}' is not null;
drop index changes_open_of_owner;
create index changes_open_of_owner on changes (organisation_id, owner_id, id desc);
"""


def upgrade() -> None:
    """Give every trigger and index what the tables say."""
    from alembic import op

    run("set local role qfacts_owner")
    write_functions(op.get_bind())
    run(INDEXES)
    run(_asking(tallies.COUNT), rows=_asking(" union all ".join(tallies.changed(table, f"public.{table}", 1) for table in tallies.SOURCES)))
    run("reset role")
    run("grant create on schema public to qfacts_derived")
    run("set local role qfacts_derived")
    for table in tallies.SOURCES:
        new, old = tallies.changed(table, "new_rows", 1), tallies.changed(table, "old_rows", -1)
        run(
            tallies.TALLY,
            table=table,
            inserted=tallies.locked("new_rows") + _asking(tallies.summed(new)),
            updated=tallies.locked("new_rows") + _asking(tallies.summed(new, old)),
            deleted=tallies.locked("old_rows") + _asking(tallies.summed(old)),
        )
    moves = tallies.MOVE.partition("create function tally_organisations")[0].replace("create function", "create or replace function")
    run(moves, sum=_asking(tallies.summed(*(tallies.moved(table) for table in tallies.SOURCES))))
    run("reset role")
    run("revoke create on schema public from qfacts_derived")


def _asking(sql: str) -> str:
    for words, function in ASKED.items():
        sql = sql.replace(words, function)
    return sql


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
