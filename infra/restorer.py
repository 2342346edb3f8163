"""Prepare a server for checking backups: `python -m infra.restorer --socket DIR --login ROLE`.

It makes and migrates the empty database that every check copies, and lets the login role own what it restores. In the cloud that is a
server of its own (see infra/terraform/README.md); on one machine and in tests it is the only one there is.
"""

from __future__ import annotations

import argparse
import re
from typing import Any

from infra.migrate import migrate

EMPTY = "qfacts_empty"
MAINTENANCE = "postgres"
LOGIN = "qfacts_restorer"


def prepare(socket_dir: str, *, user: str = "postgres", login: str = LOGIN) -> None:
    """The empty database at the newest migration, and the role; both may be there already."""
    if '"' in login or not re.fullmatch(r"[^\x00-\x1f]{1,63}", login):
        message = f"{login!r} is no login role"
        raise ValueError(message)
    if not _ask(socket_dir, user, MAINTENANCE, "select 1 from pg_database where datname = :name", name=EMPTY):
        _ask(socket_dir, user, MAINTENANCE, f"create database {EMPTY}")
    migrate(socket_dir, EMPTY, user=user)
    if not _ask(socket_dir, user, MAINTENANCE, "select 1 from pg_roles where rolname = :name", name=login):
        _ask(socket_dir, user, MAINTENANCE, f'create role "{login}" login noinherit nobypassrls')
    _ask(socket_dir, user, MAINTENANCE, f'alter role "{login}" createdb')
    _ask(socket_dir, user, EMPTY, "select prepare_login(:login)", login=login)
    _ask(socket_dir, user, MAINTENANCE, f'grant qfacts_owner, qfacts_backup to "{login}" with set true, inherit false')
    _ask(socket_dir, user, MAINTENANCE, f"alter database {EMPTY} is_template true")


def _ask(socket_dir: str, user: str, database: str, statement: str, **values: object) -> list[Any]:
    import pg8000.native

    address = f"{socket_dir}/.s.PGSQL.5432"
    connection = pg8000.native.Connection(user, database=database, unix_sock=address, timeout=60, ssl_context=False)
    try:
        return list(connection.run(statement, **values) or [])
    finally:
        connection.close()


def main() -> None:
    """Read the arguments and prepare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--socket", required=True, help="directory of the Unix socket of the server that backups are restored on")
    parser.add_argument("--user", default="postgres", help="a role that may create roles and databases")
    parser.add_argument("--login", required=True, help="the login role that checks backups")
    arguments = parser.parse_args()
    prepare(arguments.socket, user=arguments.user, login=arguments.login)


if __name__ == "__main__":
    main()
