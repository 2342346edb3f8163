"""What takes long is asked for, made by a job, fetched by whoever asked, recorded in the trail, and swept after a week."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import urllib.error
import urllib.request
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.answers.sheets import write_rows
from shared.app import making_exports
from shared.domain.reports import registers
from shared.google import files
from shared.queries import registers as register_queries
from tests.builders import Colleague, Company, as_superuser, company, document, effective_document, uploaded
from tests.contents import pdf
from tests.functions.deliveries import Deliver, deliver, slot
from tests.product import Product
from tests.product import own_product as product
from tests.storage import Storage

__all__ = ["deliver", "product"]
Json = dict[str, Any]


@pytest.fixture
def firm(product: Product, storage: Storage) -> Company:
    """A company with a few documents, one of which has a file."""
    made = company(product, "action_owner", "qa", "operator", "inspector")
    effective_document(made.action_owner, made.qa, "Cleaning", file_id=uploaded(made.action_owner, pdf("Rinse")))
    for number in range(4):
        document(made.action_owner, f"Draft {number}")
    return made


def asked(by: Colleague, function: str = "export_register", **arguments: Any) -> Json:
    """An export that waits."""
    given = arguments or {"register": "documents", "format": "csv"}
    return dict(by.post("start_export", function=function, arguments=given).ok["export"])


def fetched(by: Colleague, export: Json) -> tuple[Json, bytes]:
    """A finished export, and its bytes from its signed address."""
    shown = dict(by.get("get_export", id=export["id"]).ok.body)
    assert (shown["state"], shown["percent"]) == ("done", 100)
    with urllib.request.urlopen(shown["url"], timeout=10) as answer:  # noqa: S310 - the address that the product signed
        content = answer.read()
        assert answer.headers["Content-Type"] == shown["media_type"]
        assert shown["filename"] in answer.headers["Content-Disposition"]
    assert (len(content), hashlib.sha256(content).hexdigest()) == (shown["size"], shown["sha256"])
    return shown, content


@pytest.mark.clause("Annex 11 §8")
def test_an_export_waits_is_made_and_is_fetched_by_whoever_asked(firm: Company, deliver: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_queries, "PAGE", 2)
    by = firm.inspector
    export = asked(by)
    waiting = by.get("get_export", id=export["id"]).ok
    assert (waiting["state"], waiting["percent"], waiting["url"]) == ("waiting", 0, None)
    counts = deliver("make_exports", slot(300)).ok
    assert (counts["made"], counts["refused"]) == (1, 0)
    shown, content = fetched(by, export)
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [one["Id"] for one in rows] == [one["id"] for one in by.get("list_documents", limit=100).ok["items"]]
    assert shown["rows"] == len(rows) == 5
    firm.qa.get("get_export", id=export["id"]).refused(404, "of yours")
    firm.operator.get("get_export", id=export["id"]).refused(403)
    assert deliver("make_exports", slot(301)).ok["made"] == 0, "made once"


@pytest.mark.clause("11.10(e)")
def test_the_trail_tells_who_asked_and_who_took_an_export_away(firm: Company, deliver: Deliver) -> None:
    export = asked(firm.inspector)
    deliver("make_exports", slot(310)).ok
    for _ in range(2):
        fetched(firm.inspector, export)
    entries = firm.qa.get("list_audit_trail", table="exports").ok["items"]
    told = [(one["step"], one["actor"].partition(":")[0]) for one in reversed(entries)]
    assert told == [("start_export", "person"), ("make_exports", "system"), ("make_exports", "system")] + [("get_export", "person")] * 2
    assert firm.qa.get("verify_audit_trail").ok["intact"]


@pytest.mark.clause("11.10(b)")
def test_an_archive_holds_each_records_printout_data_and_files_with_their_hashes(firm: Company, deliver: Deliver) -> None:
    by = firm.inspector
    items = by.get("list_documents", limit=100).ok["items"]
    export = asked(by, "export_records", ids=[one["id"] for one in items])
    deliver("make_exports", slot(320)).ok
    shown, content = fetched(by, export)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        assert {one.filename for one in archive.infolist()} == {"manifest.json", *(one["path"] for one in manifest["files"])}
        for one in manifest["files"]:
            held = archive.read(one["path"])
            assert (len(held), hashlib.sha256(held).hexdigest()) == (one["size"], one["sha256"])
        [number] = [one["number"] for one in items if one["title"] == "Cleaning"]
        assert archive.read(f"{number}/files/procedure.pdf") == pdf("Rinse")
        assert json.loads(archive.read(f"{number}/{number}.json"))["record"]["number"] == number
        assert archive.read(f"{number}/{number}.pdf").startswith(b"%PDF")
    assert {one["number"] for one in manifest["records"]} == {one["number"] for one in items}
    assert (shown["rows"], manifest["left_out"]) == (5, [])


def test_few_records_are_archived_in_one_answer(firm: Company) -> None:
    by = firm.inspector
    ids = [one["id"] for one in by.get("list_documents", limit=100).ok["items"]]
    answer = by.post("export_records", ids=ids).ok.body
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(answer["content_base64"]))) as archive:
        assert len(json.loads(archive.read("manifest.json"))["records"]) == answer["rows"] == 5
    assert by.post("export_records", ids=[ids[0], ids[0]]).refused(422)["field"] == "ids"
    by.post("export_records", ids=[*ids, firm.id]).refused(404)
    many = [str(UUID(int=number + 1)) for number in range(11)]
    by.post("export_records", ids=many).refused(409, "start_export")


def test_a_person_and_an_organisation_have_only_so_many_under_way(firm: Company, deliver: Deliver) -> None:
    for _ in range(3):
        asked(firm.inspector)
    answer = firm.inspector.post("start_export", function="export_register", arguments={"register": "documents", "format": "csv"})
    assert "Retry-After" in answer.refused(429, "under way").headers
    asked(firm.qa)
    deliver("make_exports", slot(330)).ok
    asked(firm.inspector)
    as_superuser(
        firm.product,
        "insert into exports (organisation_id, id, person_id, function, arguments, status)"
        " select :o, gen_random_uuid(), :p, 'export_register', '{}', 'making' from generate_series(1, 20)",
        firm.id,
        o=firm.id,
        p=firm.action_owner.id,
    )
    firm.qa.post("start_export", function="export_register", arguments={"register": "documents", "format": "csv"}).refused(
        429, "organisation"
    )
    assert deliver("make_exports", slot(331)).ok["made"] == 1


def test_what_cannot_be_made_says_why(firm: Company, deliver: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "MOST_ROWS", {"csv": 2, "xlsx": 2, "pdf": 2})
    export, gone = asked(firm.qa), asked(firm.qa, "export_records", ids=[firm.id])
    assert deliver("make_exports", slot(340)).ok["refused"] == 2
    shown = firm.qa.get("get_export", id=export["id"]).ok
    assert (shown["state"], shown["url"]) == ("failed", None)
    assert "Narrow it with filters" in shown["cause"]
    assert "no such record" in firm.qa.get("get_export", id=gone["id"]).ok["cause"]


def test_whoever_may_no_longer_read_gets_nothing_made(firm: Company, deliver: Deliver) -> None:
    export = asked(firm.action_owner)
    firm.admin.post("set_member_role", person_id=firm.action_owner.id, role="operator", admin=False).ok
    assert deliver("make_exports", slot(350)).ok["refused"] == 1
    firm.admin.post("set_member_role", person_id=firm.action_owner.id, role="action_owner", admin=False).ok
    assert "no longer" in firm.action_owner.get("get_export", id=export["id"]).ok["cause"]


def test_a_killed_run_leaves_an_export_that_is_made_anew(firm: Company, deliver: Deliver) -> None:
    export = asked(firm.qa)
    own = {"o": firm.id, "id": export["id"]}
    as_superuser(firm.product, "update exports set status = 'making', revision = 2 where organisation_id = :o and id = :id", firm.id, **own)
    as_superuser(
        firm.product, "insert into export_progress (organisation_id, export_id, percent, touched_at) values (:o, :id, 40, now())", **own
    )
    assert deliver("make_exports", slot(361)).ok["made"] == 0, "another run may be at it"
    assert firm.qa.get("get_export", id=export["id"]).ok["percent"] == 40
    as_superuser(
        firm.product, "update export_progress set touched_at = now() - interval '11 minutes' where export_id = :id", id=export["id"]
    )
    assert deliver("make_exports", slot(362)).ok["made"] == 1
    fetched(firm.qa, export)


def test_a_fault_of_ours_ends_one_export_and_no_other(firm: Company, deliver: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, other = asked(firm.qa), asked(firm.inspector)

    def faulty(heading: Any, rows: Any, to: Any) -> int:
        if heading.by["id"] == firm.qa.id:
            raise RuntimeError
        return write_rows(heading, rows, to)

    monkeypatch.setattr(making_exports, "write_rows", faulty)
    counts = deliver("make_exports", slot(365)).ok
    assert (counts["made"], counts["refused"]) == (1, 1)
    assert "on our side" in firm.qa.get("get_export", id=broken["id"]).ok["cause"]
    fetched(firm.inspector, other)


def test_an_export_is_swept_after_a_week(firm: Company, deliver: Deliver) -> None:
    export = asked(firm.qa)
    deliver("make_exports", slot(370)).ok
    shown, _ = fetched(firm.qa, export)
    as_superuser(firm.product, "update exports set expires_at = now() - interval '1 minute' where id = :id", firm.id, id=export["id"])
    assert firm.qa.get("get_export", id=export["id"]).ok["url"] is None
    assert deliver("make_exports", slot(371)).ok["swept"] == 1
    assert firm.qa.get("get_export", id=export["id"]).ok["state"] == "expired"
    assert list(files.objects(UUID(firm.id), "exports", datetime.now(UTC) + timedelta(minutes=1))) == []
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(shown["url"], timeout=10)  # noqa: S310 - the address that the product signed


def test_every_export_can_be_asked_for_and_a_bad_argument_is_named(firm: Company, deliver: Deliver) -> None:
    by = firm.qa
    trail = asked(by, "export_audit_trail", format="json", kind="document", **{"from": "2020-01-01"})
    training = asked(by, "export_training_file", person_id=by.id, format="xlsx")
    matrix = asked(by, register="training_matrix", format="pdf", on="2026-01-01")
    assert deliver("make_exports", slot(380)).ok["made"] == 3
    _, content = fetched(by, trail)
    listed = by.get("list_audit_trail", kind="document", limit=100).ok["items"]
    assert json.loads(content)["rows"] == listed
    for one in (training, matrix):
        fetched(by, one)
    for arguments, field in (
        ({"register": "documents"}, "arguments.format"),
        ({"register": "documents", "format": "csv", "filters": {"batch": "x"}}, "arguments.filters.batch"),
        ({"register": "members", "format": "csv", "on": "2026-01-01"}, "arguments.on"),
        ({"register": "mails", "format": "csv"}, "arguments.register"),
        ({"register": "documents", "format": "csv", "who": "me"}, "arguments.who"),
    ):
        assert by.post("start_export", function="export_register", arguments=arguments).refused(422)["field"] == field
    by.post("start_export", function="back_up", arguments={}).refused(422)
