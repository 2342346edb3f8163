"""The audit trail as people read it, and the proof that it and the records it tells of are as they were written.

The database writes the trail itself (its triggers; 21 CFR 11.10(e), Annex 11 §9). Verifying recomputes every entry's digest, every
transaction's link, the order of the links in each lane, and compares each row with the last that the trail tells of it (11.10(a)).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from shared.db import words
from shared.db.sql import sql
from shared.domain.changes import changes
from shared.domain.kernel.values import dataclass
from shared.domain.records.kinds import KINDS
from shared.queries.page_ends import fitting
from shared.queries.trail_story import STORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from shared.db.transaction import Transaction

# Every regulated table with the columns that name a row within its chain, as its audit trigger has them.
REGULATED: Final = {
    "organisations": ("id",),
    "people": ("id",),
    "members": ("person_id",),
    "teams": ("id",),
    "team_members": ("team_id", "person_id"),
    "invitations": ("id",),
    "files": ("id",),
    "file_texts": ("file_id",),
    "downloads": ("id",),
    "records": ("id",),
    "versions": ("record_id", "version"),
    "version_files": ("record_id", "version", "file_id", "field"),
    "notes": ("id",),
    "note_files": ("note_id", "file_id"),
    "changes": ("id",),
    "change_authors": ("change_id", "person_id"),
    "change_items": ("change_id", "record_id"),
    "change_item_files": ("change_id", "record_id", "file_id", "field"),
    "rounds": ("change_id", "round"),
    "approval_requests": ("id",),
    "signatures": ("id",),
    "signing_failures": ("id",),
    "contributors": ("record_id", "person_id"),
    "record_files": ("record_id", "file_id", "field"),
    "links": ("id",),
    "register_entries": ("id",),
    "assignments": ("id",),
    "quiz_attempts": ("id",),
    "actions": ("id",),
    "action_files": ("action_id", "file_id"),
    "trail_reviews": ("id",),
    "erasures": ("id",),
    "extensions": ("id",),
    "comments": ("id",),
    "exports": ("id",),
}
PAGE: Final = 20_000  # entries, rows or links in a slice, which one worker goes through
SLICES: Final = 12  # whole ones in a statement: a second's work on two cores, far from the time limit, and three workers end together
FIRST: Final = "00000000-0000-0000-0000-000000000000"
LAST: Final = "ffffffff-ffff-ffff-ffff-ffffffffffff"

SETTINGS_TABLE: Final = "organisations"
KINDS_TOLD: Final = (*KINDS, changes.WORKFLOW.kind)
# Entries about the records of a kind, or about changes.
OF_KIND: Final = (
    "case when :kind = " + words.CHANGE + " then exists (select from changes k where k.id = e.record_id)"
    " else exists (select from records k where k.id = e.record_id and k.kind = :kind) end"
)
COLUMNS: Final = "id, at, table_name, row_key, record_id, operation, step, actor, cause, reason, request_id, source, old, new"

# Times as the trail writes them; each page planned for what it holds, and sorted in memory; a worker has a slice and not a part of one.
SETTINGS: Final = {
    "timezone": "UTC",
    "plan_cache_mode": "force_custom_plan",
    "work_mem": "64MB",
    "enable_mergejoin": "off",
    "jit": "off",
    "min_parallel_table_scan_size": "4TB",
    "min_parallel_index_scan_size": "4TB",
}

# The slices of a statement, each gone through by a worker of its own (PostgreSQL's Parallel Append); the first that is broken counts.
SLICED: Final = """
select coalesce(sum(s.entries), 0)::bigint as entries,
    (array_agg(s.broken order by s.place) filter (where s.broken is not null))[1] as broken,
    max(s.last_of_1) as last_of_1, min(s.first_of_2) as first_of_2
from (<slices>) s
"""
# The end of a slice: whole transactions.
BOUNDARY: Final = """
select e.xid as key from audit_entries e where e.chain <chains> and e.xid > :after::bigint order by e.xid offset :page::int limit 1
"""
# What a slice is told by stays in `<...>` until there is one.
TRANSACTIONS: Final = sql("trail_transactions", place="<place>", chains="<chains>", after=":<after>", upto=":<upto>")

LANES_BOUNDARY: Final = sql("trail_lanes_boundary")
LANES: Final = sql("trail_lanes", place="<place>", after=":<after>", chains="<chains>", upto=":<upto>")

# The end of a slice of rows, by the first of the columns that name a row.
ROWS_BOUNDARY: Final = """
select left(e.row_key, 36) as key from audit_entries e where e.chain <chains> and e.table_name = '<table>'
    and e.row_key > :after::text || '~' order by e.row_key offset :page::int limit 1
"""
ROWS: Final = sql(
    "trail_rows",
    place="<place>",
    table="<table>",
    chains="<chains>",
    after=":<after>",
    upto=":<upto>",
    keys="<keys>",
    scope="x.<scope>",
    lead="x.<lead>",
)
PLACE: Final = sql("trail_place")
SCOPES: Final = {"organisations": "id", "people": "id"}


def entries(
    tx: Transaction,
    *,
    record_id: UUID | None = None,
    person_id: UUID | None = None,
    step: str | None = None,
    table: str | None = None,
    kind: str | None = None,
    from_: datetime | None = None,
    to: datetime | None = None,
    settings: bool = False,
    before_id: int | None = None,
    limit: int = 50,
) -> list[Any]:
    """The organisation's entries, newest first: the whole story of a record, or what a person did, or of a step, a table, a kind, a time.

    As many as `limit` says and fit into a page; `found` tells how many there were.
    """
    chosen = {
        f"e.id in ({STORY})": ("record_id", record_id),
        "e.actor = :actor": ("actor", person_id and f"person:{person_id}"),
        "e.step = :step": ("step", step),
        "e.chain = e.organisation_id and e.table_name = :table": ("table", SETTINGS_TABLE if settings else table),
        OF_KIND: ("kind", kind),
        "e.at >= :from::timestamptz": ("from", from_),
        "e.at <= :to::timestamptz": ("to", to),
        "e.id < :before_id::bigint": ("before_id", before_id),
    }
    conditions = ["e.organisation_id = current_setting('app.organisation_id')::uuid"]
    conditions += [condition for condition, (_, value) in chosen.items() if value is not None]
    values = {name: value for name, value in chosen.values() if value is not None}
    found = f"select {COLUMNS} from audit_entries e where {' and '.join(conditions)} order by e.id desc limit :limit::int"
    return tx.rows(fitting(found, COLUMNS, "concat(f.old::text, f.new::text, f.reason)", "f.id desc"), **values, limit=limit)


def verify(tx: Transaction) -> dict[str, Any]:
    """Whether the current organisation's trail and rows hold: `{"intact": bool, "entries": int, "first_broken": {...} or None}`.

    `first_broken` names the entry, its table and row, and the cause: an entry altered, missing, unlinked or out of order, a link that
    doesn't fit, a digest of an older version than one before it, or a row altered, missing or unknown beside the trail. Reads only, in
    slices; what others write meanwhile does no harm.
    """
    tx.set(**SETTINGS)
    count, broken = _checked(tx, _slices(tx))
    return {"intact": not broken, "entries": count, "first_broken": _named(tx, broken) if broken else None}


def _checked(tx: Transaction, slices: Iterator[Slice]) -> tuple[int, dict[str, Any] | None]:
    """How many entries were gone through, and the first thing that doesn't hold: a few slices in each statement.

    The numbers of entries grow over all chains, so one of digest version 1 above one of version 2 was put in later or relabelled.
    """
    count, last_of_1, first_of_2 = 0, 0, 2**63
    while batch := _batch(slices):
        words = (one.words(place) for place, one in enumerate(batch))
        sql = SLICED.replace("<slices>", " union all ".join(_worded(one.check, given) for one, given in zip(batch, words, strict=True)))
        values = {name: value for place, one in enumerate(batch) for name, value in one.values(place).items()}
        checked = tx.row(sql, **values)
        count += checked.entries
        if checked.broken:
            return count, checked.broken
        last_of_1, first_of_2 = max(last_of_1, checked.last_of_1 or 0), min(first_of_2, checked.first_of_2 or first_of_2)
        if last_of_1 > first_of_2:
            return count, {"entry": last_of_1, "cause": "version"}
    return count, None


def _batch(slices: Iterator[Slice]) -> list[Slice]:
    """The next slices, for one statement. One that ends early counts twice: it takes as long to plan, and planning is all that it takes."""
    batch: list[Slice] = []
    room = SLICES
    for one in slices:
        batch.append(one)
        room -= 1 if one.whole else 2
        if room <= 0:
            break
    return batch


@dataclass(frozen=True)
class Slice:
    """A part of some chains, from after one key up to another, and the statement that checks it; `whole` if another one follows."""

    check: str
    chains: Sequence[UUID]
    after: object
    upto: object
    whole: bool

    def words(self, place: int) -> dict[str, str]:
        """What its statement says at a place among others."""
        return {"place": str(place), "after": f"after_{place}", "upto": f"upto_{place}", "chains": _among(self.chains, f"chains_{place}")}

    def values(self, place: int) -> dict[str, object]:
        """The values of its statement's parameters there."""
        return {f"chains_{place}": list(self.chains), f"after_{place}": self.after, f"upto_{place}": self.upto}


def _slices(tx: Transaction) -> Iterator[Slice]:
    """Everything of the current organisation that is to be checked: its chain, its rows, then its people's."""
    organisation: UUID = tx.row("select current_setting('app.organisation_id')::uuid as id").id
    yield from _chain_slices(tx, [organisation])
    for table in REGULATED:
        if table != "people":
            yield from _row_slices(tx, table, [organisation])
    after = FIRST
    while people := [
        row.person_id
        for row in tx.rows(
            "select m.person_id from members m where m.person_id > :after::uuid order by m.person_id limit 1000", after=after
        )
    ]:
        yield from _chain_slices(tx, people)
        yield from _row_slices(tx, "people", people)
        after = people[-1]


def _chain_slices(tx: Transaction, chains: Sequence[UUID]) -> Iterator[Slice]:
    """The transactions of the chains, and the order of their links."""
    yield from _between(tx, BOUNDARY, TRANSACTIONS, chains, 0, 2**63 - 1)
    yield from _between(tx, LANES_BOUNDARY, LANES, chains, 0, 2**63 - 1)


def _row_slices(tx: Transaction, table: str, chains: Sequence[UUID]) -> Iterator[Slice]:
    """The rows of `table`, beside what the trail tells of them."""
    keys = REGULATED[table]
    named = " || ':' || ".join(f"x.{key}::text" for key in keys)
    words = {"table": table, "keys": named, "lead": keys[0], "scope": SCOPES.get(table, "organisation_id")}
    yield from _between(tx, _worded(ROWS_BOUNDARY, words), _worded(ROWS, words), chains, FIRST, LAST)


def _between(tx: Transaction, boundary: str, check: str, chains: Sequence[UUID], first: object, last: object) -> Iterator[Slice]:
    """Slices of about a page each, from `first` to `last`."""
    after = first
    while after != last:
        found = tx.row(_worded(boundary, {"chains": _among(chains, "chains")}), chains=list(chains), after=after, page=PAGE)
        upto = found.key if found else last
        yield Slice(check, chains, after, upto, whole=found is not None)
        after = upto


def _among(chains: Sequence[UUID], name: str) -> str:
    """SQL for being of these chains: for one, as an index keeps its order."""
    return f"= any(:{name}::uuid[])" if len(chains) > 1 else f"= (:{name}::uuid[])[1]"


def _worded(sql: str, words: Mapping[str, str]) -> str:
    for word, meaning in words.items():
        sql = sql.replace(f"<{word}>", meaning)
    return sql


def _named(tx: Transaction, broken: dict[str, Any]) -> dict[str, Any]:
    """What an inspector needs to find it: the entry with its table, row and time, as far as there is one."""
    sequence = {name: broken.get(name) for name in ("chain", "lane", "sequence")}
    found = tx.row(PLACE, entry=broken.get("entry"), **sequence)
    names = {"entry": None, "table": None, "row": None, "record_id": None, "at": None}
    return names | broken | (found._asdict() if found else {})
