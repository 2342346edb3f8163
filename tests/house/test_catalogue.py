"""The house's rules about tables, read from PostgreSQL's own catalogue: a table that breaks one can't be merged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shared.queries.audit_trail import REGULATED
from tests.database import copy_of
from tests.house.catalogue import ask, tables

__all__ = ["ask", "tables"]
if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.database import Server

    Ask = Callable[..., list[list[Any]]]


# What no inspector reads, so what the trail doesn't tell of.
NOT_REGULATED = {
    *("challenges", "counters", "mails", "mail_suppressions", "notices", "reminder_days"),
    *("audit_entries", "audit_links", "seals", "erased_accounts", "blob_deletions", "export_progress"),
    *("record_facts", "search_parts", "tallies", "usage_facts", "usage_releases"),
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
# Who did it, for the record: nobody is ever deleted, and nothing is listed by these.
NEVER_FOLLOWED = {
    "files": {"uploaded_by"},
    "downloads": {"person_id"},
    "records": {"created_by"},
    "register_entries": {"created_by"},
    "notes": {"author_id"},
    "rounds": {"submitted_by"},
    "approval_requests": {"submitted_by"},
    "signatures": {"person_id", "on_behalf_of"},
    "challenges": {"person_id"},
    "invitations": {"invited_by", "accepted_by"},
    "change_items": {"owner_id", "team_id"},
    "versions": {"team_id"},
    "mails": {"organisation_id"},
    "mail_suppressions": {"organisation_id"},
    "links": {"created_by"},
    "assignments": {"assigned_by"},
    "actions": {"completed_by", "verified_by"},
    "extensions": {"requested_by", "decided_by"},
    "comments": {"author_id", "resolved_by"},
}
TENANT = "NULLIF(current_setting('app.organisation_id'::text, true), ''::text))::uuid"


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
    # Of no organisation too: written for everybody by jobs, and by nobody else but mails, whose key is an id of ours.
    exempt = {"audit_entries", "mails", "mail_suppressions"}
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


def test_migrating_again_does_nothing(server: Server, template: str) -> None:
    from infra.migrate import migrate

    with copy_of(server, template) as name:
        migrate(server.socket, name)
