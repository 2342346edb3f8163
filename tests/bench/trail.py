"""How fast the audit trail is verified."""

from __future__ import annotations

import statistics
import time
from uuid import UUID

from shared.db import database
from shared.queries import audit_trail
from tests.bench.ground import Ground, firm

ENTRIES = 250_000
TIMES = 5  # of which the median counts


def measure(on: Ground) -> list[tuple[str, str, str, str, str]]:
    """The rows of the table."""
    made = firm(on, staffed=False)
    connection = on.server.connect(on.name)
    person = connection.run("select person_id from members where organisation_id = :o and admin", o=made.id)[0][0]
    settings = {
        "app.organisation_id": made.id,
        "app.person_id": str(person),
        "app.actor": f"person:{person}",
        "app.step": "create_team",
        "app.source": "api",
    }
    pages = 250
    for page in range(pages):
        with database.current().transaction(role="qfacts_application", settings=settings) as tx:
            tx.rows(
                "insert into teams (organisation_id, id, name) select cast(:o as uuid), uuidv7(), 'Team ' || cast(:p as text) || ' ' || n"
                " from generate_series(1, cast(:n as integer)) n returning 1 as written",
                o=made.id,
                p=str(page),
                n=ENTRIES // pages,
            )
    connection.run("vacuum analyze")
    connection.close()
    with database.current().transaction(role="qfacts_application", settings=settings) as tx:
        tx.set(**audit_trail.SETTINGS)
        alone, whole = [], []
        for _ in range(TIMES):
            began = time.perf_counter()
            entries, broken = audit_trail._checked(tx, audit_trail._chain_slices(tx, [UUID(made.id)]))
            alone.append(entries / (time.perf_counter() - began))
            assert broken is None, broken
            began = time.perf_counter()
            verdict = audit_trail.verify(tx)
            whole.append(verdict["entries"] / (time.perf_counter() - began))
            assert verdict["intact"], verdict
    return [
        (f"verify the audit trail, {entries:,} entries", f"{statistics.median(alone):,.0f}/s", "", "", ">= 250,000/s on two cores"),
        ("  and every row beside it, and the people's chains", f"{statistics.median(whole):,.0f}/s", "", "", ""),
    ]
