"""Who an id names, as details show it: asked for where there is somebody to name, rather than made ready in every statement."""

from __future__ import annotations

from infra.migrations.statements import APPLICATION, JOB, run

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# The tables are bound here, whatever the search path; their policies hold for whoever asks.
SHOWN = """
create function person_shown(who uuid) returns jsonb language sql stable parallel safe
begin atomic
    select jsonb_build_object('id', p.id, 'name', coalesce(m.printed_name,
        (select 'erased' from public.erasures e where e.person_id = p.id), nullif(p.name, ''), p.email))
    from public.people p left join public.members m on m.person_id = p.id where p.id = who;
end;
"""


def upgrade() -> None:
    """For those who may read the tables."""
    run("set local role qfacts_owner")
    run(SHOWN)
    run("revoke execute on function person_shown from public")
    run(f"grant execute on function person_shown to {APPLICATION}, {JOB}")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
