"""What went wrong in a set-up, in a sentence that says what to do, read off what pip, uv and npm print. Standard library only."""

from __future__ import annotations

import platform
import re
from pathlib import Path

HASHES = re.compile(r"DO NOT MATCH THE HASHES|EINTEGRITY|Hash mismatch for")
DISK = re.compile(r"No space left on device|ENOSPC|Disk quota exceeded|EDQUOT")
CERTIFICATES_GONE = re.compile(
    r"CA certificate bundle, invalid path: (\S+)|Invalid `SSL_CERT_\w+`.*: (\S+)\. No |extra certs from `([^`]+)`"
)
CERTIFICATE = re.compile(
    r"CERTIFICATE_VERIFY_FAILED|invalid peer certificate|CA certificate bundle, invalid path"
    r"|SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_HAS_EXPIRED|ERR_TLS_CERT"
)
SOCKS = re.compile(r"Missing dependencies for SOCKS support")
PROXY_WANTS_A_NAME = re.compile(r"\b407 Proxy|Tunnel connection failed: 407|proxy authorization required|\bE407\b|\b407 Client Error")
PROXY_REFUSES = re.compile(r"Tunnel connection failed: (?!407)|tunnel error: unsuccessful")
PROXY_SILENT = re.compile(r"ProxyError|tunnel error|socks proxy", re.IGNORECASE)
STATUS = re.compile(
    r"\b(?P<plain>[45]\d\d) (?:Client Error|Server Error|Unauthorized|Forbidden|Internal|Bad|Service|Gateway)"
    r"|too many (?P<retried>5\d\d) error|\bE(?P<npm>[45]\d\d)\b"
)
OPEN = re.compile(r"located at (\S+) is not a trusted or secure host")
NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|NameResolutionError|name resolution|Name or service not known|dns error"
    r"|Network is unreachable|Connection refused|timed out|ConnectionResetError|SSLError|tcp connect error|error sending request"
    r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET",
    re.IGNORECASE,
)
MISSING = re.compile(r"No matching distribution found for (\S+)")
NAME_AND_PASSWORD = "HTTPS_PROXY=http://name:password@host:port make setup"  # noqa: S105 - nobody's


def explain(what: str, output: str, log: Path, proxy: str = "") -> str:
    """The sentence for an installer that failed; `what` is e.g. `Python packages`, `proxy` the one in use."""
    sentence = _broken(what, output) or _unproven(what, output) or _stopped(what, output, proxy) or _refused(what, output, proxy)
    if sentence:
        return f"{sentence} See {log}"
    if NETWORK.search(output):
        silent = f"the proxy {proxy} or the package index behind it" if proxy else "the network or the package index"
        return (
            f"{what} couldn't be fetched: {silent} doesn't answer. Check the connection (or the proxy: HTTPS_PROXY, NO_PROXY) "
            f"and start again; what is there already is kept. See {log}"
        )
    if missing := MISSING.search(output):
        machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
        return f"{missing[1]} isn't to be had for this machine ({machine}). See {log}"
    lines = [line for line in output.splitlines() if line.strip()]
    return f"{what} couldn't be installed: {lines[-1].strip() if lines else 'no word from the installer'}. See {log}"


def _broken(what: str, output: str) -> str:
    """What came, or where it should go, isn't right."""
    if HASHES.search(output):
        return (
            f"{what} fetched just now aren't those that QFacts pins (their hashes differ), so they weren't installed: "
            "start again, and if it happens again tell who runs the package index (or the proxy) that it alters packages."
        )
    if DISK.search(output):
        return f"{what} don't fit: the disk is full. Make room (about 2 GB) and start again."
    return ""


def _unproven(what: str, output: str) -> str:
    """The index or the proxy shows a certificate that this machine doesn't trust."""
    if not CERTIFICATE.search(output):
        return ""
    if gone := CERTIFICATES_GONE.search(output):
        file = next(name for name in gone.groups() if name)
        return (
            f"{what} couldn't be fetched: the file of certificates {file} isn't there. "
            "Correct or unset what names it: SSL_CERT_FILE, PIP_CERT, REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS, or `cert` in pip's settings."
        )
    return (
        f"{what} couldn't be fetched: this machine doesn't trust the certificate that the network shows. "
        "Have your company's certificate added to the system's store, or name a file (PEM) that has it: "
        "SSL_CERT_FILE=/path/to/certificates.pem make setup."
    )


def _stopped(what: str, output: str, proxy: str) -> str:
    """The proxy doesn't let it through."""
    named = f"the proxy {proxy}" if proxy else "the proxy"
    if SOCKS.search(output):
        return f"{what} couldn't be fetched: pip can't use {named}, which speaks SOCKS. Name one that speaks HTTP: {NAME_AND_PASSWORD}."
    if PROXY_WANTS_A_NAME.search(output):
        return f"{what} couldn't be fetched: {named} wants a name and a password (407). Give them: {NAME_AND_PASSWORD}."
    if PROXY_REFUSES.search(output):
        return (
            f"{what} couldn't be fetched: {named} refuses to reach the package index. "
            f"Ask who runs it to allow that, or name your company's own index: {_index(output)}."
        )
    if PROXY_SILENT.search(output):
        return f"{what} couldn't be fetched: {named} doesn't answer. Correct HTTPS_PROXY, or except the index from it with NO_PROXY."
    return ""


def _refused(what: str, output: str, proxy: str) -> str:
    """The index answers, but not with packages."""
    if plain := OPEN.search(output):
        return (
            f"{what} couldn't be fetched: the connection with {plain[1]} isn't encrypted. "
            f"Name the index by https, or trust it as it is: PIP_TRUSTED_HOST={plain[1]} make setup."
        )
    if not (found := STATUS.search(output)):
        return ""
    status = int(found["plain"] or found["retried"] or found["npm"])
    if status == 401:
        return f"{what} couldn't be fetched: the package index wants a name and a password (401). Correct them: {_index(output)}."
    if status == 403:
        who = f"the package index (or the proxy {proxy})" if proxy else "the package index"
        return f"{what} couldn't be fetched: {who} refuses (403). Ask who runs it for leave, or name another: {_index(output)}."
    if status >= 500:
        return (
            f"{what} couldn't be fetched: the package index is out of order ({status}). Start again later; what is there already is kept."
        )
    missing = MISSING.search(output) or re.search(r"(?m)'(\S+@\S+)'", output)
    lacking = missing[1] if missing else "a package"
    return (
        f"{what} couldn't be fetched: the package index doesn't have {lacking} ({status}). "
        f"Correct its address, or name one that has everything: {_index(output)}."
    )


def _index(output: str) -> str:
    """How to name an index to the tool that failed."""
    if "npm " in output:
        return "`registry` in .npmrc, or npm_config_registry=https://name:password@host/path/ make setup"
    return "`index-url` in pip's settings, or PIP_INDEX_URL=https://name:password@host/path/simple make setup"
