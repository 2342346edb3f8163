"""A record with everything that an export holds, and exports as people and machines read them."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from typing import Any

import pytest

from tests.builders import (
    Colleague,
    Company,
    approve,
    company,
    effective_document,
    proposed,
    reject,
    submitted,
    uploaded,
)
from tests.contents import pdf
from tests.product import Product
from tests.storage import Storage

POLISH, GREEK, CYRILLIC = "Zażółć gęślą jaźń", "Καθαρισμός", "Очистка"


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with an author, two QA, an operator and an inspector."""
    return company(product, "action_owner", "qa", "second_qa", "operator", "inspector")


def exported(by: Colleague, record_id: str) -> dict[str, Any]:
    """The export for machines."""
    return dict(by.get("export_record", id=record_id, format="json").ok.body)


def printed(by: Colleague, record_id: str) -> tuple[dict[str, Any], list[str]]:
    """The export for people: the answer, and the text of each page."""
    from pypdf import PdfReader

    answer = by.get("export_record", id=record_id, format="pdf").ok.body
    content = base64.b64decode(answer["content_base64"], validate=True)
    assert len(content) == answer["size"]
    assert hashlib.sha256(content).hexdigest() == answer["sha256"]
    return dict(answer), [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def flat(pages: list[str]) -> str:
    """All that is printed, as one line."""
    return re.sub(r"\s+", " ", " ".join(pages))


@pytest.fixture(scope="module")
def record(product: Product, firm: Company, storage_server: Storage) -> dict[str, Any]:
    """A procedure with three versions (one rejected on its way), files in three languages' letters, notes, and a change that waits."""
    owner, qa = firm.action_owner, firm.qa
    with pytest.MonkeyPatch.context() as patch:
        from shared.outside import config

        for name, value in storage_server.environment().items():
            patch.setenv(name, value)
        config.current.cache_clear()
        first, second = uploaded(owner, pdf("Rinse twice")), uploaded(owner, pdf("Rinse thrice"), "second.pdf")
        made = effective_document(owner, qa, f"{POLISH} {GREEK}", file_id=first, summary=f"{CYRILLIC} & <b>not bold</b>")
        change = proposed(owner, made)
        item = {"record_id": made["id"], "content": {"summary": "Rinse thrice, then dry", "file_id": second}}
        change = owner.post("edit_change", change_id=change["id"], items=[item], etag=change["etag"]).ok["change"]
        refused = reject(qa, submitted(owner, change)["approval_request"], "Say how long").ok["change"]
        approve(firm.second_qa, submitted(owner, refused)["approval_request"]).ok
        again = owner.get("get_document", id=made["id"]).ok.body
        change = owner.post("propose_change", reason="Shorter", items=[{"record_id": made["id"], "content": {"summary": "Rinse"}}]).ok[
            "change"
        ]
        approve(qa, submitted(owner, change)["approval_request"]).ok
        etag = owner.get("get_document", id=made["id"]).ok["etag"]
        evidence = uploaded(owner, pdf("Evidence"), "evidence.pdf")
        owner.post("add_note", id=made["id"], text=f"Seen by {GREEK}", file_ids=[evidence], etag=etag).ok
        proposed(owner, again)
    config.current.cache_clear()
    return dict(owner.get("get_document", id=made["id"]).ok.body)
