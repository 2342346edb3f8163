"""Preconditions of objects at the gate: made once, replaced only if known, whoever else writes at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote
from uuid import uuid4

import pytest
from google.api_core.exceptions import NotFound, PreconditionFailed
from google.cloud.storage import Blob, Bucket
from google.cloud.storage.exceptions import InvalidResponse

from tests.infra.gate import blob, bucket, send, signed
from tests.storage import BUCKET

__all__ = ["blob", "bucket"]


def stale() -> PreconditionFailed:
    """What the client raises where an object isn't the one that was meant."""
    return PreconditionFailed("412")  # type: ignore[no-untyped-call]  # google-api-core is typed in parts


def uploads(blob: Blob, content: bytes, **conditions: int) -> Iterator[Callable[[], object]]:
    """The client's three ways of uploading."""
    yield lambda: blob.upload_from_string(content, retry=None, **conditions)
    resumable = blob.bucket.blob(blob.name, chunk_size=262_144)

    def in_chunks() -> None:
        try:
            with resumable.open("wb", retry=None, **conditions) as stream:
                stream.write(content * 300_000)
        except InvalidResponse as refused:
            raise stale() if refused.response.status_code == 412 else refused from None

    yield in_chunks
    url = signed(blob, "PUT", headers={"x-goog-if-generation-match": str(conditions["if_generation_match"])})

    def by_address() -> None:
        match = {"x_goog_if_generation_match": str(conditions["if_generation_match"])}
        if send(url, "PUT", content, **match)[0] == 412:
            raise stale()

    yield by_address


@pytest.mark.parametrize("way", range(3))
def test_an_object_is_made_once_only_and_replaced_only_if_it_is_the_one_known(blob: Blob, way: int) -> None:
    list(uploads(blob, b"a", if_generation_match=0))[way]()
    with pytest.raises(PreconditionFailed):
        list(uploads(blob, b"b", if_generation_match=0))[way]()
    known = blob.bucket.get_blob(blob.name).generation
    with pytest.raises(PreconditionFailed):
        list(uploads(blob, b"c", if_generation_match=known + 1))[way]()
    list(uploads(blob, b"d", if_generation_match=known))[way]()
    replaced = blob.bucket.get_blob(blob.name)
    assert replaced.generation != known
    assert replaced.download_as_bytes()[:1] == b"d"


def test_deleting_reading_and_changing_keep_their_preconditions(blob: Blob) -> None:
    blob.upload_from_string(b"x")
    blob.reload()
    with pytest.raises(PreconditionFailed):
        blob.delete(if_generation_match=blob.generation + 1)
    with pytest.raises(PreconditionFailed):
        blob.delete(if_metageneration_match=blob.metageneration + 1)
    with pytest.raises(PreconditionFailed):
        blob.download_as_bytes(if_generation_match=blob.generation + 1)
    with pytest.raises(PreconditionFailed):
        blob.download_as_bytes(if_generation_not_match=blob.generation)
    blob.metadata = {"a": "b"}
    with pytest.raises(PreconditionFailed):
        blob.patch(if_metageneration_match=blob.metageneration + 1)
    assert blob.download_as_bytes(if_generation_match=blob.generation) == b"x"
    blob.delete(if_generation_match=blob.generation)
    with pytest.raises(NotFound):
        blob.download_as_bytes()


def test_copying_keeps_the_preconditions_of_both_objects(bucket: Bucket, blob: Blob) -> None:
    blob.upload_from_string(b"x")
    name = f"tests/{uuid4()}"
    with pytest.raises(PreconditionFailed):
        bucket.copy_blob(blob, bucket, name, if_source_generation_match=blob.generation + 1)
    assert not bucket.blob(name).exists()
    bucket.copy_blob(blob, bucket, name, if_generation_match=0, if_source_generation_match=blob.generation)
    with pytest.raises(PreconditionFailed):
        bucket.copy_blob(blob, bucket, name, if_generation_match=0)
    with pytest.raises(PreconditionFailed):
        bucket.blob(name).rewrite(blob, if_generation_match=0)


@pytest.mark.parametrize("signed_address", [False, True])
def test_of_many_who_make_the_same_object_at_once_one_succeeds(bucket: Bucket, *, signed_address: bool) -> None:
    for _ in range(5):
        blob = bucket.blob(f"tests/{uuid4()}")
        together = threading.Barrier(8)
        url = signed(blob, "PUT", headers={"x-goog-if-generation-match": "0"})
        if not signed_address:
            place = quote(str(blob.name), safe="")
            url = f"{bucket.client.api_endpoint}/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name={place}&ifGenerationMatch=0"

        def make(number: int, url: str = url, together: threading.Barrier = together) -> int:
            headers = {"x_goog_if_generation_match": "0"} if signed_address else {"Authorization": f"Bearer {token(bucket)}"}
            together.wait(10)
            return send(url, "PUT" if signed_address else "POST", str(number).encode() * 100_000, **headers)[0]

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(make, range(8))) == [200, *[412] * 7]


def token(bucket: Bucket) -> str:
    """The application's own, as its client sends it."""
    credentials = bucket.client._credentials
    credentials.refresh(None)
    return str(credentials.token)
