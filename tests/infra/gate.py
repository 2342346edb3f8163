"""Requests to the gate as the application and a browser make them."""

from __future__ import annotations

import http.client
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from google.cloud.storage import Blob, Bucket, Client

from shared.google import signers
from shared.outside import config
from tests.storage import BUCKET, Storage

Answer = tuple[int, bytes, dict[str, str]]


@pytest.fixture
def bucket(storage: Storage) -> Bucket:
    """The real client, with the application's own key."""
    credentials, _ = signers.current(config.current())
    assert storage.key.exists()
    return Client(project="demo-qfacts", credentials=credentials).bucket(BUCKET)


@pytest.fixture
def blob(bucket: Bucket) -> Blob:
    """An object nobody has used before."""
    return bucket.blob(f"tests/{uuid4()}")


def signed(blob: Blob, method: str = "GET", seconds: int = 60, **more: Any) -> str:
    _, signer = signers.current(config.current())
    lasting = timedelta(seconds=seconds)
    return str(blob.generate_signed_url(version="v4", method=method, expiration=lasting, credentials=signer, **more))


def send(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """One request, exactly as given; header names with underscores for hyphens."""
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request(method, f"/{path}", body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content, {name.lower(): value for name, value in answer.getheaders()}
