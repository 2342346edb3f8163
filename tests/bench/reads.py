"""Reading one record and listing fifty, against the same SQL through pg8000; and whether a list stays flat as its table grows."""

from __future__ import annotations

import os

from tests.bench.ground import Ground, firm, side_by_side


def measure(on: Ground) -> list[tuple[str, str, str, str, str]]:
    """The rows of the table."""
    os.environ["QFACTS_BARE_DATABASE"] = on.name
    small = firm(on)
    owner = small.tokens["action_owner"]
    made = on.post("create_document", owner, small.id, title="Cleaning", type="sop", content={"summary": "How"})
    fill(on, small.id, 1000)
    rows = [compare(on, "get_document", "read one record", owner, small.id, 300, 2.0, id=made["record"]["id"])]
    rows.append(compare(on, "list_documents", "list 50 of 1,000 records", owner, small.id, 150, 1.5, limit=50))
    large = firm(on)
    fill(on, large.id, 100_000)
    rows.append(compare(on, "list_documents", "list 50 of 100,000 records", large.tokens["action_owner"], large.id, 150, 1.5, limit=50))
    grown = float(rows[-1][1].split()[0]) / float(rows[-2][1].split()[0])
    rows.append(("  the same list while the table grows 100x", rows[-1][1], rows[-2][1], f"{grown:.2f}", "<= 1.5"))
    return rows


def compare(
    on: Ground, function: str, what: str, token: str, organisation: str, times: int, aim: float, **query: object
) -> tuple[str, str, str, str, str]:
    """One read beside its own statements run bare."""
    on.get(function, token, organisation, **query)
    with on.recorded() as statements:
        on.get(function, token, organisation, **query)
    client = on.bare("statements")
    ours, bare = side_by_side(
        lambda: on.get(function, token, organisation, **query),
        lambda: client.get("/", environ_overrides={"bench.statements": statements}),
        times,
    )
    return what, f"{ours:.2f} ms", f"{bare:.2f} ms", f"{ours / bare:.2f}", f"<= {aim}"


def fill(on: Ground, organisation: str, count: int) -> None:
    """Records beside the doors, so that there are many soon."""
    connection = on.server.connect(on.name)
    connection.run("set session_replication_role = replica")
    connection.run(
        "insert into records (organisation_id, id, kind, type, number, title, owner_id, status, version, latest_version, created_by)"
        " select cast(:o as uuid), uuidv7(), 'document', 'sop', 'SOP-2025-' || n, 'Document number ' || n,"
        " m.person_id, 'effective', 1, 1, m.person_id"
        " from generate_series(1, cast(:n as integer)) n,"
        " (select person_id from members where organisation_id = cast(:o as uuid) limit 1) m",
        o=organisation,
        n=count,
    )
    connection.run("analyze records")
    connection.close()
