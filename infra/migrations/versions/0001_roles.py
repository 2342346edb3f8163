"""Who may do what in the database: the roles, none of which owns what it uses."""

from __future__ import annotations

from infra.migrations.statements import run

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Roles belong to the whole server, so another database there may have made them already.
ROLES = """
do $$
declare
    name text;
begin
    -- One migrator at a time on the whole server, whatever its database.
    foreach name in array array['qfacts_owner', 'qfacts_audit', 'qfacts_application', 'qfacts_directory',
                                'qfacts_job', 'qfacts_auditor', 'qfacts_backup'] loop
        begin
            execute format('create role %I nologin noinherit nobypassrls', name);
        exception when duplicate_object or unique_violation then
            null;
        end;
    end loop;
    begin
        create role qfacts_login login noinherit nobypassrls;
    exception when duplicate_object or unique_violation then
        null;
    end;
    -- The migrating user may be no superuser (Cloud SQL): it needs to act as the two that own things.
    execute format('grant qfacts_owner, qfacts_audit to %I with set true, inherit false', current_user);
end
$$;
"""

# What a login role gets: the three working roles to choose from, time limits, and a log that names no value.
PREPARE_LOGIN = """
create function prepare_login(login text) returns void language plpgsql as $$
declare
    setting text;
begin
    execute format('grant qfacts_application, qfacts_directory, qfacts_job to %I with set true, inherit false', login);
    foreach setting in array array[
        'statement_timeout = ''10s''', 'lock_timeout = ''5s''', 'idle_in_transaction_session_timeout = ''15s''',
        'timezone = ''UTC''', 'datestyle = ''ISO, YMD''', 'search_path = ''public''',
        'default_transaction_isolation = ''read committed'''] loop
        execute format('alter role %I set %s', login, setting);
    end loop;
    -- Values of parameters may be personal data; only a superuser may say so, and the server's own settings say it too.
    if (select rolsuper from pg_roles where rolname = current_user) then
        foreach setting in array array[
            'log_statement = ''none''', 'log_min_error_statement = ''panic''', 'log_parameter_max_length = ''0''',
            'log_parameter_max_length_on_error = ''0''', 'log_error_verbosity = ''terse'''] loop
            execute format('alter role %I set %s', login, setting);
        end loop;
    end if;
end
$$;
revoke execute on function prepare_login(text) from public;
"""

SCHEMA = """
revoke all on schema public from public;
grant usage on schema public to qfacts_owner, qfacts_audit, qfacts_application, qfacts_directory,
    qfacts_job, qfacts_auditor, qfacts_backup;
grant create on schema public to qfacts_owner;
"""


def upgrade() -> None:
    """Make the roles; the login role chooses one of three for each transaction and owns nothing."""
    run(ROLES)
    run(PREPARE_LOGIN)
    run(SCHEMA)
    run("select prepare_login('qfacts_login')")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
