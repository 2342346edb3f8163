"""Where the network refuses, the set-up ends with a sentence that says what to do."""

from __future__ import annotations

import json

import pytest

from infra.local import installers
from infra.local.place import SetUpError
from tests import registry
from tests.infra.machines import Machine, company, environment, machine, proxy, tools
from tests.registry import Host

__all__ = ["company", "environment", "machine", "proxy", "tools"]


# --- failures --------------------------------------------------------------------------------------------------------------------------
def refusal(machine: Machine, tool: str) -> str:
    with pytest.raises(SetUpError) as refused:
        machine.install(tool)
    return str(refused.value)


@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_an_unknown_certificate_is_explained(machine: Machine, tool: str) -> None:
    with registry.registry(registry.certificates(machine.home)[1]) as company:
        said = refusal(machine.reads(company), tool)
    assert "doesn't trust the certificate" in said
    assert "SSL_CERT_FILE=/path/to/certificates.pem make setup" in said


def test_a_file_of_certificates_that_is_not_there_is_named(machine: Machine) -> None:
    machine.environment["SSL_CERT_FILE"] = "/nonexistent.pem"
    with registry.registry(registry.certificates(machine.home)[1]) as company:
        assert "the file of certificates /nonexistent.pem isn't there. Correct or unset" in refusal(machine.reads(company), "pip")


@pytest.mark.parametrize(("tool", "encrypted"), [("pip", True), ("pip", False), ("npm", False)])
def test_a_proxy_that_wants_a_password_is_explained_without_showing_one(machine: Machine, proxy: Host, tool: str, encrypted: bool) -> None:
    authority, own = registry.certificates(machine.home)
    proxy.status = 407
    with registry.registry(own if encrypted else None) as company:
        told = proxy.url.replace("://", "://me:secret@")
        machine.reads(company).environment |= {"HTTP_PROXY": told, "HTTPS_PROXY": told, "SSL_CERT_FILE": str(authority)}
        said = refusal(machine, tool)
    assert f"the proxy {proxy.url} wants a name and a password (407)" in said
    assert "secret" not in said


def test_a_proxy_that_refuses_is_explained(machine: Machine, proxy: Host) -> None:
    proxy.status = 403
    machine.environment |= {"HTTPS_PROXY": proxy.url, "PIP_INDEX_URL": "https://packages.invalid/simple"}
    assert f"the proxy {proxy.url} refuses to reach the package index. Ask who runs it" in refusal(machine, "pip")


def test_a_proxy_that_is_gone_is_named(machine: Machine, company: Host) -> None:
    machine.reads(company).environment["HTTP_PROXY"] = "http://127.0.0.1:9"
    assert "the proxy http://127.0.0.1:9 doesn't answer. Correct HTTPS_PROXY" in refusal(machine, "pip")


def test_without_a_network_the_set_up_says_so(machine: Machine) -> None:
    machine.environment["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple"
    said = refusal(machine, "pip")
    assert "Python packages couldn't be fetched: the network or the package index doesn't answer" in said


@pytest.mark.parametrize(
    ("tool", "status", "sentence"),
    [
        ("pip", 401, "the package index wants a name and a password (401). Correct them: `index-url` in pip's settings, or PIP_INDEX_URL="),
        ("uv", 403, "the package index refuses (403). Ask who runs it for leave, or name another: `index-url` in pip's"),
        ("npm", 404, "the package index doesn't have tiny-package@1.0.0 (404). Correct its address, or name one that has everything: `reg"),
    ],
)
def test_an_index_that_gives_nothing_is_explained(machine: Machine, company: Host, tool: str, status: int, sentence: str) -> None:
    company.status = status
    assert sentence in refusal(machine.reads(company), tool)


@pytest.mark.parametrize("tool", ["uv", "npm"])
def test_altered_packages_are_refused_with_a_sentence(machine: Machine, company: Host, tool: str) -> None:
    wanted = (machine.home / "requirements.txt").read_text()
    (machine.home / "requirements.txt").write_text(wanted.replace("--hash=sha256:", f"--hash=sha256:{'0' * 64} #"))
    lock = json.loads((installers.NODE / "package-lock.json").read_text())
    lock["packages"]["node_modules/tiny-package"]["integrity"] = registry.integrity(b"another")
    (installers.NODE / "package-lock.json").write_text(json.dumps(lock))
    assert "their hashes differ" in refusal(machine.reads(company), tool)
    assert not machine.has(tool)
