"""What a diff is made of stands in the audit trail too, by its hash (Annex 11 §9): nobody alters what QA compares without being found."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.builders import Company, as_superuser, company, uploaded
from tests.contents import pdf
from tests.product import Product
from tests.storage import Storage


@pytest.fixture
def firm(product: Product) -> Company:
    """A company with an author and QA."""
    return company(product, "action_owner", "qa")


def entries(product: Product, firm: Company, file_id: str) -> list[Any]:
    """What the trail tells of a file's text."""
    sql = "select operation, step, old::text, new ->> 'text_sha256', new ->> 'text' from audit_entries where table_name = 'file_texts'"
    return list(as_superuser(product, f"{sql} and record_id = :id", firm.id, id=file_id))


def kept(product: Product, file_id: str) -> str:
    """A file's text as it is kept."""
    [[text]] = as_superuser(product, "select text from file_texts where file_id = :id", id=file_id)
    return str(text)


@pytest.mark.clause("11.10(e)")
def test_the_trail_tells_the_hash_of_every_text_and_not_the_text(product: Product, firm: Company, storage: Storage) -> None:
    file_id = uploaded(firm.action_owner, pdf("Wash for 10 minutes"))
    text = kept(product, file_id)
    assert "Wash for 10 minutes" in text
    assert entries(product, firm, file_id) == [["insert", "finish_upload", None, hashlib.sha256(text.encode()).hexdigest(), None]]


@pytest.mark.clause("11.10(a)")
@pytest.mark.parametrize(
    "altered",
    [
        "update file_texts set text = replace(text, '10', '100') where file_id = :id",
        "update file_texts set extent = jsonb_set(extent, '{state}', '\"whole\"') || '{\"pages\": 7}' where file_id = :id",
        "delete from file_texts where file_id = :id",
    ],
)
def test_a_text_that_the_databases_owner_altered_or_removed_is_found(
    firm: Company, storage: Storage, triggerless: Any, altered: str
) -> None:
    file_id = uploaded(firm.action_owner, pdf("Wash for 10 minutes"))
    assert firm.qa.get("verify_audit_trail").ok["intact"] is True
    triggerless.run(altered, id=file_id)
    verdict = firm.qa.get("verify_audit_trail").ok
    assert verdict["intact"] is False
    assert "file_texts" in str(verdict["first_broken"])


def test_a_long_text_enters_as_briefly_as_a_short_one(product: Product, firm: Company, storage: Storage) -> None:
    lines = "\n".join(f"Step {number}: wait" for number in range(20_000))
    file_id = uploaded(firm.action_owner, lines.encode(), "steps.txt", "text/plain")
    sql = "select octet_length(new::text) from audit_entries where table_name = 'file_texts' and record_id = :id"
    [[size]] = as_superuser(product, sql, firm.id, id=file_id)
    assert size < 1000
    assert firm.qa.get("verify_audit_trail").ok["intact"] is True
