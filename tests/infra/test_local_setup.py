"""The set-up of the stack on one machine: its ports, its directories, and its sentences when something is missing."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.local import failures, installers, lock, place, setup
from infra.local.place import OFFSETS, Place, Ports, SetUpError


def test_the_documented_ports_are_the_default_ones() -> None:
    ports = place.read({}).ports
    assert (ports.product, ports.of("identity"), ports.of("warehouse")) == (8080, 9099, 9050)
    assert ports.origin == "http://127.0.0.1:8080"


def test_every_port_moves_with_the_products() -> None:
    near, far = Ports(8080), Ports(18080)
    assert all(far.of(part) - near.of(part) == 10000 for part in OFFSETS)


def test_two_stacks_a_hundred_apart_share_no_port() -> None:
    first, second = Ports(8080), Ports(8180)
    assert not {first.of(part) for part in OFFSETS} & {second.of(part) for part in OFFSETS}


@pytest.mark.parametrize("asked", ["abc", "0", "-1", "64515", "8080.5", "٨٠٨٠"])
def test_a_port_that_cannot_be_is_refused_with_a_sentence(asked: str) -> None:
    with pytest.raises(SetUpError, match="whole number from 1 to 64514"):
        place.read({"QFACTS_PORT": asked})


def test_the_home_moves_the_data_and_not_the_packages(tmp_path: Path) -> None:
    at = place.read({"QFACTS_HOME": str(tmp_path)})
    assert all(tmp_path in directory.parents for directory in at.data)
    assert tmp_path not in place.NODE_PACKAGES.parents


def test_reset_never_removes_packages() -> None:
    assert place.NODE_PACKAGES not in place.read({}).data


def test_the_sockets_path_stays_short_in_a_deep_checkout() -> None:
    at = Place(Path("/home/someone/" + "quite-deep/" * 12), Ports())
    assert len(str(at.socket / ".s.PGSQL.5432")) < 100
    assert at.socket != Place(at.home / "another", Ports()).socket


def test_a_busy_port_is_named_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = Ports(taken.getsockname()[1] - OFFSETS["identity"])
        with pytest.raises(SetUpError, match=rf"Port.* {ports.of('identity')} \(identity\).*QFACTS_PORT=\d+ make start"):
            place.demand_free_ports(ports, patience=0)


def test_a_second_stack_in_the_same_home_is_told_where_the_first_runs(tmp_path: Path) -> None:
    at = Place(tmp_path, Ports(18080))
    with lock.hold(at), pytest.raises(lock.AlreadyRunningError, match=r"already runs.*http://127\.0\.0\.1:18080"), lock.hold(at):
        pass
    with lock.hold(at):
        pass


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 15)])
def test_an_unfit_python_is_told_which_ones_fit(version: tuple[int, int]) -> None:
    with pytest.raises(SetUpError, match=r"needs Python 3\.11 to 3\.14"):
        setup.check_python(version)


def test_a_python_without_ensurepip_is_told_what_to_install() -> None:
    with pytest.raises(SetUpError, match=r"apt-get install python3\.12-venv"):
        setup.check_python((3, 12), ("venv", "no_such_module"))


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("NewConnectionError('<pip...>: Failed to establish a new connection: [Errno 111] Connection refused')", "network"),
        ("npm error code EAI_AGAIN\nnpm error getaddrinfo", "network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "hashes differ"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("  cause: Hash mismatch for `uv==0.13.9`", "hashes differ.*start again"),
        ("npm error code EINTEGRITY", "hashes differ"),
        ("npm error code ENOSPC", "disk is full.*start again"),
        ("  cause: invalid peer certificate: UnknownIssuer", "doesn't trust the certificate.*SSL_CERT_FILE=/path"),
        ("npm error code SELF_SIGNED_CERT_IN_CHAIN", "doesn't trust the certificate"),
        (
            "warning: Invalid `SSL_CERT_FILE`. Path does not exist: /a/b.pem. No default\n  cause: invalid peer certificate: Un",
            "the file of certificates /a/b.pem isn't there",
        ),
        (
            "Warning: Ignoring extra certs from `/a/b.pem`, load failed: error:80000002\nnpm error code UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
            "the file of certificates /a/b.pem isn't there",
        ),
        (
            "Warning: Ignoring extra certs from `/a/b.pem`, load failed\nnpm error code ENOTFOUND",
            "the network or the package index doesn't",
        ),
        ("ERROR: Could not install packages due to an OSError: Missing dependencies for SOCKS support.", "speaks SOCKS.*HTTPS_PROXY="),
        ("  cause: tunnel error: proxy authorization required", "wants a name and a password.*HTTPS_PROXY=http://name:password@"),
        ("  cause: tunnel error: unsuccessful", "the proxy refuses to reach the package index.*PIP_INDEX_URL="),
        (
            "  cause: tunnel error: failed to create underlying connection\n  cause: Connection refused",
            "the proxy doesn't answer.*NO_PROXY",
        ),
        ("npm error code E401\nnpm error Incorrect or missing password.", r"wants a name and a password \(401\).*npm_config_registry="),
        ("npm error code E403\nnpm error 403 403 Forbidden - GET http://a/b", r"the package index refuses \(403\).*npm_config_registry="),
        (
            "ERROR: No matching distribution found for uv==0.13.9\nCould not fetch URL http://a/: 404 Client Error: Not Found for url: http://a",
            r"the package index doesn't have uv==0\.13\.9 \(404\)\. Correct its address.*PIP_INDEX_URL=",
        ),
        (
            "ERROR: No matching distribution found for uv==0.1\nCould not fetch URL ResponseError('too many 503 error responses')",
            r"out of order \(503\).*later",
        ),
        ("  cause: HTTP status server error (503 Service Unavailable) for url (a)", r"out of order \(503\).*later"),
        ("  cause: dns error\n  cause: failed to lookup address information: Name or service not known", "the network.*doesn't answer"),
        (
            "The repository located at packages.invalid is not a trusted or secure host\nERROR: No matching distribution found for uv==0.1",
            "packages.invalid isn't encrypted.*PIP_TRUSTED_HOST=packages.invalid make setup",
        ),
        ("ERROR: No matching distribution found for greenlet==3.5.6", r"greenlet==3\.5\.6 isn't to be had for this machine"),
        ("something else\nwent wrong\n", "couldn't be installed: went wrong"),
    ],
)
def test_a_failed_installer_is_explained_in_a_sentence(output: str, sentence: str) -> None:
    assert re.search(sentence, failures.explain("Python packages", output, Path("pip.log")))


def test_the_proxy_that_may_be_in_the_way_is_named() -> None:
    said = failures.explain("Node packages", "npm error code ECONNREFUSED", Path("npm.log"), "http://proxy.invalid:3128")
    assert "the proxy http://proxy.invalid:3128 or the package index behind it doesn't answer" in said


def test_the_lists_name_every_package_that_another_needs() -> None:
    command = [sys.executable, "-m", "uv", "pip", "check", "--python", sys.executable]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert checked.returncode == 0, checked.stderr


def test_the_pinned_lists_name_no_host_and_hash_everything() -> None:
    for name in ("requirements.txt", "infra/local/requirements.txt", "infra/local/installer.txt", "infra/local/node/requirements.txt"):
        text = (place.CHECKOUT / name).read_text()
        assert "://" not in text
        pinned = re.findall(r"^[a-z0-9][^\n]*==[^\n]*(?:\n    .*)*", text, re.MULTILINE)
        assert pinned
        assert all("--hash=sha256:" in each for each in pinned), name
    assert all('"resolved"' not in (folder / "package-lock.json").read_text() for folder in (installers.NODE, place.WEB))


def test_a_changed_list_is_noticed(tmp_path: Path) -> None:
    file, stamp = tmp_path / "requirements.txt", tmp_path / "installed"
    file.write_text("a==1")
    assert not setup.is_installed(stamp, setup.fingerprint(file))
    stamp.write_text(setup.fingerprint(file))
    assert setup.is_installed(stamp, setup.fingerprint(file))
    file.write_text("a==2")
    assert not setup.is_installed(stamp, setup.fingerprint(file))


def test_a_slow_installer_says_how_far_it_is(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with subprocess.Popen(["sleep", "60"]) as process:
        task = installers.Task("Python packages", process, log, counted="^Collecting", total=2)
        said = []
        for line in ("Looking\n", "Collecting a==1\n", "Collecting b==1\n", "Installing collected packages: a, b\n"):
            with log.open("a") as output:
                output.write(line)
            said.append(task.progress())
        process.kill()
    assert said == [f"Python packages {far}" for far in ("on the way", "1 of 2", "2 of 2", "being put in place")]


def test_where_the_quick_installer_cannot_the_slow_one_does(tmp_path: Path) -> None:
    def task(program: str) -> installers.Task:
        log = tmp_path / "log"
        log.touch()
        return installers.Task("Python packages", subprocess.Popen([sys.executable, "-c", program]), log)

    quick = task("raise SystemExit(2)")
    quick.instead = lambda: task(f"open({str(tmp_path / 'done')!r}, 'w').close()")
    installers.finish([quick], time.monotonic())
    assert (tmp_path / "done").exists()
