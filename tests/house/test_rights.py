"""The rights of the database's roles, read from PostgreSQL's own catalogue: nobody owns, alters or reads more than named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shared.queries.audit_trail import REGULATED
from tests.database import TEMPLATE
from tests.house.catalogue import ask, tables

__all__ = ["ask", "tables"]
if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[..., list[list[Any]]]


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
        "mails",
    }
    assert {table for role, table in found if role == "qfacts_due"} == {
        "changes",
        "organisations",
        "members",
        "versions",
        "approval_requests",
        "assignments",
        "reminder_days",
        "seals",
        "audit_links",
        "exports",
    }
    assert {table for role, table in found if role == "qfacts_quotas"} == {"quotas", "quota_salts"}
    assert {table for role, table in found if role == "qfacts_auditor"} == {"audit_entries", "audit_links"}
    readable = {row[0] for row in ask("select tablename from pg_policies where 'qfacts_backup' = any(roles) and cmd <> 'SELECT'")}
    assert readable == set()


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


def test_no_role_makes_temporary_tables(ask: Ask) -> None:
    """A temporary table could stand before one of the product's in a function's sight, and holds rows that no policy guards."""
    sql = "select rolname::text from pg_roles where has_database_privilege(oid, cast(:database as text), 'temporary') and not rolsuper"
    assert ask(sql, database=TEMPLATE) == [], "as a migration leaves it; a copy begins with PostgreSQL's own rights"


def test_only_the_two_owners_own(ask: Ask, tables: set[str]) -> None:
    sql = "select distinct relowner::regrole::text from pg_class where relname = any(:t) and relname <> 'alembic_version'"
    owned = ask(sql, t=list(tables))
    assert owned == [["qfacts_owner"]]


def test_security_definer_functions_belong_to_no_table_owner_and_fix_their_search_path(ask: Ask) -> None:
    rows = ask(
        "select proname, proowner::regrole::text, proconfig::text from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
    )
    tallied = {"tally_records", "tally_changes", "tally_actions", "tally_assignments", "tally_organisations"}
    noted = {
        f"part_{table}s" for table in ("note", "action", "note_file", "action_file", "record_file", "version_file", "change_item_file")
    }
    derived = {"found_records", "found_changes", "found_parts", "note_facts", "compact_tallies"} | tallied | noted
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
