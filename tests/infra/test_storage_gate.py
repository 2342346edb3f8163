"""The gate before fake-gcs-server checks what Cloud Storage checks: signatures, callers and preconditions."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from google.api_core.exceptions import Unauthorized
from google.cloud.storage import Blob, Bucket, Client

from infra.local.storage_signatures import make_key
from shared.google import signers
from shared.outside import config
from tests.infra.gate import blob, bucket, send, signed
from tests.storage import BUCKET, ORIGIN, Storage

__all__ = ["blob", "bucket"]


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
