"""Two organisations in one database: neither reads, writes nor points at the other's rows, whatever the SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from shared.db.server_errors import StatementFailed
from shared.db.statements import parameters
from shared.domain.kernel import errors
from shared.queries.audit_trail import REGULATED
from tests.database import APPLICATION, RECORD, acting, make_organisation

if TYPE_CHECKING:
    from shared.db.database import Database

TABLES = sorted({*REGULATED, "challenges", "counters", "audit_entries", "audit_links"})
HASH = "a" * 64
# One row in every table of an organisation.
FILL = f"""
insert into teams (organisation_id, id, name) values (:o, :team, 'QC');
insert into team_members (organisation_id, team_id, person_id) values (:o, :team, :p);
insert into invitations (organisation_id, id, email, secret_sha256, expires_at, invited_by)
    values (:o, gen_random_uuid(), 'x@demo.example', '{HASH}', now(), :p);
insert into files (organisation_id, id, filename, media_type, size, sha256, uploaded_by)
    values (:o, :file, 'a.pdf', 'application/pdf', 1, '{HASH}', :p);
insert into file_texts (organisation_id, file_id, text) values (:o, :file, 'secret');
insert into downloads (organisation_id, id, file_id, person_id) values (:o, gen_random_uuid(), :file, :p);
insert into records (organisation_id, id, kind, number, title, owner_id, status, created_by)
    values (:o, :record, 'document', 'SOP-1', 'Cleaning', :p, 'draft', :p);
insert into changes (organisation_id, id, number, title, reason, owner_id) values (:o, :change, 'CHG-1', 'New', 'New', :p);
insert into change_authors (organisation_id, change_id, person_id) values (:o, :change, :p);
insert into change_items (organisation_id, change_id, record_id, kind, base_version)
    values (:o, :change, :record, 'document', 0);
insert into change_item_files (organisation_id, change_id, record_id, file_id, field)
    values (:o, :change, :record, :file, 'file_id');
insert into rounds (organisation_id, change_id, round, frozen, content_sha256, submitted_by)
    values (:o, :change, 1, '[]', '{HASH}', :p);
insert into approval_requests (organisation_id, id, change_id, round, number, title, required, submitted_by, content_sha256,
    expires_at) values (:o, :request, :change, 1, 'CHG-1', 'New', 1, :p, '{HASH}', now());
insert into challenges (organisation_id, id, person_id, subject_kind, subject_id, meaning, content_sha256, arguments_sha256,
    ceremony_id, begun_by, expires_at)
    values (:o, :challenge, :p, 'approval_request', :request, 'approved', '{HASH}', '{HASH}', :challenge, now(), now());
insert into signatures (organisation_id, id, subject_kind, subject_id, meaning, content_sha256, person_id, printed_name,
    signed_at, local_time, time_zone, auth_time, auth_method, challenge_id, binding_sha256)
    values (:o, :signature, 'approval_request', :request, 'approved', '{HASH}', :p, 'Ann',
    now(), '', 'Etc/UTC', now(), 'password', :challenge, '{HASH}');
insert into signing_failures (organisation_id, id, person_id, cause) values (:o, gen_random_uuid(), :p, 'wrong');
insert into versions (organisation_id, record_id, version, status, title, owner_id, content, content_sha256, change_id)
    values (:o, :record, 1, 'approved', 'Cleaning', :p, '{{}}', '{HASH}', :change);
insert into version_files (organisation_id, record_id, version, file_id, field) values (:o, :record, 1, :file, 'file_id');
insert into notes (organisation_id, id, record_id, text, author_id) values (:o, :note, :record, 'Seen', :p);
insert into note_files (organisation_id, note_id, file_id) values (:o, :note, :file);
insert into contributors (organisation_id, record_id, person_id) values (:o, :record, :p);
insert into record_files (organisation_id, record_id, file_id, field) values (:o, :record, :file, 'attachments');
insert into links (organisation_id, id, from_id, type, change_id, created_by)
    values (:o, gen_random_uuid(), :record, 'changes', :change, :p);
insert into actions (organisation_id, id, change_id, key, number, kind, description, owner_id, due_on, original_due_on)
    values (:o, :action, :change, 'F1', 'CHG-1/F1', 'follow_up', 'Do', :p, current_date, current_date);
insert into action_files (organisation_id, action_id, file_id) values (:o, :action, :file);
insert into assignments (organisation_id, id, record_id, version, person_id, cause, due_on)
    values (:o, :assignment, :record, 1, :p, 'approval', current_date);
insert into quiz_attempts (organisation_id, id, assignment_id, number, questions, total)
    values (:o, gen_random_uuid(), :assignment, 1, '[]', 1);
insert into extensions (organisation_id, id, action_id, requested_by, reason, due_on_before, due_on)
    values (:o, gen_random_uuid(), :action, :p, 'Late', current_date, current_date + 1);
insert into comments (organisation_id, id, change_id, text, author_id) values (:o, gen_random_uuid(), :change, 'Why', :p);
insert into trail_reviews (organisation_id, id, from_at, to_at, finding, entries, reviewed_by, signature_id)
    values (:o, gen_random_uuid(), now(), now(), 'Nothing', 1, :p, :signature);
insert into erasures (organisation_id, id, person_id, basis, erased_by, signature_id)
    values (:o, gen_random_uuid(), :p, 'GDPR 17', :p, :signature);
insert into exports (organisation_id, id, person_id, function, arguments, status)
    values (:o, gen_random_uuid(), :p, 'export_register', '{{}}', 'waiting');
insert into register_entries (organisation_id, id, register, name, created_by) values (:o, gen_random_uuid(), 'products', 'Syringe', :p);
insert into counters (organisation_id, prefix, last) values (:o, 'SOP-2026', 1)
"""


class Two:
    """Organisations A and B with the same things in each."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.a, self.person_a = make_organisation(database, "A")
        self.b, self.person_b = make_organisation(database, "B")
        self.records = {organisation: self._fill(organisation, person) for organisation, person in self.pairs}

    @property
    def pairs(self) -> list[tuple[UUID, UUID]]:
        """Each organisation with its only person."""
        return [(self.a, self.person_a), (self.b, self.person_b)]

    def as_a(self, sql: str, /, role: str = APPLICATION, **values: object) -> list[Any]:
        """The rows that a statement gives in A."""
        with self.database.transaction(role=role, settings=acting(self.a, self.person_a)) as tx:
            return tx.rows(sql, **values)

    def _fill(self, o: UUID, p: UUID) -> UUID:
        names = ("record", "team", "file", "change", "note", "request", "challenge", "signature", "action", "assignment")
        ids = {name: uuid4() for name in names}
        values: dict[str, Any] = {"o": o, "p": p, **ids}
        with self.database.transaction(role=APPLICATION, settings=acting(o, p)) as tx:
            for sql in FILL.split(";"):
                tx.rows(sql, **{name: value for name, value in values.items() if name in parameters(sql)[1]})
        return ids["record"]


@pytest.fixture
def two(database: Database) -> Two:
    return Two(database)


@pytest.mark.clause("11.10(d)")
@pytest.mark.parametrize("role", [APPLICATION, "qfacts_job"])
@pytest.mark.parametrize("table", TABLES)
def test_only_ones_own_rows_are_there(two: Two, superuser: Any, table: str, role: str) -> None:
    column = {"organisations": "id", "people": "id", "audit_links": "chain", "audit_entries": "chain"}.get(table, "organisation_id")
    everything = superuser.run(f"select count(*), count(distinct {column}) from {table}")[0]
    own = two.as_a(f"select {column} as owner from {table}", role=role)
    if (table, role) == ("organisations", "qfacts_job"):
        assert len(own) == 2  # jobs go from organisation to organisation
        return
    assert len(own) * 2 == everything[0] > 0
    assert {row.owner for row in own} <= {two.a, two.person_a}


@pytest.mark.clause("11.10(d)")
@pytest.mark.parametrize("table", TABLES)
def test_without_an_organisation_nothing_is_there(two: Two, table: str) -> None:
    for settings in (acting(), {}, acting(two.b, None) | {"app.organisation_id": ""}):
        with two.database.transaction(role=APPLICATION, settings=settings) as tx:
            assert tx.rows(f"select 1 from {table} limit 1") == []


def test_nothing_is_written_into_another_organisation(two: Two) -> None:
    with pytest.raises(StatementFailed, match="42501"):
        two.as_a("insert into teams (organisation_id, id, name) values (:b, :id, 'Mine')", b=two.b, id=uuid4())
    with pytest.raises(StatementFailed, match="42501"):
        two.as_a(RECORD, o=two.b, id=uuid4(), p=two.person_b, number="SOP-9", content={})
    with pytest.raises(StatementFailed, match="42501"):
        two.as_a("update teams set organisation_id = :b", b=two.b)


def test_another_organisations_rows_are_not_updated(two: Two) -> None:
    assert two.as_a("update records set title = 'Mine' where id = :id returning id", id=two.records[two.b]) == []
    assert two.as_a("delete from team_members where person_id = :p returning person_id", p=two.person_b) == []
    assert two.as_a("select 1 from records where id = :id for update", id=two.records[two.b]) == []


def test_nothing_points_at_another_organisations_row(two: Two) -> None:
    with pytest.raises(errors.Conflict, match="isn't a member"):
        two.as_a("update records set owner_id = :p", p=two.person_b)
    with pytest.raises(errors.Conflict):
        two.as_a(
            "insert into notes (organisation_id, id, record_id, text, author_id) values (:a, :id, :record, 'x', :p)",
            a=two.a,
            id=uuid4(),
            record=two.records[two.b],
            p=two.person_a,
        )


def test_an_organisation_may_use_the_numbers_and_ids_of_another(two: Two) -> None:
    two.as_a("insert into teams (organisation_id, id, name) select :a::uuid, :id::uuid, 'B''s id'", a=two.a, id=two.records[two.b])
    assert two.as_a("select number from records")[0].number == "SOP-1"


def test_a_person_sees_their_own_memberships_and_invitations_only(two: Two) -> None:
    with two.database.transaction(role="qfacts_directory", settings=acting(None, two.person_a)) as tx:
        assert [row.organisation_id for row in tx.rows("select organisation_id from members")] == [two.a]
        assert [row.name for row in tx.rows("select name from organisations")] == ["A"]
        assert [row.id for row in tx.rows("select id from people")] == [two.person_a]
        assert tx.rows("select 1 from invitations") == []
        tx.rows("update people set email = 'X@demo.example' where id = :id", id=two.person_a)
        assert len(tx.rows("select 1 from invitations")) == 2
    for table in ("records", "audit_entries", "mails", "signatures"):
        with pytest.raises(StatementFailed, match="42501"), two.database.transaction(role="qfacts_directory") as tx:
            tx.rows(f"select 1 from {table}")


def test_nobody_writes_another_persons_row(two: Two) -> None:
    for role in (APPLICATION, "qfacts_directory"):
        assert two.as_a("update people set name = 'Eve' where id <> :me returning id", role=role, me=two.person_a) == []
        with pytest.raises(StatementFailed, match="42501"):
            two.as_a("insert into people (id, email, name) values (:id, 'e@demo.example', 'Eve')", role=role, id=uuid4())


def test_a_sign_in_finds_its_own_person_before_the_id_is_known(two: Two) -> None:
    who = acting() | {"app.identity_uid": "uid-1"}
    with two.database.transaction(role="qfacts_directory", settings=acting(None, made := uuid4())) as tx:
        tx.rows("insert into people (id, identity_uid, email, name) values (:id, 'uid-1', 'c@demo.example', 'Cy')", id=made)
    with two.database.transaction(role="qfacts_directory", settings=who) as tx:
        assert [row.id for row in tx.rows("select id from people")] == [made]


def test_mail_is_queued_but_never_read(two: Two) -> None:
    sql = "insert into mails (id, organisation_id, to_email, language, template) values (:id, :o, 'a@demo.example', 'en', 'invitation')"
    two.as_a(sql, id=uuid4(), o=two.a)
    two.as_a(sql, id=uuid4(), o=None)
    with pytest.raises(StatementFailed, match="42501"):
        two.as_a(sql, id=uuid4(), o=two.b)
    with pytest.raises(StatementFailed, match="42501"):
        two.as_a("select 1 from mails")
    assert len(two.as_a("select 1 from mails", role="qfacts_job")) == 2


def test_answers_kept_for_retries_are_the_persons_own(two: Two) -> None:
    sql = "insert into idempotency_keys (person_id, scope, function, key, request_sha256) values (:p, :o, 'f', 'k', repeat('a', 64))"
    two.as_a(sql, p=two.person_a, o=two.a)
    with pytest.raises(StatementFailed, match="42501"):
        two.as_a(sql, p=two.person_b, o=two.b)
    with two.database.transaction(role=APPLICATION, settings=acting(two.a, two.person_b)) as tx:
        assert tx.rows("select 1 from idempotency_keys") == []


def test_used_sign_ins_are_the_persons_own_and_hold_in_every_organisation(two: Two) -> None:
    sql = "insert into used_sign_ins (person_id, auth_time, ceremony_id) values (:p, '2030-01-01', gen_random_uuid())"
    two.as_a(sql, p=two.person_a)
    with pytest.raises(StatementFailed, match="42501"):
        two.as_a(sql, p=two.person_b)
    with two.database.transaction(role=APPLICATION, settings=acting(two.a, two.person_b)) as tx:
        assert tx.rows("select 1 from used_sign_ins") == []
    with two.database.transaction(role=APPLICATION, settings=acting(two.b, two.person_a)) as tx:
        assert len(tx.rows("select 1 from used_sign_ins")) == 1


@pytest.mark.parametrize("role", ["qfacts_owner", "qfacts_audit", "qfacts_auditor", "qfacts_backup", "postgres"])
def test_the_login_can_take_no_other_role(database: Database, role: str) -> None:
    with pytest.raises(StatementFailed, match="42501"), database.transaction(role=role):
        pass


def test_the_auditor_and_the_backup_read_and_write_nothing_else(two: Two, superuser: Any) -> None:
    for role, readable in (("qfacts_auditor", ["audit_entries", "audit_links"]), ("qfacts_backup", [*TABLES, "mails", "job_runs"])):
        superuser.run(f"set role {role}")
        for table in readable:
            superuser.run(f"select count(*) from {table}")
        for sql in ("update records set title = 'x'", "delete from teams", "insert into counters values (gen_random_uuid(), 'x', 1)"):
            with pytest.raises(Exception, match="permission denied"):
                superuser.run(sql)
        superuser.run("reset role")
    superuser.run("set role qfacts_backup")
    assert superuser.run("select count(*) from records") == [[2]]
    superuser.run("reset role")


QUEUE = "insert into mails (id, to_email, language, template) values (:id, 'a@demo.example', 'en', :template)"


@pytest.mark.parametrize("told", ["password_reset", "address_verification"])
def test_who_isnt_signed_in_queues_mail_about_an_account(two: Two, superuser: Any, told: str) -> None:
    with two.database.transaction(role="qfacts_directory") as tx:
        tx.rows(QUEUE, id=uuid4(), template=told)
    assert superuser.run("select organisation_id, facts, status from mails where template = :t", t=told) == [[None, {}, "queued"]]


@pytest.mark.parametrize("told", ["invitation", "work_waiting", "reminder_digest"])
def test_who_isnt_signed_in_queues_no_other_mail(two: Two, told: str) -> None:
    with pytest.raises(StatementFailed, match="42501"), two.database.transaction(role="qfacts_directory") as tx:
        tx.rows(QUEUE, id=uuid4(), template=told)
