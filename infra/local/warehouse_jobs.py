"""Jobs of the local warehouse: done when they are answered, written down in the same transaction as what they did."""

from __future__ import annotations

import hashlib
import json
import re
import time
import uuid
from collections import OrderedDict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from infra.local.place import PROJECT
from infra.local.warehouse_engine import Engine, Resource
from infra.local.warehouse_schema import fields_of
from infra.local.warehouse_tables import LOCATION, Tables, target_of
from infra.local.warehouse_values import KINDS, Field, Refused, absent, cell, invalid

if TYPE_CHECKING:
    from infra.local.warehouse_queries import Answer, Queries

JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,1024}")
ANSWERS = 100  # so many queries' rows are kept, in memory
PAGE = 10_000  # rows of an answer at most
FAULTS = 5  # bad rows that a failed load names
# What a load of BigQuery may be told and the stand-in doesn't do.
ABSENT = {"sourceUris": "loads from Cloud Storage", "hivePartitioningOptions": "Hive partitions", "timeZone": "time zones of a load"}


class Jobs:
    """What the addresses under /jobs and /queries do."""

    def __init__(self, engine: Engine, tables: Tables) -> None:
        self.engine, self.tables = engine, tables
        self._answers: OrderedDict[str, Answer] = OrderedDict()

    @cached_property
    def queries(self) -> Queries:
        """The translator takes half a second to import: loads don't wait for it."""
        from infra.local.warehouse_queries import Queries

        return Queries(self.engine, self.tables)

    def insert(self, given: Resource, content: bytes | None = None) -> Resource:
        """Run a job (`content`: what a load brought); a job that fails says so in its status. Raises Refused where it can't be one."""
        reference, configuration = given.get("jobReference") or {}, given.get("configuration") or {}
        name = str(reference.get("jobId") or f"job_{uuid.uuid4().hex}")
        if not JOB_ID.fullmatch(name):
            raise invalid(f'Invalid job ID "{name}".')
        work = self._work(configuration)
        location = str(reference.get("location") or LOCATION)
        began = _now()
        job = {
            "kind": "bigquery#job",
            "id": f"{PROJECT}:{location}.{name}",
            "jobReference": {"projectId": PROJECT, "jobId": name, "location": location},
            "user_email": f"local@{PROJECT}",
            "configuration": {**configuration, "jobType": work.upper()},
        }
        if configuration.get("dryRun"):
            return {**job, **_done(began, self._query(configuration, "", dry=True))}
        with self.engine.alone():
            if self.engine.find("job", "", name):
                raise Refused(409, "duplicate", f"Already Exists: Job {PROJECT}:{location}.{name}")
            try:
                with self.engine.change():
                    said = self._load(configuration["load"], content) if work == "load" else self._query(configuration, name, dry=False)
                    job |= _done(began, said)
                    self.engine.keep("job", "", name, job)
            except Refused as refusal:
                job |= _done(began, {}) | {"status": _failure(refusal)}
                self.engine.keep("job", "", name, job)
        return job

    def _work(self, configuration: Resource) -> str:
        work = next((each for each in ("load", "query") if each in configuration), "")
        if not work:
            raise absent(f"{'/'.join(configuration) or 'empty'} job")
        if configuration.get("dryRun") and work != "query":
            raise invalid("dryRun is for query jobs.")
        return work

    def _query(self, configuration: Resource, name: str, *, dry: bool) -> Resource:
        answer = self.queries.run(configuration["query"], dry=dry)
        if not dry:
            self._answers[name] = answer
            while len(self._answers) > ANSWERS:
                self._answers.popitem(last=False)
        return {"query": answer.statistics, "totalBytesProcessed": str(answer.size)}

    def _load(self, load: Resource, content: bytes | None) -> Resource:
        """Put the rows of `content` into the destination, all or none of them; raises Refused."""
        for key, feature in ABSENT.items():
            if load.get(key):
                raise absent(feature)
        if load.get("sourceFormat") != "NEWLINE_DELIMITED_JSON":
            raise absent("loads of anything but NEWLINE_DELIMITED_JSON")
        if content is None:
            raise invalid("Load configuration must specify at least one source: upload the rows with the job.")
        at = target_of(load.get("destinationTable") or {})
        found = self.tables.find(at)
        if load.get("schema"):
            fields = fields_of(load["schema"])
        elif found:
            fields = found["schema"]["fields"]
        else:
            raise invalid(f"No schema specified on job or table {at.said}. (The local warehouse doesn't detect one.)")
        rows, bad = _rows(content, fields, ignore_unknown=bool(load.get("ignoreUnknownValues")))
        if len(bad) > int(load.get("maxBadRecords") or 0):
            said = f"Error while reading data, error message: JSON table encountered too many errors, giving up. Rows: {len(bad)}; {bad[0]}"
            raise invalid(said, *bad[:FAULTS])
        self.tables.write(at, fields, rows, load)
        counts = {"inputFiles": "1", "inputFileBytes": str(len(content)), "outputRows": str(len(rows)), "badRecords": str(len(bad))}
        return {"load": {**counts, "outputBytes": str(len(content))}}

    def get(self, name: str) -> Resource:
        """One job; raises Refused."""
        found = self.engine.find("job", "", name)
        if found is None:
            raise Refused(404, "notFound", f"Not found: Job {PROJECT}:{LOCATION}.{name}")
        return found

    def delete(self, name: str) -> None:
        """Forget a job; what it did stays. Raises Refused."""
        with self.engine.change():
            self.get(name)
            self.engine.forget("job", "", name)
        self._answers.pop(name, None)

    def query(self, given: Resource) -> Resource:
        """jobs.query: run a query and answer its first page; the same requestId gives the same answer. Raises Refused."""
        known = {"query", "defaultDataset", "parameterMode", "queryParameters", "useLegacySql"}
        configuration = {"query": {key: value for key, value in given.items() if key in known}, "dryRun": bool(given.get("dryRun"))}
        asked = str(given.get("requestId") or uuid.uuid4())
        name = "job_" + hashlib.sha256(json.dumps([asked, given.get("query")]).encode()).hexdigest()[:32]
        job = self.engine.find("job", "", name) or self.insert({"jobReference": {"jobId": name}, "configuration": configuration})
        if configuration["dryRun"]:
            query = job["statistics"]["query"]
            described = {"kind": "bigquery#queryResponse", "schema": query.get("schema"), "jobComplete": True, "totalRows": "0"}
            return {**described, "totalBytesProcessed": query["totalBytesProcessed"], "jobReference": job["jobReference"]}
        options = given.get("formatOptions") or {}
        return self.results(name, 0, given.get("maxResults", PAGE), microseconds=bool(options.get("useInt64Timestamp")))

    def results(self, name: str, start: int, count: int, *, microseconds: bool) -> Resource:
        """A page of a query's rows; raises Refused, also as the job itself was refused."""
        job = self.get(name)
        failed = job["status"].get("errorResult")
        if failed:
            raise Refused(_STATUS.get(failed["reason"], 400), failed["reason"], failed["message"])
        if "query" not in job["configuration"]:
            raise invalid(f"Job {name} is no query.")
        statistics = job["statistics"]["query"]
        said = {"kind": "bigquery#getQueryResultsResponse", "jobReference": job["jobReference"], "jobComplete": True, "cacheHit": False}
        said["totalBytesProcessed"] = statistics["totalBytesProcessed"]
        if statistics["statementType"] != "SELECT":
            return said | {key: statistics[key] for key in ("numDmlAffectedRows",) if key in statistics}
        answer = self._answers.get(name)
        if answer is None:
            raise Refused(404, "notFound", f"Not found: the rows of job {name}. The local warehouse keeps them for {ANSWERS} queries.")
        return said | {"schema": {"fields": answer.fields}} | page(answer.fields, answer.rows, start, count, microseconds=microseconds)


def page(fields: list[Field], rows: list[tuple[Any, ...]], start: int, count: int, *, microseconds: bool) -> Resource:
    """`count` rows from `start`, as BigQuery's REST writes them, and where to go on."""
    end = start + max(0, min(count, PAGE))
    shown = rows[start:end]
    more = {"pageToken": f"from-{end}"} if end < len(rows) and shown else {}
    written = [{"f": [cell(*each, microseconds=microseconds) for each in zip(fields, row, strict=True)]} for row in shown]
    return {**({"rows": written} if written else {}), "totalRows": str(len(rows)), **more}


def _rows(content: bytes, fields: list[Field], *, ignore_unknown: bool) -> tuple[list[tuple[Any, ...]], list[str]]:
    """The good rows, and a sentence for each bad one."""
    rows, bad = [], []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            rows.append(_row(line, fields, ignore_unknown=ignore_unknown))
        except ValueError as fault:
            bad.append(f"row {number}: {fault}")
    return rows, bad


def _row(line: bytes, fields: list[Field], *, ignore_unknown: bool) -> tuple[Any, ...]:
    """One row's values in the order of the columns; raises ValueError with what is wrong."""
    try:
        given = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise ValueError("JSON parsing error: the line is no JSON object") from None
    if not isinstance(given, dict):
        raise ValueError("JSON parsing error: the line is no JSON object")  # noqa: TRY004 - what is wrong is the row
    values = {name.lower(): value for name, value in given.items()}
    unknown = set(values) - {field["name"].lower() for field in fields}
    if unknown and not ignore_unknown:
        raise ValueError(f"No such field: {min(unknown)}.")
    return tuple(_value(field, values.get(field["name"].lower())) for field in fields)


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _value(field: Field, value: Any) -> Any:
    if value is None:
        if field["mode"] == "REQUIRED":
            raise ValueError(f"Only optional fields can be set to NULL. Field: {field['name']}")
        return None
    try:
        return KINDS[field["type"]].read(value)
    except (ValueError, TypeError, ArithmeticError, OSError):
        raise ValueError(f"Could not convert value to {field['type']}. Field: {field['name']}; Value: {str(value)[:100]}") from None


_STATUS = {"notFound": 404, "duplicate": 409, "notImplemented": 501}


def _done(began: str, statistics: Resource) -> Resource:
    times = {"creationTime": began, "startTime": began, "endTime": _now()}
    return {"status": {"state": "DONE"}, "statistics": {**times, **statistics}}


def _failure(refusal: Refused) -> Resource:
    first = {"reason": refusal.reason, "message": refusal.sentence}
    return {"state": "DONE", "errorResult": first, "errors": [first, *({"reason": refusal.reason, "message": m} for m in refusal.more)]}


def _now() -> str:
    return str(time.time_ns() // 1_000_000)
