"""Records, signed and for ever, that the database was restored to an older state, so that sealing goes on and every verdict shows it.

    python -m infra.record_restore --reason "Disk lost; restored to 09:58 UTC" --by "Ann Smith" [--organisation ID]

Run it after a restore, before people work again, as the account that seals. Until then the sealing of every organisation that lost
something sealed stands still, and verifying says that something was cut off: nothing but a person's word tells a restore from a deletion.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from uuid import UUID, uuid4

from shared.app.sealing import record_restore
from shared.db import database
from shared.db.database import Database
from shared.domain.kernel.errors import Refusal
from shared.domain.signing.seals import BadSeal, Checkpoint
from shared.outside.config import Misconfigured

ROLE = "qfacts_job"
ORGANISATIONS = "select o.id from organisations o where o.id > :after order by o.id limit 1000"


def record(source: Database, organisation_id: UUID, *, reason: str, by: str) -> Checkpoint | None:
    """The checkpoint that records it for one organisation; None where nothing of it was ever sealed."""
    settings = {
        "app.organisation_id": organisation_id,
        "app.actor": "system:record_restore",
        "app.step": "record_restore",
        "app.reason": reason,
        "app.request_id": uuid4(),
        "app.source": "job",
    }
    return record_restore(partial(source.transaction, role=ROLE, settings=settings), organisation_id, reason=reason, by=by)


def organisations(source: Database) -> list[UUID]:
    """All that the database has."""
    found: list[UUID] = []
    while True:
        with source.transaction(role=ROLE, settings={"app.step": "record_restore"}) as tx:
            more = tx.rows(ORGANISATIONS, after=found[-1] if found else UUID(int=0))
        if not more:
            return found
        found += [row.id for row in more]


def main(arguments: list[str] | None = None) -> int:
    """0 where it was recorded for all; one organisation's trouble doesn't keep the others from it."""
    parser = argparse.ArgumentParser(prog="python -m infra.record_restore", description=__doc__.splitlines()[0])
    parser.add_argument("--reason", required=True, help="why the database was restored, and to which moment")
    parser.add_argument("--by", required=True, help="who restored it")
    parser.add_argument("--organisation", type=UUID, help="one organisation only, instead of all")
    given = parser.parse_args(arguments)
    failed = 0
    try:
        source = database.current()
        chosen = [given.organisation] if given.organisation else organisations(source)
    except (Refusal, Misconfigured) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    for organisation_id in chosen:
        try:
            made = record(source, organisation_id, reason=given.reason, by=given.by)
        except (Refusal, BadSeal) as trouble:
            failed += 1
            print(f"{organisation_id}: {trouble}", file=sys.stderr)
            continue
        told = f"recorded in seal {made.number}, which continues seal {made.continues}." if made else "nothing was ever sealed."
        print(f"{organisation_id}: {told}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
