"""What ends: workings that nobody needs any more, files that came to nothing, and the contact data of people who left (GDPR 17)."""

from __future__ import annotations

from infra.migrations.statements import run

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Only what no inspector reads is deleted. A challenge that a signature names stays: the reference itself refuses.
PURGING = """
alter table invitations alter column secret_sha256 drop not null;
grant update (secret_sha256) on invitations to qfacts_job;
grant delete on challenges, mails, job_runs, idempotency_keys to qfacts_job;
grant select (person_id, scope, function, key, created_at) on idempotency_keys to qfacts_job;
create policy purged on idempotency_keys for all to qfacts_job using (true) with check (false);
create index challenges_by_age on challenges (organisation_id, expires_at);
create index mails_by_sending on mails (sent_at) where status = 'sent';
create index job_runs_by_end on job_runs (finished_at);
"""

# For everybody, the tables' owner included: a record goes neither while it lives, nor before its years are over, nor under legal hold.
RETENTION = """
create function refuse_early_deletion() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    settings jsonb := (select o.settings from public.organisations o where o.id = old.organisation_id);
    years integer := coalesce((settings -> 'retention_years' ->> old.kind)::integer, 10);
begin
    if settings is null or coalesce((settings ->> 'legal_hold')::boolean, false) then
        raise exception 'DELETE of records is refused: a legal hold keeps everything.' using errcode = 'QF002';
    end if;
    if old.closed_at is null or old.closed_at > now() - make_interval(years => years) then
        raise exception 'DELETE of records is refused: it is kept for % years after its end.', years using errcode = 'QF002';
    end if;
    return old;
end
$$;
create trigger refuse_early_deletion before delete on records for each row execute function refuse_early_deletion();
"""


def upgrade() -> None:
    """Let the jobs delete what is over, and nobody what must be kept."""
    run("set local role qfacts_owner")
    run(PURGING + RETENTION)
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
