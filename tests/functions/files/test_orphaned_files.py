"""Uploads that came to nothing and bytes that no row knows go; whatever a file names stays, however often the collector comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from shared.app import orphaned_files
from shared.google import files
from tests.builders import Company, as_superuser, at_once, started_upload, uploaded
from tests.contents import pdf
from tests.functions.deliveries import Deliver, deliver, slot
from tests.functions.files.orphans import firm, orphan, upload
from tests.product import Product
from tests.product import own_product as product
from tests.storage import Storage

__all__ = ["deliver", "firm", "product"]


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every object was made a day ago: the storage's own clock can't be moved, the collector's measure can."""
    monkeypatch.setattr(orphaned_files, "DAY", timedelta(seconds=-60))


def names(firm: Company, kind: str) -> set[str]:
    return set(files.objects(UUID(firm.id), kind, datetime.now(UTC) + timedelta(minutes=1)))


def test_what_nobody_finished_and_what_no_row_names_goes_and_the_rest_stays(
    product: Product, deliver: Deliver, firm: Company, storage: Storage, tomorrow: None
) -> None:
    kept, late, fresh = uploaded(firm.action_owner), upload(firm, "late"), upload(firm, "fresh")
    lost = orphan(firm)
    as_superuser(product, "update files set created_at = now() - interval '25 hours' where id = :id", firm.id, id=late)
    counts = deliver("delete_orphaned_files", slot(200)).ok
    assert (counts["uploads"], counts["blobs"]) >= (2, 1)
    assert names(firm, "uploads") == {fresh}, "an upload that may still be finished stays"
    assert names(firm, "blobs") == {firm.qa.get("download_file", file_id=kept).ok["url"].split("/")[-1].split("?")[0]}
    assert lost not in names(firm, "blobs")
    firm.action_owner.post("finish_upload", file_id=fresh).ok
    firm.action_owner.post("finish_upload", file_id=late).refused(409, "Nothing has been uploaded")
    assert firm.qa.get("verify_audit_trail").ok["intact"] is True


def test_nothing_younger_than_a_day_goes(product: Product, deliver: Deliver, firm: Company, storage: Storage) -> None:
    lost = orphan(firm)
    deliver("delete_orphaned_files", slot(210)).ok
    assert names(firm, "blobs") == {lost}, "the step that kept it may be tried again"


def test_bytes_that_were_announced_again_stay(product: Product, deliver: Deliver, firm: Company, storage: Storage, tomorrow: None) -> None:
    content = pdf("twice")
    lost = orphan(firm, content)
    started_upload(firm.action_owner, content)
    deliver("delete_orphaned_files", slot(220)).ok
    assert names(firm, "blobs") == {lost}


def test_the_second_run_and_ten_at_once_remove_nothing_more(
    product: Product, deliver: Deliver, firm: Company, storage: Storage, tomorrow: None
) -> None:
    kept = uploaded(firm.action_owner)
    orphan(firm)
    answers = at_once(
        product, *[lambda own, minute=minute: deliver("delete_orphaned_files", slot(230 + minute), own) for minute in range(10)]
    )
    assert {answer.status for answer in answers} <= {200, 503}
    again = deliver("delete_orphaned_files", slot(250)).ok
    assert (again["uploads"], again["blobs"]) == (0, 0)
    assert len(names(firm, "blobs")) == 1
    firm.qa.get("download_file", file_id=kept).ok


def test_under_legal_hold_nothing_goes(product: Product, deliver: Deliver, firm: Company, storage: Storage, tomorrow: None) -> None:
    firm.admin.post("update_organisation", legal_hold=True).ok
    lost = orphan(firm)
    deliver("delete_orphaned_files", slot(260)).ok
    assert names(firm, "blobs") == {lost}


def test_a_proven_file_that_nobody_uses_is_told_and_stays(product: Product, deliver: Deliver, firm: Company, storage: Storage) -> None:
    before = deliver("delete_orphaned_files", slot(270)).ok["unused"]
    unused = uploaded(firm.action_owner)
    as_superuser(product, "update files set finished_at = now() - interval '91 days' where id = :id", firm.id, id=unused)
    assert deliver("delete_orphaned_files", slot(271)).ok["unused"] == before + 1
    firm.qa.get("download_file", file_id=unused).ok
