"""Uploads that came to nothing, and bytes that no row names."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

import pytest

from shared.google import files
from tests.builders import Company, company, put, started_upload
from tests.contents import pdf
from tests.product import Product
from tests.product import own_product as product

__all__ = ["product"]


@pytest.fixture
def firm(product: Product) -> Company:
    return company(product, "action_owner", "qa")


def orphan(firm: Company, content: bytes = b"of a commit that failed") -> str:
    """Kept bytes that no row names."""
    sha256 = hashlib.sha256(content).hexdigest()
    files._bucket().blob(files._blob(UUID(firm.id), sha256)).upload_from_string(content)
    return sha256


def upload(firm: Company, word: str) -> str:
    """Bytes that were sent and never finished; the file's id."""
    started: dict[str, Any] = started_upload(firm.action_owner, pdf(word))
    put(started["upload_url"], pdf(word), started["headers"])
    return str(started["file_id"])
