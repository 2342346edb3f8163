"""The web application on the product's origin: its headers, its files, and the one name of the host."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra import hosting
from infra.local import web_build, web_files
from infra.local.place import CHECKOUT, Place, Ports

ORIGIN = "http://127.0.0.1:18080"
PAGE = b"<!doctype html><title>QFacts</title>"
SCRIPT = b"export const answer = 42;" * 50


class Served:
    """What one request was answered."""

    def __init__(self, web: web_files.WebFiles, path: str, **environ: str) -> None:
        self.body = b"".join(web.answer(path, {"REQUEST_METHOD": "GET", **environ}, self._start))

    def _start(self, status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        self.status, self.headers = int(status[:3]), dict(headers)


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> web_files.WebFiles:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_bytes(PAGE)
    (tmp_path / "assets" / "main-abc.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "main-abc.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "assets" / "pdf.worker-abc.mjs").write_bytes(SCRIPT)
    monkeypatch.setattr(web_files, "FILES", tmp_path)
    return web_files.WebFiles(Place(tmp_path, Ports(18080)))


@pytest.mark.parametrize("path", ["/", "/documents/7", "/accept-invitation", "/no/such/page"])
def test_every_page_is_the_one_page_asked_for_anew(web: web_files.WebFiles, path: str) -> None:
    served = Served(web, path)
    assert (served.status, served.body) == (200, PAGE)
    assert served.headers["Cache-Control"] == "no-cache"


def test_an_asset_is_kept_for_ever_and_comes_compressed_where_the_browser_takes_it(web: web_files.WebFiles) -> None:
    plain, packed = Served(web, "/assets/main-abc.js"), Served(web, "/assets/main-abc.js", HTTP_ACCEPT_ENCODING="gzip, deflate")
    assert (plain.body, gzip.decompress(packed.body)) == (SCRIPT, SCRIPT)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    for served in (plain, packed):
        assert served.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert served.headers["Vary"] == "Accept-Encoding"
        assert served.headers["Content-Type"] == "text/javascript"


def test_a_library_s_own_folder_is_served_and_kept_as_any_other_asset(web: web_files.WebFiles, tmp_path: Path) -> None:
    folder = tmp_path / "assets" / "pdfjs-6" / "wasm"
    folder.mkdir(parents=True)
    (folder / "openjpeg.wasm").write_bytes(b"\0asm")
    served = Served(web, "/assets/pdfjs-6/wasm/openjpeg.wasm")
    assert (served.status, served.body) == (200, b"\0asm")
    assert served.headers["Content-Type"] == "application/wasm"
    assert served.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/main-old.js",
        "/assets/../index.html",
        "/assets/sub/../../index.html",
        "/assets/",
        "/assets/sub/main-abc.js",
        "/assets//etc/passwd",
    ],
)
def test_a_missing_asset_is_missing_and_nobody_keeps_that(web: web_files.WebFiles, path: str) -> None:
    served = Served(web, f"/assets/{path}")
    assert (served.status, served.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize(
    ("host", "path", "query", "there"),
    [
        ("localhost:18080", "/documents", "q=a%20b&status=draft", "/documents?q=a%20b&status=draft"),
        ("[::1]:18080", "/", "", "/"),
        ("localhost:18080", "//elsewhere.example/x", "", "/elsewhere.example/x"),
        ("localhost:18080", "@elsewhere.example", "", "/%40elsewhere.example"),
        ("localhost:18080", "/a\r\nX: y", "", "/a%0D%0AX%3A%20y"),
    ],
)
def test_a_page_under_another_name_of_the_host_leads_to_the_one_origin(
    web: web_files.WebFiles, host: str, path: str, query: str, there: str
) -> None:
    served = Served(web, path, QUERY_STRING=query, **{web_files.ASKED_HOST: host})
    assert (served.status, served.headers["Location"]) == (307, ORIGIN + there)


def test_a_page_under_the_origin_leads_nowhere(web: web_files.WebFiles) -> None:
    assert Served(web, "/documents", **{web_files.ASKED_HOST: "127.0.0.1:18080"}).status == 200


def test_the_configuration_names_the_identity_service_of_this_stack(web: web_files.WebFiles) -> None:
    served = Served(web, "/config.json")
    assert served.headers["Cache-Control"] == "no-cache"
    assert json.loads(served.body)["identity"]["emulator"] == "http://127.0.0.1:19099"


def test_the_policy_lets_in_nothing_but_our_own_files(web: web_files.WebFiles) -> None:
    policy = Served(web, "/").headers["Content-Security-Policy"]
    parts = dict(part.split(" ", 1) for part in policy.split("; "))
    assert parts["default-src"] == "'none'"
    assert parts["script-src"] == parts["style-src"] == parts["worker-src"] == "'self'"
    assert parts["require-trusted-types-for"] == "'script'"
    assert parts["form-action"] == parts["frame-ancestors"] == parts["base-uri"] == "'none'"
    assert parts["connect-src"] == "'self' http://127.0.0.1:19099 http://127.0.0.1:19023"


def test_only_the_worker_of_pdf_pages_may_compile_webassembly(web: web_files.WebFiles) -> None:
    found = {path: "wasm-unsafe-eval" in Served(web, path).headers["Content-Security-Policy"] for path in ("/", "/assets/main-abc.js")}
    assert not any(found.values())
    assert "'wasm-unsafe-eval'" in Served(web, "/assets/pdf.worker-abc.mjs").headers["Content-Security-Policy"]


def test_hosting_is_given_the_same_rules_with_its_own_origins() -> None:
    printed = json.loads(subprocess.run([sys.executable, "-m", "infra.hosting"], cwd=CHECKOUT, capture_output=True, check=True).stdout)
    everywhere = {each["key"]: each["value"] for each in printed["headers"][0]["headers"]}
    assert [each["source"] for each in printed["headers"]] == ["/**", "/assets/**", "/assets/*worker*"]
    assert everywhere == hosting.headers("/", hosting.CLOUD)
    assert "https://storage.googleapis.com" in everywhere["Content-Security-Policy"]


def test_without_a_built_application_the_page_says_what_to_do(web: web_files.WebFiles, tmp_path: Path) -> None:
    (tmp_path / "index.html").unlink()
    served = Served(web, "/")
    assert served.status == 503
    assert b"make start" in served.body


def test_the_application_is_built_again_once_its_files_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.place.WEB", tmp_path)
    for name in ("index.html", "package-lock.json", "vite.config.ts"):
        (tmp_path / name).touch()
    (tmp_path / "build").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.tsx").write_text("1")
    before = web_build.fingerprint()
    (tmp_path / "src" / "schema.d.ts").write_text("made by the check")
    (tmp_path / "README.md").touch()
    assert web_build.fingerprint() == before
    (tmp_path / "src" / "main.tsx").rename(tmp_path / "src" / "other.tsx")
    assert web_build.fingerprint() != before
