"""A company's network on 127.0.0.1: a registry of small packages for Python and Node, a proxy, and a certificate nobody knows."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import select
import socket
import ssl
import tarfile
import threading
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

# What each Python package needs. pip before 23.3 takes the newest small-part for `small-part[more]`, whatever a list with hashes pins.
PYTHON = {("tiny-package", "1.0"): "small-part[more]>=1", ("small-part", "1.0"): "", ("small-part", "2.0"): ""}
PINNED = ("tiny-package", "1.0"), ("small-part", "1.0")


@dataclass
class Host:
    """What a server answers and what it was asked; `status` other than 200 is all that it says."""

    url: str = ""
    status: int = 200
    asked: list[str] = field(default_factory=list)


def wheel(name: str, version: str) -> bytes:
    """A Python package with one empty module; the same bytes every time."""
    module = name.replace("-", "_")
    about = f"{module}-{version}.dist-info"
    needs = PYTHON[name, version]
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProvides-Extra: more\n"
    files = {
        f"{module}.py": "",
        f"{about}/METADATA": metadata + (f"Requires-Dist: {needs}\n" if needs else ""),
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{about}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{about}/RECORD"])
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file, text in files.items():
            archive.writestr(zipfile.ZipInfo(file, (2025, 1, 1, 0, 0, 0)), text)
    return content.getvalue()


def requirements() -> str:
    """The list that pins them."""
    return "".join(
        f"{name}=={version} \\\n    --hash=sha256:{hashlib.sha256(wheel(name, version)).hexdigest()}\n" for name, version in PINNED
    )


def tarball() -> bytes:
    """The Node package `tiny-package` 1.0.0."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        text = json.dumps({"name": "tiny-package", "version": "1.0.0"}).encode()
        member = tarfile.TarInfo("package/package.json")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    return content.getvalue()


def integrity(content: bytes) -> str:
    """As npm writes it."""
    return f"sha512-{base64.b64encode(hashlib.sha512(content).digest()).decode()}"


def node_lists(folder: Path) -> None:
    """Write package.json and package-lock.json, which pin it, into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    package = {"name": "tiny", "version": "1.0.0", "dependencies": {"tiny-package": "1.0.0"}}
    pinned = {"version": "1.0.0", "integrity": integrity(TARBALL)}
    lock = {"name": "tiny", "version": "1.0.0", "lockfileVersion": 3, "requires": True}
    (folder / "package.json").write_text(json.dumps(package))
    (folder / "package-lock.json").write_text(json.dumps(lock | {"packages": {"": package, "node_modules/tiny-package": pinned}}))


def _wheels() -> dict[str, bytes]:
    """The wheels and, for each package, the page that links to them, by path."""
    files, links = {}, defaultdict(list)
    for name, version in PYTHON:
        file = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        files[f"/files/{file}"] = content = wheel(name, version)
        links[f"/simple/{name}/"].append(f'<a href="/files/{file}#sha256={hashlib.sha256(content).hexdigest()}">{file}</a>')
    return files | {path: "".join(each).encode() for path, each in links.items()}


WHEELS = _wheels()
TARBALL = tarball()


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, host: Host, *args: object) -> None:
        self.host = host
        super().__init__(*args)  # type: ignore[arg-type]

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def send(self, status: int, content: bytes = b"", kind: str = "text/html", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


class _Registry(_Answers):
    def do_GET(self) -> None:
        self.host.asked.append(self.path)
        if self.host.status != 200:
            self.send(self.host.status, WWW_Authenticate='Basic realm="packages"')
        elif page := WHEELS.get(self.path):
            self.send(200, page, "application/octet-stream" if self.path.endswith(".whl") else "text/html")
        elif self.path == "/npm/tiny-package":
            dist = {"tarball": f"{self.host.url}/npm/tiny-package/-/tiny-package-1.0.0.tgz", "integrity": integrity(TARBALL)}
            version = {"name": "tiny-package", "version": "1.0.0", "dist": dist}
            document = {"name": "tiny-package", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
            self.send(200, json.dumps(document).encode(), "application/json")
        elif self.path == "/npm/tiny-package/-/tiny-package-1.0.0.tgz":
            self.send(200, TARBALL, "application/octet-stream")
        else:
            self.send(404)

    def do_HEAD(self) -> None:
        self.do_GET()


class _Proxy(_Answers):
    """Fetches what it is asked for, by its full address or through a tunnel, from this machine whatever the host's name."""

    def do_GET(self) -> None:
        self.host.asked.append(self.path)
        if self.host.status != 200:
            self.send(self.host.status, Proxy_Authenticate='Basic realm="proxy"')
            return
        address = urlsplit(self.path)
        connection = HTTPConnection("127.0.0.1", address.port or 80, timeout=10)
        connection.request("GET", address.path, headers={"Host": address.netloc})
        answer = connection.getresponse()
        self.send(answer.status, answer.read(), answer.getheader("Content-Type", "text/html"))
        connection.close()

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_CONNECT(self) -> None:
        self.host.asked.append(self.path)
        self.close_connection = True
        if self.host.status != 200:
            self.send(self.host.status, Proxy_Authenticate='Basic realm="proxy"')
            return
        with socket.create_connection(("127.0.0.1", int(self.path.rpartition(":")[2])), 10) as far:
            self.send_response_only(200)
            self.end_headers()
            near = self.connection
            while True:
                for one in select.select([near, far], [], [], 10)[0] or [None]:
                    if one is None or not (data := one.recv(65536)):
                        return
                    (far if one is near else near).sendall(data)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Nothing: a client that doesn't trust the certificate hangs up."""


@contextmanager
def _served(handler: type[_Answers], certificate: Path | None = None) -> Iterator[Host]:
    host = Host()
    server = _Server(("127.0.0.1", 0), partial(handler, host))
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    host.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def registry(certificate: Path | None = None) -> Iterator[Host]:
    """Python's packages at /simple, Node's at /npm; over TLS where it has a certificate with its key."""
    with _served(_Registry, certificate) as host:
        yield host


@contextmanager
def proxy() -> Iterator[Host]:
    """A proxy for HTTP and HTTPS."""
    with _served(_Proxy) as host:
        yield host


def certificates(folder: Path) -> tuple[Path, Path]:
    """A company's own authority, and the certificate (with its key) that it gave to 127.0.0.1."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    company = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "A company's own authority")])
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    authority = (
        _certificate(company, company, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .sign(authority_key, SHA256())
    )
    given = (
        _certificate(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")]), company, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, SHA256())
    )
    bundle, own = folder / "authority.pem", folder / "own.pem"
    bundle.write_bytes(authority.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    own.write_bytes(given.public_bytes(Encoding.PEM) + secret)
    return bundle, own


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
