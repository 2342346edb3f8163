"""How pip, uv and npm reach their registries: what the person configured for one of them, handed to the others. Standard library only.

A company's machine has its certificate in the system's store, and its index and proxy in variables or files of pip. uv reads neither
by itself, Node reads no store, and an older pip trusts its own list alone. Whatever a tool was told itself stays as it is.
"""

from __future__ import annotations

import ast
import os
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from infra.local import place

# The system's certificates in one file: Debian, Ubuntu, Arch; Fedora, Red Hat; SUSE; Alpine, BSD, macOS (there the public ones only).
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem")
PIP_OWN = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # pip takes these too, for certificates
UV_INDEXES = {"UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"}
UV_INDEX_SETTINGS = {"index", "index-url", "extra-index-url", "find-links", "no-index"}  # in uv.toml


@dataclass(frozen=True)
class Network:
    """What the person told the tools."""

    environment: Mapping[str, str]
    pip: Mapping[str, str] = field(default_factory=dict)  # by the option's name, e.g. `index-url`; variables and files alike
    uv: frozenset[str] = frozenset()  # the names of the settings in uv's own files

    @property
    def certificates(self) -> str:
        """The file (or directory) that the person named to any tool, else the system's file; empty where there is none."""
        named = (self.environment.get("SSL_CERT_FILE"), self.pip.get("cert"), *map(self.environment.get, PIP_OWN))
        system = (*BUNDLES, ssl.get_default_verify_paths().cafile or "")
        return next((file for file in named if file), "") or next((file for file in system if Path(file).is_file()), "")

    @property
    def proxy(self) -> str:
        """The proxy in use, without its password; empty where there is none."""
        named = self._variable("https_proxy") or self._variable("all_proxy") or self._variable("http_proxy") or self.pip.get("proxy", "")
        return urlsplit(named)._replace(netloc=urlsplit(named).netloc.rpartition("@")[2]).geturl()

    def for_pip(self) -> dict[str, str]:
        """Pip before 24.2 knows no store, so it is given the system's file."""
        if "cert" in self.pip or any(map(self.environment.get, PIP_OWN)) or not self.certificates:
            return {}
        return {"PIP_CERT": self.certificates}

    def for_uv(self) -> dict[str, str]:
        """The system's store, and pip's certificates, index, hosts, proxy and patience, unless uv has its own."""
        return {**self._certificates_for_uv(), **self._indexes_for_uv(), **self._connections_for_uv()}

    def for_npm(self) -> dict[str, str]:
        """The system's store (Node from 22.19), its file (any Node), and the proxy for everything, which npm doesn't read."""
        variables = {"NODE_USE_SYSTEM_CA": "1", "NODE_EXTRA_CA_CERTS": self.certificates if Path(self.certificates).is_file() else ""}
        if not self._variable("http_proxy") and not self._variable("https_proxy"):
            variables |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), self._variable("all_proxy"))
        return {name: value for name, value in variables.items() if value and name not in self.environment}

    def _certificates_for_uv(self) -> dict[str, str]:
        if self.uv & {"system-certs", "native-tls"}:
            return {}
        variables = {} if {"UV_SYSTEM_CERTS", "UV_NATIVE_TLS"} & self.environment.keys() else {"UV_SYSTEM_CERTS": "true"}
        named = next((file for file in (self.pip.get("cert"), *map(self.environment.get, PIP_OWN)) if file), "")
        if named and not {"SSL_CERT_FILE", "SSL_CERT_DIR"} & self.environment.keys():
            variables["SSL_CERT_DIR" if Path(named).is_dir() else "SSL_CERT_FILE"] = named
        return variables

    def _indexes_for_uv(self) -> dict[str, str]:
        if UV_INDEXES & self.environment.keys() or UV_INDEX_SETTINGS & self.uv:
            return {}
        variables = {
            "UV_DEFAULT_INDEX": self.pip.get("index-url", ""),
            "UV_EXTRA_INDEX_URL": " ".join(self.pip.get("extra-index-url", "").split()),
            "UV_FIND_LINKS": ",".join(self.pip.get("find-links", "").split()),
        }
        if variables["UV_EXTRA_INDEX_URL"] and "UV_INDEX_STRATEGY" not in self.environment and "index-strategy" not in self.uv:
            variables["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # as pip does; safe here, since every package has its hash pinned
        return {name: value for name, value in variables.items() if value}

    def _connections_for_uv(self) -> dict[str, str]:
        variables: dict[str, str] = {}
        if not self.uv & {"http-proxy", "https-proxy"} and not any(map(self._variable, ("http_proxy", "https_proxy", "all_proxy"))):
            variables |= dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY"), self.pip.get("proxy", ""))
        if "allow-insecure-host" not in self.uv:
            variables["UV_INSECURE_HOST"] = " ".join(self.pip.get("trusted-host", "").split())
        variables["UV_HTTP_TIMEOUT"] = self.pip.get("timeout") or self.pip.get("default-timeout", "")
        variables["SSL_CLIENT_CERT"] = self.pip.get("client-cert", "")
        return {name: value for name, value in variables.items() if value and name not in self.environment}

    def _variable(self, name: str) -> str:
        """Proxies' variables are written in either case."""
        return self.environment.get(name) or self.environment.get(name.upper(), "")


def read(environment: Mapping[str, str] | None = None) -> Network:
    """What the variables and files of this machine say; `.venv` must be there, for its pip tells about pip's."""
    environment = os.environ if environment is None else environment
    listing = subprocess.run(
        [str(place.VENV / "bin" / "python"), "-m", "pip", "config", "list"],
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Network(environment, _pip_options(listing.stdout), frozenset(_uv_settings(environment)))


def _pip_options(listing: str) -> dict[str, str]:
    """Of `pip config list`, what counts for `pip install`: the command's own section before the general, variables before both."""
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listing.splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.partition(".")
        if section in found:
            found[section][option] = str(ast.literal_eval(value))
    return found["global"] | found["install"] | found[":env:"]


def _uv_settings(environment: Mapping[str, str]) -> Iterator[str]:
    import tomllib  # from Python 3.11 on; on an older one the set-up must get as far as to say so

    for file in _uv_files(environment):
        try:
            settings = tomllib.loads(file.read_text())
        except (OSError, tomllib.TOMLDecodeError):
            continue  # uv itself complains about it
        yield from settings
        yield from settings.get("pip", {})


def _uv_files(environment: Mapping[str, str]) -> list[Path]:
    if environment.get("UV_CONFIG_FILE"):
        return [Path(environment["UV_CONFIG_FILE"])]
    if environment.get("UV_NO_CONFIG"):
        return []
    own = Path(environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "/")) / ".config")
    system = [Path(each) for each in (environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")]
    folders = [each / "uv" for each in (own, *system, Path("/etc"))] + [place.CHECKOUT, *place.CHECKOUT.parents]
    return [folder / "uv.toml" for folder in folders]
