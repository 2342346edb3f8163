"""Writes an organisation's audit trail, its links and its seals into one file, which `python -m infra.verify` checks without any service.

    python -m infra.export_trail --organisation ID > trail.jsonl

One JSON value a line: first whose trail it is, then the entries with exactly the columns that were hashed (old and new as the text that
was), the links, the seals with the certificates of their keys, and last how many of each there are. What is written meanwhile is left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.db import database
from shared.domain.kernel.errors import Refusal
from shared.domain.signing.seals import BadSeal
from shared.google import seal_bucket
from shared.outside.config import Misconfigured

if TYPE_CHECKING:
    from shared.db.database import Database

ROLE = "qfacts_job"
PAGE = 2_000
FORMAT = 2
COLUMNS = (
    *("id", "chain", "organisation_id", "xid", "ordinal", "at"),
    *("table_name", "row_key", "record_id", "operation", "step"),
    *("actor", "cause", "reason", "request_id", "source"),
    *("old", "new", "digest", "version"),
)

CHAINS = """
select current_setting('app.organisation_id')::uuid as chain, g.lane, (select max(k.sequence) from audit_links k
    where k.chain = current_setting('app.organisation_id')::uuid and k.lane = g.lane) as last from generate_series(0, 15) g(lane)
union all
select m.person_id, 0, (select max(k.sequence) from audit_links k where k.chain = m.person_id and k.lane = 0) from members m
"""
# An entry without a link is shown too: somebody wrote it beside the trail.
ENTRIES = """
select e.id, e.chain, e.organisation_id, e.xid, e.ordinal, e.at, e.table_name, e.row_key, e.record_id, e.operation, e.step, e.actor,
    e.cause, e.reason, e.request_id, e.source, e.old::text as old, e.new::text as new, encode(e.digest, 'hex') as digest, e.version, k.lane,
    k.sequence
from audit_entries e left join audit_links k on k.chain = e.chain and k.xid = e.xid and k.at = e.at
where e.chain = :chain and e.id > :after order by e.id limit :page
"""
LINKS = """
select k.chain, k.lane, k.sequence, k.xid, k.entries, encode(k.previous, 'hex') as previous, encode(k.digest, 'hex') as digest, k.at,
    k.version
from audit_links k where k.chain = :chain and k.lane = :lane and k.sequence > :after and k.sequence <= :last order by k.sequence limit :page
"""


def lines(source: Database, organisation_id: UUID) -> Iterator[dict[str, Any]]:
    """The values of the file, one a line. Raises errors.Unavailable where database or seals can't be read, BadSeal where a seal is none."""
    counts = {"entries": 0, "links": 0, "seals": 0}
    yield {"trail": {"format": FORMAT, "organisation_id": organisation_id, "exported_at": datetime.now(UTC)}}
    sealed = seal_bucket.numbers(organisation_id, 1)  # before the chains, so that all that these hold is in the file
    upto = {(row.chain, row.lane): row.last or 0 for row in _rows(source, organisation_id, CHAINS)}
    for chain in dict.fromkeys(chain for chain, _ in upto):
        for row in _paged(source, organisation_id, ENTRIES, lambda row: row.id, chain=chain):
            if row.sequence is None or row.sequence <= upto[chain, row.lane]:
                counts["entries"] += 1
                yield {"entry": {name: getattr(row, name) for name in COLUMNS}}
    for (chain, lane), last in upto.items():
        for row in _paged(source, organisation_id, LINKS, lambda row: row.sequence, chain=chain, lane=lane, last=last):
            counts["links"] += 1
            yield {"link": row._asdict()}
    keys: set[str] = set()
    for number in sealed:
        seal = seal_bucket.fetch(organisation_id, number)
        if seal.key not in keys:
            keys.add(seal.key)
            yield {"certificate": {"key": seal.key, "pem": seal_bucket.certificate_of(seal.key)}}
        counts["seals"] += 1
        yield {"seal": json.loads(seal.written())}
    yield {"end": counts}


def _paged(source: Database, organisation_id: UUID, sql: str, key: Callable[[Any], int], **values: object) -> Iterator[Any]:
    after = 0
    while True:
        found = _rows(source, organisation_id, sql, after=after, page=PAGE, **values)
        yield from found
        if len(found) < PAGE:
            return
        after = key(found[-1])


def _rows(source: Database, organisation_id: UUID, sql: str, **values: object) -> list[Any]:
    """Each page in a transaction of its own, so that none is long."""
    with source.transaction(role=ROLE, settings={"app.organisation_id": organisation_id, "app.step": "export_trail"}) as tx:
        return tx.rows(sql, **values)


def text(value: dict[str, Any]) -> str:
    """One line of the file."""
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)


def main(arguments: list[str] | None = None) -> int:
    """0 where the whole file was written."""
    parser = argparse.ArgumentParser(prog="python -m infra.export_trail", description=__doc__.splitlines()[0])
    parser.add_argument("--organisation", type=UUID, required=True, help="whose trail")
    given = parser.parse_args(arguments)
    try:
        for line in lines(database.current(), given.organisation):
            print(text(line))
    except (Refusal, BadSeal, Misconfigured) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
