"""Where the stack on one machine lives: its directories and its ports. Standard library only (the set-up uses it too)."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
PROJECT = "demo-qfacts"
BUCKET = "qfacts-files"
SEAL_BUCKET = "qfacts-seals"
BACKUP_BUCKET = "qfacts-backups"
SCHEDULER_ACCOUNT = f"scheduler@{PROJECT}.iam.gserviceaccount.com"

# Distance of each port from the product's. The stack takes no other port.
OFFSETS = {
    "product": 0,
    "file storage": 943,
    "file storage behind its gate": 944,
    "warehouse": 970,
    "identity": 1019,
    "identity's hub": 1020,
    "identity's log": 1021,
}
LAST_PRODUCT_PORT = 65535 - max(OFFSETS.values())
SOCKET_PATH_LIMIT = 100  # characters; the kernel's own limit is 107 (Linux) or 103 (macOS)


class SetUpError(Exception):
    """The stack can't be set up or started; the sentence says what to do."""


@dataclass(frozen=True)
class Ports:
    """The ports of one stack; a second one beside it takes a product port at least 1100 higher or lower (or, say, 100)."""

    product: int = 8080

    def of(self, part: str) -> int:
        """The port of `part`, one of OFFSETS."""
        return self.product + OFFSETS[part]

    @property
    def origin(self) -> str:
        """What a browser opens, without a slash at the end."""
        return f"http://{HOST}:{self.product}"

    def url(self, part: str) -> str:
        """Where `part` answers, without a slash at the end."""
        return f"http://{HOST}:{self.of(part)}"


@dataclass(frozen=True)
class Place:
    """One stack: `home` holds its data, `ports` its addresses. The packages stay in the checkout and are shared."""

    home: Path
    ports: Ports

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "postgres"

    @property
    def identity(self) -> Path:
        """People's sign-ins, and the emulator's own home directory."""
        return self.home / "identity"

    @property
    def storage(self) -> Path:
        """The files' bytes."""
        return self.home / "storage"

    @property
    def warehouse(self) -> Path:
        """The warehouse's one file."""
        return self.home / "warehouse"

    @property
    def mail(self) -> Path:
        """The mail that was sent."""
        return self.home / "mail"

    @property
    def keys(self) -> Path:
        """Throw-away keys: of the scheduler's tokens and of the signed addresses of files."""
        return self.home / "keys"

    @property
    def logs(self) -> Path:
        """One log for each process."""
        return self.home / "logs"

    @property
    def run(self) -> Path:
        """What belongs to the run that is going on: the lock, the processes, the sign that all is ready."""
        return self.home / "run"

    @property
    def ready(self) -> Path:
        """Exists while everything is up, the demo organisation included."""
        return self.run / "ready"

    @property
    def socket(self) -> Path:
        """The directory of PostgreSQL's Unix socket, short enough for the kernel wherever the checkout is."""
        if len(str(self.run / "postgres" / ".s.PGSQL.5432")) < SOCKET_PATH_LIMIT:
            return self.run / "postgres"
        name = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        for parent in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"):  # noqa: S108
            if parent and len(f"{parent}/qfacts-{name}/.s.PGSQL.5432") < SOCKET_PATH_LIMIT:
                return Path(parent) / f"qfacts-{name}"
        message = "No directory with a path short enough for PostgreSQL's socket: set TMPDIR=/tmp and start again."
        raise SetUpError(message)

    @property
    def data(self) -> tuple[Path, ...]:
        """Everything that `make reset` removes."""
        return (self.postgres, self.identity, self.storage, self.mail, self.keys, self.logs, self.run, self.warehouse)


VENV = CHECKOUT / ".venv"
NODE_PACKAGES = CHECKOUT / ".local" / "node"
WEB = CHECKOUT / "web"
WEB_BUILT = CHECKOUT / ".local" / "web"  # what set-up built of it


def python() -> Path:
    """The interpreter with the packages: the checkout's own, or the running one where it has none."""
    own = VENV / "bin" / "python"
    return own if own.exists() else Path(sys.executable)


def read(environment: Mapping[str, str]) -> Place:
    """The stack that QFACTS_PORT and QFACTS_HOME ask for; raises SetUpError where the port can't be."""
    asked = environment.get("QFACTS_PORT", "") or "8080"
    if not asked.isascii() or not asked.isdigit() or not 1 <= int(asked) <= LAST_PRODUCT_PORT:
        message = f"QFACTS_PORT is {asked!r}: it must be a whole number from 1 to {LAST_PRODUCT_PORT} (the other ports lie above it)."
        raise SetUpError(message)
    home = environment.get("QFACTS_HOME", "")
    return Place(Path(home).expanduser().resolve() if home else CHECKOUT / ".local", Ports(int(asked)))


def current() -> Place:
    """The stack that this process's environment asks for."""
    return read(os.environ)


def is_free(port: int) -> bool:
    """Whether nothing listens on `port` of 127.0.0.1, nor on all addresses."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
        return True


def demand_free_ports(ports: Ports, patience: float = 5.0) -> None:
    """Wait up to `patience` seconds (a killed run may just be ending) for every port; raises SetUpError naming the busy one."""
    until = time.monotonic() + patience
    while busy := [part for part in OFFSETS if not is_free(ports.of(part))]:
        if time.monotonic() >= until:
            other = ports.product + 10000 if ports.product + 10000 <= LAST_PRODUCT_PORT else 18080
            named = ", ".join(f"{ports.of(part)} ({part})" for part in busy)
            ports_are = "Port {} is" if len(busy) == 1 else "Ports {} are"
            message = (
                f"{ports_are.format(named)} in use by another program. Stop that program, or move every port of QFacts together, "
                f"for instance: QFACTS_PORT={other} make start"
            )
            raise SetUpError(message)
        time.sleep(0.2)
