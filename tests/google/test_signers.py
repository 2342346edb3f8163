"""In the cloud there is no key: IAM signs the addresses of files (signBlob)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from google.oauth2.credentials import Credentials

from infra.local.storage_signatures import Key, Refused, Request
from shared.domain.files.files import disposition
from shared.domain.kernel import errors
from shared.google import files, signers
from shared.outside import config
from tests.google_keys import Google

SIGNER = "files@qfacts-signed.iam.gserviceaccount.com"


@pytest.fixture
def cloud(google: Google, monkeypatch: pytest.MonkeyPatch) -> Google:
    """This process as in the cloud, with no key of its own."""
    monkeypatch.delenv("QFACTS_SIGNER_KEY", raising=False)
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    own = Credentials("of-the-metadata-server")  # type: ignore[no-untyped-call]  # google-auth is typed in parts
    monkeypatch.setattr("google.auth.default", lambda **_: (own, None))
    monkeypatch.setenv("QFACTS_SIGNER", SIGNER)
    monkeypatch.setenv("QFACTS_BUCKET", f"bucket-{uuid4()}")
    config.current.cache_clear()
    return google


def key(tmp_path: Path) -> Key:
    """The test key under the signer's name, as whoever checks the address knows it."""
    account = json.loads((tmp_path / "account.json").read_text())
    (tmp_path / "signer.json").write_text(json.dumps(account | {"client_email": SIGNER}))
    return Key(tmp_path / "signer.json")


def test_an_address_is_signed_by_iam_in_the_signers_name(cloud: Google, tmp_path: Path) -> None:
    url, headers = files.upload_url(uuid4(), uuid4(), "application/pdf", 10)
    host, _, rest = url.removeprefix("https://").partition("/")
    path, _, query = rest.partition("?")
    request = Request("PUT", f"/{path}", query, headers | {"host": host})
    key(tmp_path).judge_address(request, datetime.now(UTC))
    with pytest.raises(Refused, match="expired"):
        key(tmp_path).judge_address(request, datetime.now(UTC) + timedelta(minutes=16))
    assert host == "storage.googleapis.com"
    assert cloud.asked == [f"/v1/projects/-/serviceAccounts/{SIGNER}:signBlob"]


def test_where_iam_does_not_sign_it_is_a_503(cloud: Google) -> None:
    cloud.status = 403
    with pytest.raises(errors.Unavailable):
        files.download_url(uuid4(), "a" * 64, "a.pdf", "application/pdf")


@pytest.mark.parametrize("filename", ["a.pdf", "Überprüfung & Prüfung (1) ~ +%20.pdf", "名前'\".pdf"])
def test_an_address_is_what_googles_own_library_writes(cloud: Google, monkeypatch: pytest.MonkeyPatch, filename: str) -> None:
    from google.cloud.storage import _signing

    organisation, sha256, at = uuid4(), "a" * 64, datetime.now(UTC)
    ours = files.download_url(organisation, sha256, filename, "text/plain; charset=utf-8")
    stamp = parse_qs(urlsplit(ours).query)["X-Goog-Date"][0]
    monkeypatch.setattr(_signing, "get_v4_now_dtstamps", lambda: (stamp, stamp[:8]))
    assert abs(datetime.strptime(stamp, "%Y%m%dT%H%M%S%z") - at) < timedelta(seconds=5)
    _, signer = signers.current(config.current())
    blob = files._bucket().blob(f"blobs/{organisation}/{sha256}")
    theirs = blob.generate_signed_url(
        version="v4",
        method="GET",
        expiration=timedelta(minutes=files.DOWNLOAD_MINUTES),
        credentials=signer,
        response_disposition=disposition(filename),
        response_type="text/plain; charset=utf-8",
    )
    assert ours == theirs


def test_an_uploads_address_is_what_googles_own_library_writes(cloud: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    from google.cloud.storage import _signing

    organisation, file = uuid4(), uuid4()
    ours, headers = files.upload_url(organisation, file, "application/pdf", 1234)
    stamp = parse_qs(urlsplit(ours).query)["X-Goog-Date"][0]
    monkeypatch.setattr(_signing, "get_v4_now_dtstamps", lambda: (stamp, stamp[:8]))
    _, signer = signers.current(config.current())
    theirs = (
        files._bucket()
        .blob(f"uploads/{organisation}/{file}")
        .generate_signed_url(
            version="v4", method="PUT", expiration=timedelta(minutes=files.UPLOAD_MINUTES), credentials=signer, headers=dict(headers)
        )
    )
    assert ours == theirs
