"""The purge of expired data, as a table of rules; no rule touches quality records (21 CFR 11.10(c)).

Each statement deletes one batch, so that none exceeds its time limit; the next run deletes the rest. No transaction is open while the
identity provider is waited for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.db import words
from shared.domain.kernel.errors import Unavailable
from shared.domain.kernel.values import dataclass
from shared.google import accounts
from shared.outside import telemetry
from shared.queries.dashboard import compact_tallies
from shared.queries.erasures import claim_account, erase_what_waited, erased_accounts, note_account_gone
from shared.queries.organisations import is_held

if TYPE_CHECKING:
    from uuid import UUID

    from shared.app.run import Turn
    from shared.db.transaction import Transaction

BATCH: Final = 2000  # rows a statement
BATCHES: Final = 100  # statements a rule, organisation and run


@dataclass(frozen=True)
class Rule:
    """Delete the rows of `table` for which `over` holds; with `clears`, only empty that column.

    `own` rows belong to the organisation and stay while it is under legal hold; others belong to the product.
    `key` are the columns that the job may read.
    """

    name: str
    table: str
    over: str
    own: bool = True
    clears: str = ""
    key: tuple[str, ...] = ("ctid",)


RULES: Final = (
    # Expired challenges that no signature used.
    Rule(
        "challenges",
        "challenges",
        "t.expires_at < now() - interval '1 day' and not exists (select from signatures s"
        " where s.organisation_id = t.organisation_id and s.challenge_id = t.id)",
    ),
    # The invitation stays as a record; only its secret is removed.
    Rule(
        "invitation_secrets",
        "invitations",
        f"t.secret_sha256 is not null and (t.status <> {words.OPEN_INVITATION} or t.expires_at < now() - interval '30 days')",
        clears="secret_sha256",
    ),
    Rule("mails", "mails", "t.status = 'sent' and t.sent_at < now() - interval '30 days' and t.organisation_id = <organisation>"),
    Rule("notices", "notices", "t.created_at < now() - interval '400 days'"),
    Rule("usage_facts", "usage_facts", "t.at < now() - interval '40 days' and t.organisation_id = <organisation>"),
    Rule(
        "mails_of_nobody", "mails", "t.status = 'sent' and t.sent_at < now() - interval '30 days' and t.organisation_id is null", own=False
    ),
    Rule(
        name="idempotency_keys",
        table="idempotency_keys",
        over="t.created_at < now() - interval '7 days'",
        own=False,
        key=("person_id", "scope", "function", "key"),
    ),
    Rule("used_sign_ins", "used_sign_ins", "t.auth_time < now() - interval '1 day'", own=False),
    # Tokens that outlived a deleted sign-in have expired.
    Rule("erased_accounts", "erased_accounts", "t.gone_at < now() - interval '1 day'", own=False),
    Rule("job_runs", "job_runs", "t.finished_at < now() - interval '30 days'", own=False),
)
# Count records past their retention; delete none. The default of 10 years is also in the trigger that refuses earlier deletion.
RETENTION_OVER: Final = """
select count(*) as records from records r
where r.closed_at < now() - make_interval(years => coalesce((cast(:years as jsonb) ->> r.kind)::integer, 10))
"""
ORGANISATION: Final = "(select current_setting('app.organisation_id')::uuid)"


def purge_rows(turn: Turn) -> dict[str, int]:
    """Purge the organisation's and the product's expired rows; return the number by rule and of compacted tallies."""
    with turn.transaction() as tx:
        held = is_held(tx)
        counts = {rule.name: 0 if held and rule.own else _go(tx, rule) for rule in RULES}
        counts |= {"retention_over": 0 if held else _over(tx), "held": int(held), "tallies": compact_tallies(tx)}
        if not held:
            erase_what_waited(tx)
        accounts = [] if held else erased_accounts(tx)
    return {**counts, "accounts": sum(_account_gone(turn, account) for account in accounts)}


def _account_gone(turn: Turn, account_id: UUID) -> int:
    """Delete an erased person's account at the identity provider, unless somebody uses it again; return how many went.

    It is claimed before: from then on nobody enters with it. The next run tries again what failed, and what a killed run left.
    """
    with turn.transaction() as tx:
        uid = None if is_held(tx) else claim_account(tx, account_id)
    if uid is None:
        return 0
    try:
        accounts.delete(uid)
    except Unavailable:
        telemetry.log("WARNING", "the sign-in of an erased person is still there", account=str(account_id))
        return 0
    with turn.transaction() as tx:
        note_account_gone(tx, account_id)
    return 1


def _over(tx: Transaction) -> int:
    """The number of records past their retention; they stay, because deleting them would break the audit trail (decision 13)."""
    return int(tx.row(RETENTION_OVER, years=tx.organisation.setting("retention_years")).records)


def _go(tx: Transaction, rule: Rule) -> int:
    if tx.row("select to_regclass(:name) is null as absent", name=f"public.{rule.table}").absent:
        return 0
    gone = 0
    for _ in range(BATCHES):
        rows = len(tx.rows(_statement(rule), batch=BATCH))
        gone += rows
        if rows < BATCH:
            break
    return gone


def _statement(rule: Rule) -> str:
    over = rule.over.replace("<organisation>", ORGANISATION)
    ends = f"update {rule.table} set {rule.clears} = null" if rule.clears else f"delete from {rule.table}"  # noqa: S608 - constants
    found = f"select {', '.join(f't.{name}' for name in rule.key)} from {rule.table} t where {over} limit :batch::int"  # noqa: S608 - the same
    return f"{ends} where ({', '.join(rule.key)}) in ({found}) returning 1 as gone"
