"""Steps, signed, audited and chained, against the same rows written by a bare function: no audit, no chain, no row-level security.

The same rows are all that the step writes but the trail: the usage fact too, which our statement that enters the organisation writes.
"""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from shared.db import database, rows
from shared.db.statements import parameters
from shared.google import identity
from tests.bench.ground import Ground, firm, token

Statement = tuple[str, tuple[Any, ...]]
COUNTED = (
    "insert into usage_facts (organisation_id, function, role, outcome, person_id)"
    " select $1::uuid, $2, m.role, 'done', m.person_id from members m where m.organisation_id = $1::uuid and m.role = $3"
)
STEPS = 40
CLIENTS = 16
SECONDS = 4.0


def measure(on: Ground) -> list[tuple[str, str, str, str, str]]:
    """The rows of the table."""
    made = firm(on)
    owner, qa = made.tokens["action_owner"], made.tokens["qa"]
    drafts = [
        on.post("create_document", owner, made.id, title=f"Document {n}", type="sop", content={"summary": "How"}) for n in range(STEPS)
    ]
    _copy(on, "bare_submit")

    def submit_one(one: Any) -> Any:
        return on.post("submit_change", owner, made.id, one["change"]["etag"], change_id=one["change"]["id"])

    asked, submit = _steps(on, "bare_submit", drafts, (made.id, "submit_change", "action_owner"), submit_one)
    patch = pytest.MonkeyPatch()
    patch.setattr(identity, "_standing", lambda _: identity.Standing(None, 0, time.monotonic()))  # Google's own answer isn't ours to time
    subjects = [{"subject_kind": "approval_request", "subject_id": one["approval_request"]["id"], "meaning": "approved"} for one in asked]
    challenge = on.post("start_signing", qa, made.id, subjects=subjects)["challenge_id"]
    time.sleep(1.1)
    fresh = token(_uid(qa))
    _shift(on)
    _copy(on, "bare_approve")

    def approve_one(one: Any) -> Any:
        request = one["approval_request"]
        named = {"approval_request_id": request["id"], "challenge_id": challenge}
        return on.post("approve_request", fresh, made.id, request["etag"], **named)

    _, approve = _steps(on, "bare_approve", asked, (made.id, "approve_request", "qa"), approve_one)
    patch.undo()
    return [("submit a change", *submit), ("approve a change (a document takes effect)", *approve), busy(on)]


def _uid(given: str) -> str:
    return identity.verify(given).uid


def _shift(on: Ground) -> None:
    """The tokens here say that one signed in five seconds ago; so the challenges are made ten seconds older."""
    connection = on.server.connect(on.name)
    earlier = "created_at = created_at - interval '10 seconds', begun_by = begun_by - interval '10 seconds'"
    connection.run(f"update challenges set {earlier}, expires_at = expires_at + interval '10 minutes'")
    connection.close()


def _copy(on: Ground, name: str) -> None:
    connection = on.server.connect(on.name)
    connection.run("analyze")  # as autovacuum does; for both sides, since the copy has the same statistics
    connection.close()
    database.current().close()
    connection = on.server.connect()
    connection.run("select pg_terminate_backend(pid) from pg_stat_activity where datname = :name", name=on.name)  # else it can't be copied
    connection.run(f"create database {name} template {on.name} strategy file_copy")
    connection.close()
    connection = on.server.connect(name)
    for (table,) in connection.run("select tgrelid::regclass::text from pg_trigger where tgname = 'audit_row'"):
        connection.run(f"alter table {table} disable trigger audit_row")
    connection.close()


def _steps(
    on: Ground, bare_name: str, things: list[Any], fact: tuple[str, str, str], step: Any
) -> tuple[list[Any], tuple[str, str, str, str]]:
    """The step on each thing, in turns with the same writes run bare on a copy of the database; `fact` is what is counted of it."""
    os.environ["QFACTS_BARE_DATABASE"] = bare_name
    client, answers, ours, bare, counts = on.bare("statements"), [], [], [], []
    for thing in things:
        with on.recorded() as statements, _apart() as saves:
            began = time.perf_counter()
            answers.append(step(thing))
            ours.append((time.perf_counter() - began) * 1000)
        counts.append(len(statements))
        written = [(COUNTED, fact), *((_bare(sql), values) for sql, values in _plain(statements, saves))]
        began = time.perf_counter()
        response = client.get("/", environ_overrides={"bench.statements": written})
        bare.append((time.perf_counter() - began) * 1000)
        assert response.status_code == 200
    one, other = statistics.median(ours[3:]), statistics.median(bare[3:])
    return answers, (f"{one:.2f} ms", f"{other:.2f} ms", f"{one / other:.2f}", f"<= 3   ({max(counts)} statements)")


@contextmanager
def _apart() -> Iterator[list[list[rows.Part]]]:
    """What each save of the requests inside writes, table by table."""
    kept: list[list[rows.Part]] = []
    original = rows.parts

    def parts(*given: Any) -> list[rows.Part]:
        kept.append(original(*given))
        return kept[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "parts", parts)
        yield kept


def _plain(statements: list[Statement], saves: list[list[rows.Part]]) -> Iterator[Statement]:
    """The writes as anybody would make them: a plain statement a table, where ours are one statement for all."""
    following = iter(saves)
    for sql, values in statements:
        if sql.startswith("with part_"):
            yield from ((parameters(part.sql)[0], (part.rows,)) for part in next(following))
        elif sql.lstrip().lower().startswith(("insert", "update", "delete")):
            yield sql, values


def _bare(sql: str) -> str:
    return sql.replace("current_setting('app.organisation_id')", "current_setting('app.organisation_id', true)")


def busy(on: Ground) -> tuple[str, str, str, str, str]:
    """One organisation's teams renamed by sixteen clients at once: with the chain, and with its trigger switched off."""
    made = firm(on)
    for number in range(CLIENTS):
        on.post("create_team", made.tokens["admin"], made.id, name=f"Team {number}")
    connection = on.server.connect(on.name)
    teams = [row[0] for row in connection.run("select id from teams where organisation_id = :o", o=made.id)]
    person = connection.run("select person_id from members where organisation_id = :o and admin", o=made.id)[0][0]
    rates: dict[bool, list[float]] = {True: [], False: []}
    trigger = connection.run("select tgname from pg_trigger where tgrelid = 'audit_entries'::regclass and tgdeferrable")[0][0]
    for chained in (True, False) * 3:
        connection.run(f"alter table audit_entries {'enable' if chained else 'disable'} trigger {trigger}")
        rates[chained].append(_rate(made.id, str(person), teams))
    connection.run(f"alter table audit_entries enable trigger {trigger}")
    connection.close()
    with_chain, without = statistics.median(rates[True]), statistics.median(rates[False])
    return (
        "audited writes a second, one organisation, 16 clients",
        f"{with_chain:,.0f}/s",
        f"{without:,.0f}/s",
        f"{with_chain / without:.2f}",
        ">= 0.8 (bare: no chain)",
    )


def _rate(organisation: str, person: str, teams: list[Any]) -> float:
    counts, until = [0] * CLIENTS, time.perf_counter() + SECONDS / 2
    settings = {
        "app.organisation_id": organisation,
        "app.person_id": person,
        "app.actor": f"person:{person}",
        "app.step": "rename",
        "app.source": "api",
    }

    def client(number: int) -> None:
        while time.perf_counter() < until:
            with database.current().transaction(role="qfacts_application", settings=settings) as tx:
                tx.rows(
                    "update teams set name = :name, revision = revision + 1 where id = :id returning 1 as written",
                    name=f"Team {number} {counts[number]}",
                    id=teams[number],
                )
            counts[number] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (SECONDS / 2)
