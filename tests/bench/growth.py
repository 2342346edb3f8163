"""Ten times the input against once, for whatever takes a body, a file or a list: the time may grow fifteenfold at most.

The suite counts the same calls' work (tests/outside/test_growth.py); this times them, and the functions as they are called.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.bench.ground import Firm, Ground, firm, milliseconds
from tests.bench.reads import fill
from tests.growth import CALLS

Row = tuple[str, str, str, str, str]
SIZE, TIMES = 100, 3
LEAST = 20.0  # milliseconds; shorter calls measure the machine
# With their entries in the audit trail, as an export demands.
NOTES = """
insert into notes (organisation_id, id, record_id, text, author_id)
select cast(:o as uuid), gen_random_uuid(), cast(:r as uuid), 'Note ' || n, m.person_id
from generate_series(1, cast(:n as integer)) n, (select person_id from members where organisation_id = cast(:o as uuid) limit 1) m
"""
ACTOR = {"app.actor": "system:bench", "app.step": "bench", "app.source": "job"}


def measure(on: Ground) -> list[Row]:
    """The rows of the table."""
    rows = [_grown(what, call) for what, call in CALLS.items()]
    made = firm(on)
    owner = made.tokens["action_owner"]
    fill(on, made.id, 1000)
    for what, call in _bodies(on, made, _documents(on, made, 50)).items():
        rows.append(_row(what, *(milliseconds(partial(call, size), 5) for size in (5, 50))))
    few, many = (_noted(on, made, count) for count in (90, 900))
    for form in ("json", "csv", "pdf"):
        times = [milliseconds(partial(on.get, "export_record", owner, made.id, id=one, format=form), 3) for one in (few, many)]
        rows.append(_row(f"export_record as {form}, by notes", *times))
    for function in ("get_record_history", "list_audit_trail"):
        name = "id" if function == "get_record_history" else "record_id"
        times = [milliseconds(partial(on.get, function, owner, made.id, **{name: one}), 5) for one in (few, many)]
        rows.append(_row(f"{function}, by notes", *times))
    return rows


def _grown(what: str, call: Callable[[int], Callable[[], object]]) -> Row:
    """A call at a size that takes long enough to be measured, and at ten times that."""
    size = SIZE
    while (once := _best(call(size))) < LEAST and size < 64 * SIZE:
        size *= 2
    return _row(f"{what}, {size:,} and {10 * size:,}", once, _best(call(10 * size)))


def _best(call: Callable[[], object]) -> float:
    """The shortest of a few runs in milliseconds: what others do on the machine only adds."""
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return min(taken)


def _row(what: str, once: float, tenfold: float) -> Row:
    return what, f"{tenfold:.1f} ms", f"{once:.1f} ms", f"{tenfold / once:.1f}", "<= 15"


def _documents(on: Ground, made: Firm, count: int) -> list[str]:
    """The ids of documents in force."""
    answer = on.get("list_documents", made.tokens["action_owner"], made.id, limit=count).get_json()
    return [row["id"] for row in answer["items"]]


def _bodies(on: Ground, made: Firm, documents: list[str]) -> dict[str, Callable[[int], object]]:
    """Steps whose body grows."""
    owner = made.tokens["action_owner"]
    post = partial(on.post, token=owner, organisation=made.id)

    def question(number: int) -> dict[str, Any]:
        options = [{"text": f"Option {one}", "correct": one == 0} for one in range(4)]
        return {"text": f"Question {number}?", "kind": "single", "options": options}

    def propose(size: int) -> dict[str, Any]:
        items = [{"record_id": one, "content": {"summary": "Rinse twice"}} for one in documents[:size]]
        return dict(post("propose_change", reason="Clearer", items=items)["change"])

    def shown(size: int) -> object:
        return on.get("get_change", owner, made.id, id=changes[size]["id"])

    changes = {size: propose(size) for size in (5, 50)}
    return {
        "propose_change, by items": propose,
        "get_change, by items": shown,
        "report_event, by characters": lambda size: post(
            "report_event", title="Leak", type="deviation", content={"description": "word " * size * 15}
        ),
        "create_training, by questions": lambda size: post(
            "create_training", title="Gloves", content={"quiz": {"questions": [question(number) for number in range(size)]}}
        ),
        "create_document, by characters": lambda size: post(
            "create_document", title="Cleaning", type="sop", content={"summary": "word " * size * 5}
        ),
    }


def _noted(on: Ground, made: Firm, count: int) -> str:
    """A document with so many notes, each with its entry in the trail; its id."""
    owner = made.tokens["action_owner"]
    record = on.post("create_document", owner, made.id, title="Cleaning", type="sop", content={"summary": "How"})["record"]["id"]
    connection = on.server.connect(on.name)
    connection.run("begin")
    for name, value in {**ACTOR, "app.organisation_id": made.id}.items():
        connection.run("select set_config(:name, :value, true)", name=name, value=value)
    connection.run(NOTES, o=made.id, r=record, n=count)
    connection.run("commit")
    connection.close()
    return str(record)
