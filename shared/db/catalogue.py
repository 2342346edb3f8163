"""The schema from PostgreSQL's catalogue: the tables to copy, their row order, and a hash of each kind of rule."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from shared.domain.kernel.values import dataclass

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

# Settings that COPY's text format depends on, fixed so that rows hash alike on every server.
PLAIN: Final = {
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "search_path": "public",
    "client_encoding": "UTF8",
}
VERSION: Final = "alembic_version"  # Alembic's table; the manifest holds its value

# Generated columns are left out: the restored table recomputes them. Text is ordered by bytes, independent of the server's locale.
TABLES: Final = """
select c.relname::text as name,
    (select json_agg(quote_ident(a.attname) order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
    (select json_agg(quote_ident(a.attname) || case when a.attcollation <> 0 then ' collate "C"' else '' end order by k.place)
        from pg_index i cross join unnest(i.indkey::int2[]) with ordinality k (number, place)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number where i.indrelid = c.oid and i.indisprimary) as key,
    not c.relrowsecurity or exists (select from pg_policy p where p.polrelid = c.oid and p.polcmd = 'r'
        and 'qfacts_backup'::regrole = any(p.polroles) and pg_get_expr(p.polqual, c.oid) = 'true') as whole
from pg_class c where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
    and c.relname <> '<version>' order by c.relname collate "C"
""".replace("<version>", VERSION)

# Lists derived from tables, stored so that they can be checked without a restore.
LISTS: Final = {
    "blobs": "select distinct organisation_id, sha256, size from files where status = 'finished' order by organisation_id, sha256, size",
    "chain_heads": "select distinct on (chain, lane) chain, lane, sequence, encode(digest, 'hex') from audit_links"
    " order by chain, lane, sequence desc",
}

RULES: Final = {
    "columns": "select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated, a.attidentity,"
    " pg_get_expr(d.adbin, d.adrelid) from pg_attribute a join pg_class c on c.oid = a.attrelid"
    " left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum"
    " where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped",
    "constraints": "select conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated, condeferrable, condeferred"
    " from pg_constraint where connamespace = 'public'::regnamespace",
    "indexes": "select tablename, indexdef from pg_indexes where schemaname = 'public'",
    "policies": "select tablename, policyname, permissive, roles::text, cmd, qual, with_check from pg_policies where schemaname = 'public'",
    "row-level securities": "select relname, relrowsecurity, relforcerowsecurity from pg_class"
    " where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace",
    "triggers": "select tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal",
    "functions": "select oid::regprocedure::text, proowner::regrole::text, prosecdef, proconfig::text, prosrc, pg_get_function_result(oid)"
    " from pg_proc where pronamespace = 'public'::regnamespace",
    "rights": "select c.relname, coalesce(a.attname, ''), r.grantee::regrole::text, r.privilege_type"
    " from pg_class c"
    " left join lateral (select null as attname, c.relacl as acl union all"
    "   select attname, attacl from pg_attribute where attrelid = c.oid and attacl is not null) a on true"
    " cross join lateral aclexplode(a.acl) r"
    " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'S')"
    " and c.relname <> 'alembic_version'",
}


@dataclass(frozen=True)
class Source:
    """A table with its copied columns and its order; `whole` says that the backup role sees every row."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    whole: bool

    @property
    def rows(self) -> str:
        """The query that returns all rows in order."""
        return f"select {', '.join(self.columns)} from {self.name} order by {', '.join(self.key)}"  # noqa: S608 - names of the catalogue


def tables(tx: Transaction) -> list[Source]:
    """Every table but Alembic's; raises LookupError if one has no primary key or rows that the backup role can't see."""
    found = [Source(row.name, tuple(row.columns), tuple(row.key or ()), row.whole) for row in tx.rows(TABLES)]
    if unseen := [table.name for table in found if not table.whole or not table.key]:
        message = f"no backup can be made of {', '.join(unseen)}: grant it to qfacts_backup with a policy, and give it a primary key"
        raise LookupError(message)
    return found


def schema(tx: Transaction) -> str:
    """The number of the database's migration."""
    return str(tx.row(f"select version_num from {VERSION}").version_num)  # noqa: S608 - a constant


def rules(tx: Transaction) -> dict[str, str]:
    """A hash of each kind of rule, such as columns, constraints, policies and rights."""
    return {what: _hash(tx, sql) for what, sql in RULES.items()}


def _hash(tx: Transaction, sql: str) -> str:
    rows = sorted(json.dumps(list(row), default=str) for row in tx.rows(sql))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
