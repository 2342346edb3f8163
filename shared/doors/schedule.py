"""The door of the functions that Cloud Scheduler calls: delivered at least once, done exactly once.

The holder of a slot's lease runs it. Each organisation with something due has a transaction of its own that also advances the run's cursor,
so that a killed run resumes where it stopped and does nothing twice. A job that waits for another service `waits` between transactions of
its own, and holds no connection meanwhile; the cursor moves after the last of them.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast, overload
from uuid import UUID, uuid4

from shared.app.recording import Taker
from shared.app.run import Counts, Run, Turn
from shared.db import database
from shared.db.rows import read
from shared.domain.kernel.errors import Contention, MethodNotAllowed, Refusal, Unauthenticated, Unavailable
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass
from shared.domain.people.organisations import Organisation
from shared.doors.door import entered
from shared.doors.problem import SECURITY, problem
from shared.outside import config, telemetry
from shared.queries.due import organisations_due

if TYPE_CHECKING:
    from flask import Request, Response

    from shared.db.transaction import Transaction

Job = Callable[..., Counts]  # a job for each organisation takes a Run, or if it waits a Turn
Work = Callable[[Job, "Slot", UUID, Counts], Counts]  # an organisation's turn
ROLE = "qfacts_job"
TAKEN_OVER = Sentence("run_taken_over", "Another attempt took this run over.")
OVERSEER = "qfacts_due"  # sees of every organisation as much as tells whether something is due
LEASE_SECONDS = 120
ATTEMPTS = 3
# Concurrent runs of a job, such as one by hand, take turns in an organisation, so that the second sees the first one's work.
ENTER = """
with turn as materialized (select pg_advisory_xact_lock(hashtextextended(:job || ' ' || :id::text, 0)))
select to_jsonb(o) as organisation from turn, organisations o where o.id = cast(:id::text as uuid)
"""


@dataclass(frozen=True)
class Slot:
    """One run: its job, its scheduled time and its id."""

    job: str
    slot: str
    run_id: UUID


class Scheduled(Protocol):
    """A job as the cloud calls it, with its function, which OpenAPI and the house rules read."""

    scheduled: Job

    def __call__(self, request: Request, /) -> Response:
        """The response to one delivery."""
        ...


@overload
def scheduled(function: Callable[[Run], Counts], /) -> Scheduled: ...
@overload
def scheduled(*, organisation: Literal[False]) -> Callable[[Callable[[], Counts]], Scheduled]: ...
@overload
def scheduled(*, waits: Literal[True]) -> Callable[[Callable[[Turn], Counts]], Scheduled]: ...
def scheduled(
    function: Job | None = None, /, *, organisation: bool = True, waits: bool = False
) -> Scheduled | Callable[[Callable[[], Counts]], Scheduled] | Callable[[Callable[[Turn], Counts]], Scheduled]:
    """A scheduled function: POST with Google's OIDC token; its counts are summed over all organisations."""
    config.refuse_unsafe_start()

    def wrap(job: Job) -> Scheduled:
        work = (_between if waits else _within) if organisation else None
        enter = cast("Scheduled", entered(job, lambda request: _answer(job, request, work)))
        enter.scheduled = job
        return enter

    return wrap if function is None else wrap(function)


def _answer(job: Job, request: Request, work: Work | None) -> Response:
    from flask import Response as Made

    began, request_id, name = time.perf_counter(), str(uuid4()), job.__name__
    headers = {"Content-Type": "application/json"}
    try:
        _prove(request, name)
        status, text = 200, json.dumps(_run(job, slot_of(request, name), work))
    except Refusal as refusal:
        status, text, headers = problem(refusal, request_id)
    except Exception as error:  # noqa: BLE001 - never a bare 500
        telemetry.log("ERROR", "a fault of ours", function=name, request_id=request_id, where=telemetry.where(error))
        fault = Refusal(Sentence("run_broke_off", "The run broke off; what was done stays done, and the next attempt goes on from there."))
        fault.status, fault.title = 500, "Our fault"
        status, text, headers = problem(fault, request_id)
    took = round((time.perf_counter() - began) * 1000, 1)
    if status != 200 or took > 1000 or json.loads(text).get("done"):
        telemetry.log(
            "INFO" if status < 500 else "WARNING",
            f"{name} {status}",
            function=name,
            request_id=request_id,
            status=status,
            milliseconds=took,
        )
    return Made(text, status, {**SECURITY, "X-Request-Id": request_id, **headers})


def _prove(request: Request, name: str) -> None:
    from shared.google.scheduler_tokens import verify_scheduler

    if request.method != "POST":
        raise MethodNotAllowed(Sentence("wrong_method", "{function} is a {method}.", function=name, method="POST"), allow="POST")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated(Sentence("scheduler_only", "Only the scheduler may call this function."))
    verify_scheduler(token.strip(), f"{config.current().origin}/api/{name}")


def slot_of(request: Request, job: str) -> Slot:
    """The slot of a delivery; a run by hand gets a slot of its own, because it may carry the next slot's time."""
    run_id, given = uuid4(), request.headers.get("X-CloudScheduler-ScheduleTime", "")
    try:
        planned = datetime.fromisoformat(given)
    except ValueError:
        return Slot(job, f"by hand {run_id}", run_id)
    if planned.tzinfo is None or planned > datetime.now(UTC) + timedelta(seconds=30):
        return Slot(job, f"by hand {run_id}", run_id)
    return Slot(job, planned.astimezone(UTC).isoformat(), run_id)


def _run(job: Job, slot: Slot, work: Work | None) -> dict[str, object]:
    """Do the job for each organisation that has something due, or once where it is for none."""
    taken, counts, cursor = _lease(slot)
    if not taken:
        return {"job": slot.job, "slot": slot.slot, "finished_before": True, **counts}
    if work is not None:
        counts.setdefault("organisations", 0)
        for found, passed in _turns(slot.job, cursor):
            counts = _add(counts, {"organisations": passed})
            if found is None:
                break
            cursor = found
            try:
                counts = _with_retries(functools.partial(work, job, slot, found, counts))
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001 - one organisation's fault never stops the others
                telemetry.log("ERROR", "a fault of ours", function=slot.job, organisation_id=str(found), where=telemetry.where(error))
                counts = _add(counts, {"failed": 1})
    else:
        counts = _add(counts, job())
    with database.current().transaction(role=ROLE, settings=_settings(slot, None)) as tx:
        _move(tx, slot, counts, cursor, finished=True)
    return {"job": slot.job, "slot": slot.slot, "run_id": str(slot.run_id), **counts}


def _lease(slot: Slot) -> tuple[bool, Counts, UUID | None]:
    """Take the slot's lease, or take over an expired one; raises Unavailable while another run holds it."""
    with database.current().transaction(role=ROLE, settings=_settings(slot, None)) as tx:
        key = {"job": slot.job, "slot": slot.slot, "run": slot.run_id, "lease": LEASE_SECONDS}
        taken = tx.row(
            "insert into job_runs (job, slot, run_id, started_at, lease_until, counts)"
            " values (:job, :slot, :run, clock_timestamp(), clock_timestamp() + make_interval(secs => :lease), '{}')"
            " on conflict (job, slot) do update set run_id = :run, lease_until = clock_timestamp() + make_interval(secs => :lease)"
            " where job_runs.finished_at is null and job_runs.lease_until < clock_timestamp() returning counts, cursor",
            **key,
        )
        if taken is not None:
            return True, taken.counts, taken.cursor
        kept = tx.row("select r.counts, r.finished_at from job_runs r where r.job = :job and r.slot = :slot", job=slot.job, slot=slot.slot)
    if kept is None or kept.finished_at is None:
        raise Unavailable(
            Sentence("slot_being_run", "This slot is being run already; it is finished or free again soon."), retry_after=LEASE_SECONDS
        )
    return False, kept.counts, None


def _turns(job: str, cursor: UUID | None) -> Iterator[tuple[UUID | None, int]]:
    """Each organisation that has something due, with how many were passed over before it; at the end None with the last of those.

    Where none has, the first has its turn all the same: its counts name what the job did nothing of.
    """
    after, passed, first, none = cursor or UUID(int=0), 0, None, True
    while page := _page(job, after):
        first, after = first or page[0].id, page[-1].id
        for row in page:
            if row.due:
                yield row.id, passed
            none, passed = none and not row.due, 0 if row.due else passed + 1
    if none and first is not None:
        yield first, passed - 1
        passed = 0
    yield None, passed


def _page(job: str, after: UUID) -> list[Any]:
    with database.current().transaction(role=OVERSEER, settings={"app.step": "next organisations"}) as tx:
        return organisations_due(tx, job, after)


def _within(job: Job, slot: Slot, organisation_id: UUID, counts: Counts) -> Counts:
    """The organisation's turn in one transaction."""
    with _turn(slot, organisation_id) as tx:
        added = _add(_add(counts, {"organisations": 1}), job(Run(tx, Taker(f"system:{slot.job}", slot.job, f"slot {slot.slot}"))))
        _move(tx, slot, added, organisation_id, finished=False)
    return added


def _between(job: Job, slot: Slot, organisation_id: UUID, counts: Counts) -> Counts:
    """The organisation's turn in several transactions, each of which renews the lease."""

    @contextmanager
    def stage() -> Iterator[Transaction]:
        with _turn(slot, organisation_id) as tx:
            yield tx
            _renew(tx, slot)

    added = _add(_add(counts, {"organisations": 1}), job(Turn(organisation_id, stage)))
    with database.current().transaction(role=ROLE, settings=_settings(slot, None)) as tx:
        _move(tx, slot, added, organisation_id, finished=False)
    return added


@contextmanager
def _turn(slot: Slot, organisation_id: UUID) -> Iterator[Transaction]:
    with database.current().transaction(role=ROLE, settings=_settings(slot, organisation_id)) as tx:
        row = tx.row(ENTER, job=slot.job, id=organisation_id)
        assert row is not None  # noqa: S101 - organisations are never deleted
        tx.enter(read(Organisation, row.organisation))
        yield tx


def _renew(tx: Transaction, slot: Slot) -> None:
    """Hold the run's lease for longer; raises Unavailable if another run took it over."""
    if not tx.rows(
        "update job_runs set lease_until = clock_timestamp() + make_interval(secs => :lease)"
        " where job = :job and slot = :slot and run_id = :run and finished_at is null returning 1 as renewed",
        lease=LEASE_SECONDS,
        job=slot.job,
        slot=slot.slot,
        run=slot.run_id,
    ):
        raise Unavailable(TAKEN_OVER)


def _move(tx: Transaction, slot: Slot, counts: Counts, cursor: UUID | None, *, finished: bool) -> None:
    """Advance the run's cursor in the transaction of the work; raises Unavailable if another run took over the lease."""
    moved = tx.rows(
        "update job_runs set counts = cast(:counts as jsonb), cursor = :cursor,"
        " lease_until = clock_timestamp() + make_interval(secs => :lease),"
        " finished_at = case when :finished then clock_timestamp() end"
        " where job = :job and slot = :slot and run_id = :run and finished_at is null returning 1 as moved",
        counts=json.dumps(counts),
        cursor=cursor,
        lease=LEASE_SECONDS,
        finished=finished,
        job=slot.job,
        slot=slot.slot,
        run=slot.run_id,
    )
    if not moved:
        raise Unavailable(TAKEN_OVER)


def _with_retries(work: Callable[[], Counts]) -> Counts:
    for attempt in range(1, ATTEMPTS):
        try:
            return work()
        except Contention:
            time.sleep(0.02 * attempt)
    return work()


def _add(counts: Counts, more: Counts) -> Counts:
    return {name: counts.get(name, 0) + more.get(name, 0) for name in {**counts, **more}}


def _settings(slot: Slot, organisation_id: UUID | None) -> dict[str, object]:
    return {
        "app.organisation_id": organisation_id,
        "app.actor": f"system:{slot.job}",
        "app.step": slot.job,
        "app.cause": f"slot {slot.slot}",
        "app.request_id": slot.run_id,
        "app.source": "job",
    }
