"""A sign-in signs one ceremony: it is told by its own time, used once, and the signature covers what the step was told (21 CFR 11.200)."""

from __future__ import annotations

from infra.migrations.statements import PERSON, grant, run

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# A challenge begun before this migration was begun by a sign-in of unknown time: it has to be begun anew, which takes a second.
CHALLENGES = """
alter table challenges add column ceremony_id uuid;
alter table challenges add column arguments_sha256 text not null default repeat('0', 64) check (arguments_sha256 ~ '^[0-9a-f]{64}$');
alter table challenges add column begun_by timestamptz not null default 'infinity';
alter table challenges alter column arguments_sha256 drop default;
alter table challenges alter column begun_by drop default;
alter table challenges drop column token_sha256;
create index challenges_of_ceremony on challenges (organisation_id, ceremony_id);
alter table signatures add column arguments jsonb;
"""
# A person's, not an organisation's: a sign-in that signed for one organisation signs for no other.
SIGN_INS = """
create table used_sign_ins (
    person_id uuid not null references people (id),
    auth_time timestamptz not null,
    ceremony_id uuid not null,
    primary key (person_id, auth_time)
);
create index used_sign_ins_by_age on used_sign_ins (auth_time);
alter table used_sign_ins enable row level security;
alter table used_sign_ins force row level security;
create policy own on used_sign_ins for all to qfacts_application using (person_id = <person>) with check (person_id = <person>);
create policy backup on used_sign_ins for select to qfacts_backup using (true);
create policy purged on used_sign_ins for all to qfacts_job using (true) with check (false);
grant select on used_sign_ins to qfacts_backup;
grant delete on used_sign_ins to qfacts_job;
grant select on used_sign_ins to qfacts_job;
"""
# An address counts once its owner proved it (those so far did, by an invitation or by use).
# A sign-in counts if its token was issued after `not_before`.
PEOPLE = """
alter table people add column email_proven boolean not null default true;
alter table people alter column email_proven set default false;
alter table people add column not_before timestamptz;
drop policy own on invitations;
create policy own on invitations for select to qfacts_directory
    using (lower(email) = (select lower(p.email) from people p where p.id = <person> and p.email_proven));
"""


def upgrade() -> None:
    """Tell sign-ins by their time and use each once."""
    run("set local role qfacts_owner")
    run(CHALLENGES)
    run(SIGN_INS, person=PERSON)
    run(PEOPLE, person=PERSON)
    grant("used_sign_ins", "select, insert, update (ceremony_id)", "qfacts_application")
    grant("people", "insert, update (email_proven, not_before)", "qfacts_application", "qfacts_directory")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
