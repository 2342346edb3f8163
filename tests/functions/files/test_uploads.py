"""Uploads that harm nobody but whoever sends them, and files that may be evidence and never a document's body."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

import pytest

from shared.domain.files.extents import TOO_LARGE
from shared.domain.files.files import TYPES, Type
from shared.google import files
from tests import hostile
from tests.builders import Colleague, Company, as_superuser, at_once, company, document, put, started_upload, uploaded
from tests.contents import pdf
from tests.families import WHOLE
from tests.product import Answer, Product
from tests.storage import Storage

CATALOGUE = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n"


@pytest.fixture
def firm(product: Product) -> Company:
    return company(product, "action_owner", "qa")


@pytest.fixture
def other(product: Product) -> Company:
    return company(product, "action_owner", "qa")


def sent(by: Colleague, content: bytes, filename: str = "procedure.pdf", media_type: str = hostile.PDF) -> dict[str, Any]:
    """The body that finishes what was uploaded."""
    started = started_upload(by, content, filename, media_type)
    put(started["upload_url"], content, started["headers"])
    return {"file_id": started["file_id"]}


def test_whoever_uploads_what_stops_its_reader_stops_nobody_else(product: Product, firm: Company, other: Company, storage: Storage) -> None:
    slow = hostile.slow_pdf()
    hung = [sent(firm.action_owner, slow) for _ in range(2)]
    hung.append(sent(firm.action_owner, CATALOGUE))
    text = sent(other.action_owner, b"Cleaning of tank 7", "list.txt", "text/plain")
    moments = list[float]()

    def finish(by: Colleague, body: dict[str, Any], wait: float = 0) -> Any:
        def call(own: Product) -> Answer:
            time.sleep(wait)
            started = time.monotonic()
            answer = replace(by, product=own).post("finish_upload", **body)
            moments.append(time.monotonic() - started)
            return answer

        return call

    answers = at_once(product, *[finish(firm.action_owner, each) for each in hung], finish(other.action_owner, text, 1))
    assert answers[3].ok["file"]["status"] == "finished"
    assert moments[0] < 10, "it came first, and wasn't held up"
    assert [answer.status for answer in answers[:2]] == [200, 200]
    answers[2].refused(422, "damaged")
    kept = as_superuser(product, "select text, extent from file_texts where file_id = :id", firm.id, id=hung[0]["file_id"])
    assert [tuple(row) for row in kept] == [("", asdict(TOO_LARGE))]
    uploaded(other.action_owner)
    uploaded(firm.action_owner)


def test_nothing_is_read_before_it_is_known_whose_it_is(product: Product, firm: Company, other: Company, storage: Storage) -> None:
    body = sent(firm.action_owner, b"Cleaning of tank 7", "list.txt", "text/plain")
    finished = uploaded(firm.action_owner)
    with files._places.taken(UUID(firm.id)):  # whoever came to have something read would wait
        started = time.monotonic()
        firm.qa.post("finish_upload", **body).refused(404, "no such upload of yours")
        firm.qa.post("finish_upload", file_id=str(UUID(int=7))).refused(404, "no such upload of yours")
        repeated = firm.action_owner.post("finish_upload", file_id=finished).ok
        assert time.monotonic() - started < 10
    assert repeated["file"]["id"] == finished
    other.action_owner.post("finish_upload", **body).refused(404, "no such upload of yours")
    firm.action_owner.post("finish_upload", **body).ok


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind.evidence], ids=lambda kind: kind.extension)
def test_evidence_is_kept_beside_a_record_and_is_never_a_documents_body(firm: Company, storage: Storage, kind: Type) -> None:
    owner = firm.action_owner
    file_id = uploaded(owner, WHOLE[kind.extension], f"run 7.{kind.extension}", kind.media_type)
    made = document(owner, attachments=[file_id])
    owner.post("add_note", id=made["record"]["id"], text="As received", file_ids=[file_id], etag=made["record"]["etag"]).ok
    for field in ("file_id", "source_file_id"):
        refused = owner.post("create_document", title="T", type="sop", content={"summary": "How", field: file_id})
        refused.refused(422, f"run 7.{kind.extension} can be evidence, but not the body of a document")
        assert refused["field"] == f"items.0.content.{field}"
    given = {"record_id": made["record"]["id"], "content": {"summary": "How", "file_id": file_id}}
    change = made["change"]
    owner.post("edit_change", change_id=change["id"], items=[given], etag=change["etag"]).refused(422, "not the body of a document")


def test_what_cannot_be_compared_is_said_in_the_answer(firm: Company, storage: Storage) -> None:
    answer = firm.action_owner.post("finish_upload", **sent(firm.action_owner, hostile.slow_pdf())).ok
    assert answer["extent"] == TOO_LARGE.sentence == "Text not read: the file is too large to compare."
    assert firm.action_owner.post("finish_upload", **sent(firm.action_owner, pdf())).ok["extent"] == ""


def test_finishing_an_upload_again_answers_the_same_and_does_nothing(product: Product, firm: Company, storage: Storage) -> None:
    for content, form in ((pdf(), ()), (hostile.slow_pdf(), ()), (b"Cleaning of tank 7", ("list.txt", "text/plain"))):
        body = sent(firm.action_owner, content, *form)
        first = firm.action_owner.post("finish_upload", **body).ok
        entries = as_superuser(product, "select count(*) from audit_entries where organisation_id = :id", firm.id, id=firm.id)
        assert firm.action_owner.post("finish_upload", **body).ok.body == first.body
        assert as_superuser(product, "select count(*) from audit_entries where organisation_id = :id", firm.id, id=firm.id) == entries
