"""In the cloud there is no key: IAM signs the addresses of files (signBlob)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from google.oauth2.credentials import Credentials

from infra.local.storage_signatures import Key, Refused, Request
from shared import errors
from shared.io import config, files
from tests.google import Google

SIGNER = "files@qfacts-signed.iam.gserviceaccount.com"


@pytest.fixture
def cloud(google: Google, monkeypatch: pytest.MonkeyPatch) -> Google:
    """This process as in the cloud, with no key of its own."""
    monkeypatch.delenv("QFACTS_SIGNER_KEY", raising=False)
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    monkeypatch.setattr("google.auth.default", lambda **_: (Credentials("of-the-metadata-server"), None))
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
