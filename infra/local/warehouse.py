"""BigQuery on one machine: its REST at 127.0.0.1, as far as usage data and their analysts need it, with duckdb behind it.

The real client library works against it. There are datasets; tables with descriptions, clustering and daily partitions on a column;
load jobs of newline-delimited JSON (multipart and resumable, partition decorators, all write dispositions); query jobs (SELECT, DML,
MERGE, CREATE TABLE, with parameters, dry runs and pages); jobs by id, each at most once. All of it lasts, in one file.

It is a stand-in. It doesn't have: streaming inserts, views, routines, scripts, transactions of several statements, INFORMATION_SCHEMA,
repeated and nested columns, BIGNUMERIC, GEOGRAPHY, loads from Cloud Storage or of CSV and Parquet, schema detection, copy and extract
jobs, snapshots, partitions other than DAY, expiry (kept, never acted upon), quotas, prices, locations, and rights: whoever reaches
the port may do everything. It refuses what it doesn't have. Queries are translated by sqlglot; a function that one of the two
doesn't know is refused as well, and a job is done when it is answered.

    python -m infra.local.warehouse --port 9050 --home .local/warehouse
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from infra.local.place import HOST, PROJECT
from infra.local.warehouse_engine import Engine, Resource
from infra.local.warehouse_jobs import PAGE, Jobs, page
from infra.local.warehouse_tables import Tables, target
from infra.local.warehouse_uploads import Incomplete, Uploads, multipart
from infra.local.warehouse_values import Refused, absent, invalid

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BODY_LIMIT = 256 * 1024 * 1024  # bytes
HERE = "/bigquery/v2/projects/<project>"
UPLOADS = f"/upload{HERE}/jobs"
# Which of the warehouse's methods answers what.
ADDRESSES = (
    ("GET", "/health", "health"),
    ("GET", f"{HERE}/datasets", "list_datasets"),
    ("POST", f"{HERE}/datasets", "create_dataset"),
    ("GET", f"{HERE}/datasets/<dataset>", "get_dataset"),
    ("PATCH", f"{HERE}/datasets/<dataset>", "change_dataset"),
    ("PUT", f"{HERE}/datasets/<dataset>", "change_dataset"),
    ("DELETE", f"{HERE}/datasets/<dataset>", "delete_dataset"),
    ("GET", f"{HERE}/datasets/<dataset>/tables", "list_tables"),
    ("POST", f"{HERE}/datasets/<dataset>/tables", "create_table"),
    ("GET", f"{HERE}/datasets/<dataset>/tables/<table>", "get_table"),
    ("PATCH", f"{HERE}/datasets/<dataset>/tables/<table>", "change_table"),
    ("PUT", f"{HERE}/datasets/<dataset>/tables/<table>", "change_table"),
    ("DELETE", f"{HERE}/datasets/<dataset>/tables/<table>", "delete_table"),
    ("GET", f"{HERE}/datasets/<dataset>/tables/<table>/data", "list_rows"),
    ("POST", f"{HERE}/datasets/<dataset>/tables/<table>/insertAll", "refuse_streaming"),
    ("GET", f"{HERE}/jobs", "list_jobs"),
    ("POST", f"{HERE}/jobs", "insert_job"),
    ("GET", f"{HERE}/jobs/<job>", "get_job"),
    ("POST", f"{HERE}/jobs/<job>/cancel", "cancel_job"),
    ("DELETE", f"{HERE}/jobs/<job>/delete", "delete_job"),
    ("POST", f"{HERE}/queries", "query"),
    ("GET", f"{HERE}/queries/<job>", "get_results"),
    ("POST", UPLOADS, "begin_upload"),
    ("PUT", UPLOADS, "go_on_uploading"),
)
NAMES = {400: "INVALID_ARGUMENT", 404: "NOT_FOUND", 409: "ALREADY_EXISTS", 412: "FAILED_PRECONDITION", 501: "UNIMPLEMENTED"}

log = logging.getLogger(__name__)


class Warehouse:
    """The WSGI application; `home` holds the one file."""

    def __init__(self, home: Path) -> None:
        self.engine = Engine(home)
        self.tables = Tables(self.engine)
        self.jobs = Jobs(self.engine, self.tables)
        self.uploads = Uploads()
        self.addresses = Map([Rule(path, methods=[method], endpoint=endpoint) for method, path, endpoint in ADDRESSES])

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; what is refused is refused in BigQuery's shape."""
        request = Request(environ)
        request.max_content_length = BODY_LIMIT
        try:
            endpoint, found = self.addresses.bind_to_environ(environ).match()
            names = dict(found)
            if names.pop("project", PROJECT) != PROJECT:
                raise Refused(404, "notFound", f"Not found: the local warehouse has one project, {PROJECT}.")
            answer: Callable[..., Response | Resource | None] = getattr(self, endpoint)
            response = _response(answer(request, **names))
        except Refused as refusal:
            response = _refusal(refusal)
        except Incomplete as upload:
            response = Response(status=308, headers={"Range": f"bytes=0-{upload.received - 1}"} if upload.received else {})
        except HTTPException as refusal:
            sentence = f"{request.method} {request.path}: the local warehouse has no such address."
            response = _refusal(Refused(refusal.code or 404, "notFound", sentence))
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            response = _refusal(Refused(500, "backendError", "The local warehouse failed; its log says how."))
        return response(environ, start_response)

    def health(self, _request: Request) -> Resource:
        """200 once the file is open."""
        return {"status": "ready"}

    def list_datasets(self, request: Request) -> Resource:
        """datasets.list."""
        return _listed("datasets", self.engine.all("dataset", ""), request, ("kind", "id", "datasetReference", "labels", "location"))

    def create_dataset(self, request: Request) -> Resource:
        """datasets.insert."""
        return self.tables.create_dataset(_body(request))

    def get_dataset(self, _request: Request, dataset: str) -> Resource:
        """datasets.get."""
        return self.tables.dataset(dataset)

    def change_dataset(self, request: Request, dataset: str) -> Resource:
        """datasets.patch and datasets.update."""
        return self.tables.change_dataset(dataset, _body(request))

    def delete_dataset(self, request: Request, dataset: str) -> None:
        """datasets.delete."""
        self.tables.delete_dataset(dataset, contents=request.args.get("deleteContents") == "true")

    def list_tables(self, request: Request, dataset: str) -> Resource:
        """tables.list."""
        self.tables.dataset(dataset)
        shown = ("kind", "id", "tableReference", "type", "labels", "timePartitioning", "clustering", "creationTime")
        return _listed("tables", self.engine.all("table", dataset), request, shown)

    def create_table(self, request: Request, dataset: str) -> Resource:
        """tables.insert."""
        return self.tables.create(dataset, _body(request))

    def get_table(self, _request: Request, dataset: str, table: str) -> Resource:
        """tables.get."""
        return self.tables.table(target(dataset, table))

    def change_table(self, request: Request, dataset: str, table: str) -> Resource:
        """tables.patch and tables.update."""
        return self.tables.change(target(dataset, table), _body(request), request.headers.get("If-Match", ""))

    def delete_table(self, _request: Request, dataset: str, table: str) -> None:
        """tables.delete."""
        self.tables.delete(target(dataset, table))

    def list_rows(self, request: Request, dataset: str, table: str) -> Resource:
        """tabledata.list."""
        at = target(dataset, table)
        start, count = _span(request)
        names = [name for name in request.args.get("selectedFields", "").split(",") if name]
        with self.engine.alone():
            total = int(self.tables.table(at)["numRows"])
            fields, rows = self.tables.read(at, names, start, count)
        shown = page(fields, rows, 0, count, microseconds=_microseconds(request))
        more = {"pageToken": f"from-{start + len(rows)}"} if rows and start + len(rows) < total else {}
        return {**shown, "kind": "bigquery#tableDataList", "totalRows": str(total), **more}

    def refuse_streaming(self, _request: Request, dataset: str, table: str) -> Resource:
        """tabledata.insertAll."""
        raise absent(f"streaming inserts: load the rows into {target(dataset, table).said} with a load job")

    def list_jobs(self, request: Request) -> Resource:
        """jobs.list, newest first."""
        wanted = {state.upper() for state in request.args.getlist("stateFilter")}
        found = [{**job, "state": "DONE", "errorResult": job["status"].get("errorResult")} for job in self.engine.all("job", "")]
        return _listed("jobs", found if not wanted or "DONE" in wanted else [], request)

    def insert_job(self, request: Request) -> Resource:
        """jobs.insert without rows."""
        return self.jobs.insert(_body(request))

    def get_job(self, _request: Request, job: str) -> Resource:
        """jobs.get."""
        return self.jobs.get(job)

    def cancel_job(self, _request: Request, job: str) -> Resource:
        """jobs.cancel: it is done already, as it may be in BigQuery too."""
        return {"kind": "bigquery#jobCancelResponse", "job": self.jobs.get(job)}

    def delete_job(self, _request: Request, job: str) -> None:
        """jobs.delete."""
        self.jobs.delete(job)

    def query(self, request: Request) -> Resource:
        """jobs.query."""
        return self.jobs.query(_body(request))

    def get_results(self, request: Request, job: str) -> Resource:
        """jobs.getQueryResults."""
        return self.jobs.results(job, *_span(request), microseconds=_microseconds(request))

    def begin_upload(self, request: Request) -> Response | Resource:
        """jobs.insert with rows: all at once, or the beginning of a resumable upload."""
        if request.args.get("uploadType") == "multipart":
            return self.jobs.insert(*multipart(request.content_type or "", request.get_data()))
        if request.args.get("uploadType") != "resumable":
            raise invalid("uploadType is multipart or resumable.")
        session = self.uploads.begin(_body(request))
        return Response(headers={"Location": f"{request.base_url}?uploadType=resumable&upload_id={session}"})

    def go_on_uploading(self, request: Request) -> Resource:
        """One chunk of a resumable upload; the last one runs the job."""
        session = request.args.get("upload_id", "")
        job, content = self.uploads.take(session, request.headers.get("Content-Range", ""), request.get_data())
        done = self.jobs.insert(job, content)
        self.uploads.end(session)
        return done


def _body(request: Request) -> Resource:
    try:
        given = json.loads(request.get_data() or b"{}")
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise Refused(400, "parseError", "The request's body is no JSON object.")
    return given


def _span(request: Request) -> tuple[int, int]:
    """From which row, and how many."""
    token = request.args.get("pageToken", "").removeprefix("from-")
    given = token or request.args.get("startIndex", "0"), request.args.get("maxResults", str(PAGE))
    if not all(each.isascii() and each.isdigit() for each in given):
        raise invalid("startIndex, maxResults or pageToken is no number.")
    return int(given[0]), min(int(given[1]), PAGE)


def _microseconds(request: Request) -> bool:
    return request.args.get("formatOptions.useInt64Timestamp", "").lower() == "true"


def _listed(what: str, found: list[Resource], request: Request, shown: tuple[str, ...] = ()) -> Resource:
    """One page of a list, with the properties that a list shows."""
    start, count = _span(request)
    more = {"nextPageToken": f"from-{start + count}"} if count and start + count < len(found) else {}
    each = [{key: one[key] for key in shown or one if one.get(key) is not None} for one in found[start : start + count]]
    return {what: each, "totalItems": len(found), **more}


def _response(answer: Response | Resource | None) -> Response:
    if isinstance(answer, Response):
        return answer
    return Response(status=204) if answer is None else Response(json.dumps(answer), content_type="application/json; charset=UTF-8")


def _refusal(refusal: Refused) -> Response:
    """As BigQuery says no."""
    said = [{"message": each, "domain": "global", "reason": refusal.reason} for each in (refusal.sentence, *refusal.more)]
    error: dict[str, Any] = {"code": refusal.status, "message": refusal.sentence, "errors": said}
    error["status"] = NAMES.get(refusal.status, "INTERNAL")
    return Response(json.dumps({"error": error}), refusal.status, content_type="application/json; charset=UTF-8")


def main() -> None:
    """Serve until SIGTERM or Ctrl-C; then everything is in the file."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    parser = argparse.ArgumentParser(prog="warehouse")
    parser.add_argument("--port", type=int, required=True, help="where it listens (127.0.0.1)")
    parser.add_argument("--home", type=Path, required=True, help="where its file is kept")
    wanted = parser.parse_args()

    class Quiet(WSGIRequestHandler):
        """Time-limited, and silent about each request."""

        timeout = 60  # seconds without a byte from the other side

        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - its own name
            pass

    warehouse = Warehouse(wanted.home)
    server = make_server(HOST, wanted.port, warehouse, threaded=True, request_handler=Quiet)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"warehouse is ready at http://{HOST}:{wanted.port}", flush=True)
    threading.Thread(target=lambda: warehouse.jobs.queries, daemon=True).start()  # the first query shall not wait
    server.serve_forever(poll_interval=0.05)
    warehouse.engine.close()
    sys.stdout.flush()
    os._exit(0)  # an import or an answer that is still going on is nobody's any more


if __name__ == "__main__":
    main()
