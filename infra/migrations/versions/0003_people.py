"""Organisations, the people in them, their teams and invitations."""

from __future__ import annotations

from infra.migrations.statements import ORGANISATION, PERSON, PLAIN_ORGANISATION, audit, grant, isolate, run

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
create table organisations (
    id uuid primary key,
    name text not null check (length(btrim(name)) between 1 and 200),
    time_zone text not null default 'Etc/UTC' check (length(time_zone) between 1 and 64),
    language text not null default 'en' check (length(language) between 2 and 35),
    settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create table people (
    id uuid primary key,
    identity_uid text unique check (length(identity_uid) between 1 and 128),
    email text check (length(email) between 3 and 320),
    name text check (length(btrim(name)) between 0 and 200),
    language text not null default 'en' check (length(language) between 2 and 35),
    time_zone text not null default 'Etc/UTC' check (length(time_zone) between 1 and 64),
    salt uuid default gen_random_uuid(),
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create table members (
    organisation_id uuid not null references organisations (id),
    person_id uuid not null references people (id),
    role text check (role in ('operator', 'action_owner', 'qa', 'inspector')),
    admin boolean not null default false,
    status text not null default 'active' check (status in ('active', 'deactivated')),
    role_until date,
    printed_name text check (length(btrim(printed_name)) between 1 and 200),
    policy_accepted_at timestamptz,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (organisation_id, person_id)
);
create index members_of_person on members (person_id, organisation_id);
create index members_by_status on members (organisation_id, status, person_id);
create index members_by_role on members (organisation_id, role, person_id);
create table teams (
    organisation_id uuid not null references organisations (id),
    id uuid not null,
    name text not null check (length(btrim(name)) between 1 and 200),
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (organisation_id, id),
    constraint teams_name unique (organisation_id, name)
);
create table team_members (
    organisation_id uuid not null,
    team_id uuid not null,
    person_id uuid not null,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    primary key (organisation_id, team_id, person_id),
    constraint team_members_team foreign key (organisation_id, team_id) references teams (organisation_id, id),
    constraint team_members_person foreign key (organisation_id, person_id) references members (organisation_id, person_id)
);
create index team_members_of_person on team_members (organisation_id, person_id, team_id);
create table invitations (
    organisation_id uuid not null references organisations (id),
    id uuid not null,
    email text check (length(email) between 3 and 320),
    salt uuid default gen_random_uuid(),
    role text check (role in ('operator', 'action_owner', 'qa', 'inspector')),
    admin boolean not null default false,
    team_ids uuid[] not null default '{}',
    role_until date,
    secret_sha256 text not null check (secret_sha256 ~ '^[0-9a-f]{64}$'),
    status text not null default 'open' check (status in ('open', 'accepted', 'revoked')),
    expires_at timestamptz not null,
    invited_by uuid not null,
    accepted_by uuid,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (organisation_id, id),
    constraint invitations_secret unique (organisation_id, secret_sha256),
    constraint invitations_invited_by foreign key (organisation_id, invited_by) references members (organisation_id, person_id),
    constraint invitations_accepted_by foreign key (organisation_id, accepted_by) references members (organisation_id, person_id)
);
create index invitations_by_status on invitations (organisation_id, status, id desc);
create index invitations_by_email on invitations (lower(email));
"""

# Nobody's organisation: a person is seen by themselves and by those who share an organisation with them.
PEOPLE = """
alter table people enable row level security;
alter table people force row level security;
create policy backup on people for select to qfacts_backup using (true);
create policy seen on people for select to qfacts_application, qfacts_job using (id = <person>
    or exists (select from members m where m.organisation_id = <organisation> and m.person_id = people.id));
create policy made on people for insert to qfacts_application with check (id = <person>);
create policy kept on people for update to qfacts_application using (id = <person>) with check (id = <person>);
create policy own on people for select to qfacts_directory using (id = <person>
    or identity_uid = (select nullif(current_setting('app.identity_uid', true), '')));
create policy own_made on people for insert to qfacts_directory with check (id = <person>);
create policy own_kept on people for update to qfacts_directory using (id = <person>) with check (id = <person>);
grant select on people to qfacts_application, qfacts_job, qfacts_directory, qfacts_backup;
grant insert, update (email, name, language, time_zone, revision, updated_at) on people to qfacts_application, qfacts_directory;
"""

# Before an organisation is chosen, a person sees their own memberships and the invitations to their own address.
DIRECTORY = """
create policy own on members for select to qfacts_directory using (person_id = <person>);
create policy own on organisations for select to qfacts_directory
    using (exists (select from members m where m.organisation_id = organisations.id and m.person_id = <person>));
create policy own on invitations for select to qfacts_directory
    using (lower(email) = (select lower(p.email) from people p where p.id = <person>));
create policy every_organisation on organisations for select to qfacts_job using (true);
grant select on members, organisations, invitations to qfacts_directory;
"""

# A chain is an organisation's, or that of a person who has rows of no organisation; ids are never shared.
TRAIL = """
create policy organisation on <table> for select to qfacts_application, qfacts_job using (chain = <organisation>);
create policy own on <table> for select to qfacts_application, qfacts_job using (chain = <person>);
create policy members on <table> for select to qfacts_application, qfacts_job
    using (chain in (select m.person_id from members m where m.organisation_id = <plain>));
"""


def upgrade() -> None:
    """Make the tables that say who may enter."""
    run("set local role qfacts_owner")
    run(TABLES)
    isolate("organisations", column="id")
    isolate("members", organisation=PLAIN_ORGANISATION)
    for table in ("teams", "team_members", "invitations"):
        isolate(table)
    for policies in (PEOPLE, DIRECTORY):
        run(policies, organisation=ORGANISATION, person=PERSON)
    for table in ("audit_entries", "audit_links"):
        run(TRAIL, table=table, organisation=ORGANISATION, plain=PLAIN_ORGANISATION, person=PERSON)
    grant("organisations", "select, insert, update (name, time_zone, language, settings, revision, updated_at)")
    grant(
        "members",
        "select, insert, update (role, admin, status, role_until, printed_name, policy_accepted_at, revision, updated_at)",
    )
    grant("teams", "select, insert, update (name, revision, updated_at)")
    grant("team_members", "select, insert, delete")
    grant("invitations", "select, insert, update (status, accepted_by, revision, updated_at)")
    audit("organisations", "id", "id")
    audit("people", "id", "id")
    audit("members", "person_id", "person_id")
    audit("teams", "id", "id")
    audit("team_members", "team_id", "team_id", "person_id")
    audit("invitations", "id", "id")
    run("reset role")


def downgrade() -> None:
    """Records are never taken back: a mistake is mended by a further migration."""
    raise NotImplementedError
