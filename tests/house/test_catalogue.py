"""The house's rules about tables, read from PostgreSQL's own catalogue: a table that breaks one can't be merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shared.queries.audit_trail import REGULATED
from tests.database import copy_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.database import Server

    Ask = Callable[..., list[list[Any]]]

# What no inspector reads, so what the trail doesn't tell of.
NOT_REGULATED = {
    *("file_texts", "challenges", "counters", "mails", "mail_suppressions", "reminder_days"),
    *("audit_entries", "audit_links", "seals", "erased_accounts", "blob_deletions"),
    *("tallies", "usage_facts", "usage_releases"),
    *("idempotency_keys", "used_sign_ins", "job_runs", "alembic_version"),
    *("quotas", "quota_salts"),
}
# People have no organisation and reach theirs through members, as do addresses; a mail may belong to none.
OF_NO_ORGANISATION = {
    "people",
    "mails",
    "mail_suppressions",
    "idempotency_keys",
    "used_sign_ins",
    "job_runs",
    "alembic_version",
    "organisations",
    "usage_releases",
}
WORKING_ROLES = (
    "qfacts_application",
    "qfacts_directory",
    "qfacts_job",
    "qfacts_login",
    "qfacts_auditor",
    "qfacts_backup",
    "qfacts_usage",
    "qfacts_due",
)
# Who did it, for the record: nobody is ever deleted, and nothing is listed by these.
NEVER_FOLLOWED = {
    "files": {"uploaded_by"},
    "downloads": {"person_id"},
    "records": {"created_by"},
    "notes": {"author_id"},
    "rounds": {"submitted_by"},
    "approval_requests": {"submitted_by"},
    "signatures": {"person_id", "on_behalf_of"},
    "challenges": {"person_id"},
    "invitations": {"invited_by", "accepted_by"},
    "change_items": {"owner_id", "team_id"},
    "versions": {"team_id"},
    "mails": {"organisation_id"},
    "links": {"created_by"},
    "assignments": {"assigned_by"},
    "actions": {"completed_by", "verified_by"},
    "extensions": {"requested_by", "decided_by"},
    "comments": {"author_id", "resolved_by"},
}
TENANT = "NULLIF(current_setting('app.organisation_id'::text, true), ''::text))::uuid"


@pytest.fixture(scope="module")
def ask(server: Server, template: str) -> Iterator[Ask]:
    with copy_of(server, template) as name:
        connection = server.connect(name)
        yield connection.run
        connection.close()


@pytest.fixture(scope="module")
def tables(ask: Ask) -> set[str]:
    return {row[0] for row in ask("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")}


@pytest.fixture(scope="module")
def of_an_organisation(ask: Ask) -> set[str]:
    return {
        row[0]
        for row in ask(
            "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organisation_id'"
            " where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace"
        )
    }


def test_every_table_with_an_organisation_has_forced_row_level_security(ask: Ask, of_an_organisation: set[str]) -> None:
    secured = {row[0] for row in ask("select relname from pg_class where relrowsecurity and relforcerowsecurity")}
    assert of_an_organisation - secured == set()
    assert {"organisations", "people", "idempotency_keys", "used_sign_ins", "job_runs", "audit_links"} - secured == set()


def test_every_policy_of_the_product_names_the_organisation_both_ways(ask: Ask, of_an_organisation: set[str]) -> None:
    policies = ask(
        "select tablename, policyname, cmd, qual, with_check from pg_policies"
        " where 'qfacts_application' = any(roles) and schemaname = 'public'"
    )
    assert {row[0] for row in policies} >= of_an_organisation | {"organisations", "people"}
    for table, name, command, using, check in policies:
        if table in OF_NO_ORGANISATION - {"organisations"}:
            continue
        if table in {"audit_entries", "audit_links"}:
            assert (command, check) == ("SELECT", None), f"{table}.{name}"
            assert TENANT in using or "app.person_id" in using
            continue
        assert command == "ALL", f"{table}.{name}"
        for condition in (using, check):
            assert TENANT in condition, f"{table}.{name}: {condition}"
            assert "SELECT" in condition or table == "members", f"{table}.{name}: the setting isn't computed once a statement"
            assert " OR " not in condition, f"{table}.{name}: {condition}"


def test_no_policy_is_for_everybody(ask: Ask) -> None:
    assert ask("select tablename, policyname from pg_policies where roles = '{public}'") == []


def test_what_each_special_role_may_read_is_named(ask: Ask) -> None:
    found = {(row[0], row[1]) for row in ask("select r, tablename from pg_policies, unnest(roles) r where schemaname = 'public'")}
    assert {table for role, table in found if role == "qfacts_directory"} == {
        "members",
        "organisations",
        "people",
        "invitations",
        "idempotency_keys",
    }
    assert {table for role, table in found if role == "qfacts_due"} == {
        "organisations",
        "members",
        "versions",
        "approval_requests",
        "assignments",
        "reminder_days",
        "seals",
        "audit_links",
    }
    assert {table for role, table in found if role == "qfacts_quotas"} == {"quotas", "quota_salts"}
    assert {table for role, table in found if role == "qfacts_auditor"} == {"audit_entries", "audit_links"}
    readable = {row[0] for row in ask("select tablename from pg_policies where 'qfacts_backup' = any(roles) and cmd <> 'SELECT'")}
    assert readable == set()


@pytest.mark.parametrize("role", ["qfacts_application", "qfacts_job"])
def test_what_is_an_organisations_is_guarded_by_one_policy_a_role(ask: Ask, of_an_organisation: set[str], role: str) -> None:
    """Two would be joined by OR, and then no index finds one organisation's rows: the time of every request grows with the product.

    Of the trail one also reads one's own entries; both conditions have an index there.
    """
    counted = ask(
        "select tablename, count(*) from pg_policies, unnest(case cmd when 'ALL' then array['SELECT', 'INSERT', 'UPDATE', 'DELETE']"
        " else array[cmd] end) c where :role = any(roles) and schemaname = 'public' group by tablename, c having count(*) > 1",
        role=role,
    )
    assert {row[0] for row in counted} & of_an_organisation == {"audit_entries"}


def test_every_unique_key_of_an_organisations_table_is_led_by_it(ask: Ask, of_an_organisation: set[str]) -> None:
    rows = ask(
        "select t.relname, i.indexrelid::regclass::text, a.attname from pg_index i join pg_class t on t.oid = i.indrelid"
        " join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]"
        " where i.indisunique and t.relnamespace = 'public'::regnamespace"
    )
    exempt = {"audit_entries", "mails"}
    wrong = [row for row in rows if row[0] in of_an_organisation - exempt and row[2] != "organisation_id"]
    assert wrong == []


def test_every_reference_between_organisations_tables_carries_the_organisation(ask: Ask, of_an_organisation: set[str]) -> None:
    rows = ask(
        "select c.conrelid::regclass::text, c.confrelid::regclass::text, c.conname,"
        " (select array_agg(a.attname::text order by k.n) from unnest(c.conkey) with ordinality k(num, n)"
        "   join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.num),"
        " (select array_agg(a.attname::text order by k.n) from unnest(c.confkey) with ordinality k(num, n)"
        "   join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.num)"
        " from pg_constraint c where c.contype = 'f'"
    )
    assert len(rows) > 40
    for table, target, name, columns, targets in rows:
        if table in of_an_organisation and target in of_an_organisation:
            assert columns[0] == targets[0] == "organisation_id", f"{table}.{name}"
        else:
            assert (target, targets) in (("organisations", ["id"]), ("people", ["id"])), f"{table}.{name}"


def test_every_table_is_regulated_or_said_not_to_be(tables: set[str]) -> None:
    assert tables == set(REGULATED) | NOT_REGULATED


def test_every_regulated_table_has_its_audit_trigger(ask: Ask) -> None:
    rows = ask("select tgrelid::regclass::text, encode(tgargs, 'escape'), tgtype, tgenabled from pg_trigger where tgname = 'audit_row'")
    # After each row (1) of insert (4), delete (8) and update (16); enabled as usual ('O').
    found = {table: tuple(arguments.split("\\000")[1:-1]) for table, arguments, kind, on in rows if (kind, on) == (29, "O")}
    assert found == REGULATED


def test_nothing_recorded_can_be_truncated(ask: Ask) -> None:
    found = {row[0] for row in ask("select tgrelid::regclass::text from pg_trigger where tgname = 'refuse_truncate' and tgtype & 32 = 32")}
    assert found == set(REGULATED) | {"audit_entries", "audit_links"}


@pytest.mark.parametrize("role", WORKING_ROLES)
def test_no_working_role_owns_anything_or_bypasses_row_level_security(ask: Ask, role: str) -> None:
    [[superuser, bypasses, creates, inherits]] = ask(
        "select rolsuper, rolbypassrls, rolcreaterole or rolcreatedb, rolinherit from pg_roles where rolname = :role", role=role
    )
    assert (superuser, bypasses, creates, inherits) == (False, False, False, False)
    for catalogue, owner in (("pg_class", "relowner"), ("pg_proc", "proowner"), ("pg_namespace", "nspowner")):
        assert ask(f"select count(*) from {catalogue} where {owner} = (select oid from pg_roles where rolname = :role)", role=role) == [[0]]
    owners = ask("select pg_has_role(:role, 'qfacts_owner', 'member') or pg_has_role(:role, 'qfacts_audit', 'member')", role=role)
    assert owners == [[False]]
    assert ask("select has_schema_privilege(:role, 'public', 'create')", role=role) == [[False]]


def test_the_login_role_has_no_right_before_it_chooses_a_role(ask: Ask, tables: set[str]) -> None:
    for table in tables:
        assert ask("select has_table_privilege('qfacts_login', :table, 'select')", table=table) == [[False]], table


def test_only_the_two_owners_own(ask: Ask, tables: set[str]) -> None:
    sql = "select distinct relowner::regrole::text from pg_class where relname = any(:t) and relname <> 'alembic_version'"
    owned = ask(sql, t=list(tables))
    assert owned == [["qfacts_owner"]]


def test_security_definer_functions_belong_to_no_table_owner_and_fix_their_search_path(ask: Ask) -> None:
    rows = ask(
        "select proname, proowner::regrole::text, proconfig::text from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
    )
    tallied = {"tally_records", "tally_changes", "tally_actions", "tally_assignments", "tally_organisations"}
    derived = {"found_records", "compact_tallies"} | tallied
    owners = {"audit_row": "qfacts_audit", "audit_link": "qfacts_audit"}
    owners |= dict.fromkeys(
        ("erase_contact_data", "claim_erased_account", "refuse_deleted_sign_in", "refuse_erased_person"), "qfacts_eraser"
    )
    owners["spend_quota"] = "qfacts_quotas"
    owners |= dict.fromkeys(derived, "qfacts_derived")
    assert {row[0] for row in rows} == set(owners)
    for name, owner, settings in rows:
        assert owner == owners[name], name
        assert "search_path=pg_catalog, pg_temp" in settings, name
    assert ask("select count(*) from pg_class where relowner::regrole::text = any(:o)", o=sorted(set(owners.values()))) == [[0]]


def test_no_regulated_row_is_deleted_but_of_teams_and_links(ask: Ask) -> None:
    sql = "select table_name from information_schema.role_table_grants where privilege_type = 'DELETE' and grantee = any(:r)"
    rows = ask(sql, r=list(WORKING_ROLES))
    assert {row[0] for row in rows} & set(REGULATED) == {"team_members", "links"}


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("signatures", set()),
        ("rounds", set()),
        ("notes", set()),
        ("version_files", set()),
        ("audit_entries", set()),
        ("audit_links", set()),
        ("versions", {"status", "owner_id", "team_id", "effective_on", "effective_at", "ended_at", "next_review_on", "revision"}),
        ("files", {"status", "finished_at", "revision"}),
    ],
)
def test_what_is_signed_or_recorded_has_no_column_to_update(ask: Ask, table: str, columns: set[str]) -> None:
    rows = ask(
        "select column_name from information_schema.column_privileges where table_name = :table and privilege_type = 'UPDATE'"
        " and grantee = any(:roles)",
        table=table,
        roles=list(WORKING_ROLES),
    )
    assert {row[0] for row in rows} == columns


def test_only_the_audit_functions_insert_into_the_trail(ask: Ask) -> None:
    rows = ask(
        "select distinct grantee::text from information_schema.role_table_grants where table_name in ('audit_entries', 'audit_links')"
        " and privilege_type = 'INSERT' and grantee not in ('qfacts_owner', 'postgres')"
    )
    assert rows == [["qfacts_audit"]]
    members = ask("select member::regrole::text from pg_auth_members where roleid = 'qfacts_audit'::regrole")
    assert members in ([], [["postgres"]])


def test_an_index_stands_behind_every_reference_that_is_followed(ask: Ask) -> None:
    rows = ask(
        "select c.conrelid::regclass::text, (select array_agg(a.attname::text order by k.n) from unnest(c.conkey) with ordinality k(num, n)"
        "   join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.num),"
        " exists (select from pg_index i where i.indrelid = c.conrelid and i.indpred is null"
        "   and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey) from pg_constraint c where c.contype = 'f'"
    )
    missing = {(table, columns[-1]) for table, columns, indexed in rows if not indexed}
    assert missing == {(table, column) for table, columns in NEVER_FOLLOWED.items() for column in columns}


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("records", ["organisation_id", "kind", "id"]),
        ("records", ["organisation_id", "kind", "status", "id"]),
        ("records", ["organisation_id", "kind", "type", "id"]),
        ("records", ["organisation_id", "team_id", "id"]),
        ("records", ["organisation_id", "owner_id", "id"]),
        ("changes", ["organisation_id", "status", "id"]),
        ("approval_requests", ["organisation_id", "status", "id"]),
        ("audit_entries", ["organisation_id", "record_id", "id"]),
        ("audit_entries", ["organisation_id", "id"]),
        ("audit_entries", ["organisation_id", "actor", "id"]),
        ("assignments", ["organisation_id", "status", "id"]),
        ("assignments", ["organisation_id", "person_id", "id"]),
        ("versions", ["organisation_id", "status", "effective_on", "record_id"]),
        ("invitations", ["organisation_id", "status", "id"]),
    ],
)
def test_every_list_has_its_index(ask: Ask, table: str, columns: list[str]) -> None:
    rows = ask(
        "select (select array_agg(a.attname::text order by k.n) from unnest(i.indkey::int2[]) with ordinality k(num, n)"
        " join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.num) from pg_index i where i.indrelid = cast(:t as regclass)",
        t=table,
    )
    assert [columns] in rows


def test_the_login_role_is_limited_in_time_and_logs_no_value(ask: Ask) -> None:
    [[settings]] = ask("select setconfig from pg_db_role_setting where setrole = 'qfacts_login'::regrole and setdatabase = 0")
    assert {
        "statement_timeout=10s",
        "lock_timeout=5s",
        "idle_in_transaction_session_timeout=15s",
        "log_parameter_max_length=0",
        "log_parameter_max_length_on_error=0",
        "log_statement=none",
        "log_min_error_statement=panic",
    } <= set(settings)


def test_migrating_again_does_nothing(server: Server, template: str) -> None:
    from infra.migrate import migrate

    with copy_of(server, template) as name:
        migrate(server.socket, name)
