"""The gate before fake-gcs-server checks what Cloud Storage checks: signatures, callers and preconditions."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from google.api_core.exceptions import NotFound, PreconditionFailed, Unauthorized
from google.cloud.storage import Blob, Bucket, Client
from google.cloud.storage.exceptions import InvalidResponse

from infra.local.storage_signatures import make_key
from shared.google import signers
from shared.outside import config
from tests.storage import BUCKET, ORIGIN, Storage

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


def test_a_signed_address_gives_the_object_and_parts_of_it(blob: Blob) -> None:
    blob.upload_from_string(b"0123456789", content_type="text/plain")
    assert send(signed(blob))[:2] == (200, b"0123456789")
    assert send(signed(blob), Range="bytes=2-4")[:2] == (206, b"234")
    status, content, headers = send(signed(blob, "HEAD"), "HEAD")
    assert (status, content, headers["content-length"]) == (200, b"", "10")


def test_an_expired_address_is_refused(blob: Blob) -> None:
    blob.upload_from_string(b"x")
    url = signed(blob, seconds=1)
    assert send(url)[0] == 200
    time.sleep(2.1)
    status, content, _ = send(url)
    assert (status, b"ExpiredToken" in content) == (400, True)


@pytest.mark.parametrize(
    "alter",
    [
        lambda url: url.replace("tests/", "others/"),
        lambda url: url.replace("X-Goog-Expires=60", "X-Goog-Expires=600000"),
        lambda url: url.replace("X-Goog-Expires=60", "X-Goog-Expires=-1"),
        lambda url: url.replace("X-Goog-Expires=60", "X-Goog-Expires=99999999999"),
        lambda url: url.replace("X-Goog-Date=2", "X-Goog-Date=3"),
        lambda url: url.replace("X-Goog-Date=2", "X-Goog-Date=x"),
        lambda url: url.replace("goog4_request", "goog5_request"),
        lambda url: url.replace("storage%40", "another%40"),
        lambda url: url.replace("RSA-SHA256", "HMAC-SHA256"),
        lambda url: url.replace("SignedHeaders=host", "SignedHeaders="),
        lambda url: url.replace("SignedHeaders=host", "SignedHeaders=host%3Bx-missing"),
        lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"),
        lambda url: url[:-1],
        lambda url: url.split("&X-Goog-Signature")[0],
        lambda url: url.split("&X-Goog-Signature")[0] + "&X-Goog-Signature=",
        lambda url: url + "&response-content-type=text/html",
        lambda url: url + "&X-Goog-Expires=60",
        lambda url: url.replace("127.0.0.1", "localhost"),
    ],
)
def test_an_altered_address_is_refused(blob: Blob, alter: Callable[[str], str]) -> None:
    blob.upload_from_string(b"secret")
    status, content, _ = send(alter(signed(blob)))
    assert status in {400, 403}
    assert b"secret" not in content


def test_an_address_for_one_method_is_not_for_another(blob: Blob) -> None:
    blob.upload_from_string(b"x")
    assert send(signed(blob), "PUT", b"y")[0] == 403
    assert send(signed(blob, "PUT"))[0] == 403
    assert send(signed(blob, "DELETE"), "DELETE")[0] == 405
    assert blob.download_as_bytes() == b"x"


def test_headers_that_were_signed_must_come_as_they_were_signed(blob: Blob) -> None:
    url = signed(blob, "PUT", headers={"content-type": "text/plain", "x-goog-if-generation-match": "0"})
    assert send(url, "PUT", b"x", content_type="text/html", x_goog_if_generation_match="0")[0] == 403
    assert send(url, "PUT", b"x", content_type="text/plain")[0] == 400
    assert send(url, "PUT", b"x", content_type="text/plain", x_goog_if_generation_match="7")[0] == 403
    unsigned = {"x_goog_if_generation_match": "0", "x_goog_acl": "public-read"}
    assert send(url, "PUT", b"x", content_type="text/plain", **unsigned)[0] == 400
    assert send(url, "PUT", b"x", content_type="text/plain", x_goog_if_generation_match="0")[0] == 200


@pytest.mark.parametrize(("content", "status"), [(b"xx", 400), (b"xxx", 200), (b"xxxx", 200), (b"xxxxx", 400)])
def test_the_length_must_be_in_the_signed_range(blob: Blob, content: bytes, status: int) -> None:
    url = signed(blob, "PUT", headers={"x-goog-content-length-range": "3,4"})
    assert send(url, "PUT", content, x_goog_content_length_range="3,4")[0] == status
    assert blob.exists() is (status == 200)


def test_a_body_of_unknown_length_is_counted_too(blob: Blob, storage: Storage) -> None:
    url = signed(blob, "PUT", headers={"x-goog-content-length-range": "1,4"})
    for size, status in ((5, 400), (4, 200)):
        connection = http.client.HTTPConnection("127.0.0.1", storage.port, timeout=20)
        path = url.removeprefix(storage.url)
        connection.request("PUT", path, iter([b"x"] * size), {"x-goog-content-length-range": "1,4"}, encode_chunked=True)
        assert connection.getresponse().status == status
        connection.close()
    assert blob.download_as_bytes() == b"xxxx"


def test_an_upload_that_breaks_off_leaves_nothing(blob: Blob, storage: Storage) -> None:
    url = signed(blob, "PUT")
    connection = http.client.HTTPConnection("127.0.0.1", storage.port, timeout=20)
    connection.putrequest("PUT", url.removeprefix(storage.url))
    connection.putheader("Content-Length", "1000")
    connection.endheaders(b"only this")
    connection.close()
    time.sleep(0.3)
    assert not blob.exists()


def test_a_body_beyond_the_limit_is_refused(blob: Blob, storage: Storage) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", storage.port, timeout=20)
    connection.putrequest("PUT", signed(blob, "PUT").removeprefix(storage.url))
    connection.putheader("Content-Length", str(10**12))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_nobody_gets_in_without_a_signature_or_a_token(blob: Blob, storage: Storage) -> None:
    blob.upload_from_string(b"secret")
    for path in (f"/{BUCKET}/{blob.name}", f"/{BUCKET}?list-type=2", "/", f"/{BUCKET}/../{BUCKET}/{blob.name}", "/internal"):
        status, content, _ = send(storage.url + path)
        assert (status, b"secret" in content) == (403, False)
    api = f"{storage.url}/storage/v1/b/{BUCKET}/o"
    assert send(api)[0] == 401
    assert send(api, Authorization="Bearer x.y.z")[0] == 401


def test_another_accounts_key_opens_nothing(blob: Blob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blob.upload_from_string(b"secret")
    make_key(tmp_path / "other.json", "demo-qfacts")
    monkeypatch.setenv("QFACTS_SIGNER_KEY", str(tmp_path / "other.json"))
    config.current.cache_clear()
    assert send(signed(blob))[0] == 403
    credentials, _ = signers.current(config.current())
    with pytest.raises(Unauthorized):
        Client(project="demo-qfacts", credentials=credentials).bucket(BUCKET).blob(blob.name).download_as_bytes(retry=None)


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


def test_odd_names_keep_their_own_objects(bucket: Bucket) -> None:
    prefix = f"tests/{uuid4()}"
    names = [f"{prefix}/a b", f"{prefix}/a%20b", f"{prefix}/ä", f"{prefix}/a+b", f"{prefix}/a&b=c?d#e", f"{prefix}/~x"]
    for name in names:
        bucket.blob(name).upload_from_string(name, if_generation_match=0)
    assert [send(signed(bucket.blob(name)))[1].decode() for name in names] == names
    assert sorted(each.name for each in bucket.list_blobs(prefix=prefix)) == sorted(names)


def test_the_web_application_may_upload_from_its_own_origin_only(blob: Blob) -> None:
    url = signed(blob, "PUT", headers={"content-type": "text/plain"})
    asked: dict[str, Any] = {"Access_Control_Request_Method": "PUT", "Access_Control_Request_Headers": "content-type"}
    status, _, headers = send(url, "OPTIONS", Origin=ORIGIN, **asked)
    assert (status, headers["access-control-allow-origin"]) == (204, ORIGIN)
    assert "PUT" in headers["access-control-allow-methods"]
    assert send(url, "PUT", b"x", Origin=ORIGIN, content_type="text/plain")[2]["access-control-allow-origin"] == ORIGIN
    assert send(url, "PUT", b"x", content_type="text/html", Origin=ORIGIN)[2]["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-origin" not in send(url, "OPTIONS", Origin="https://evil.example", **asked)[2]
    assert "access-control-allow-origin" not in send(signed(blob), Origin="https://evil.example")[2]
