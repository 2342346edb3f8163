"""Bring a database up to date: `python -m infra.migrate --socket DIR --database NAME`, or `--url postgresql+pg8000://...`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from infra.constraints import align

if TYPE_CHECKING:
    from sqlalchemy import Engine

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(
    socket_dir: str = "",
    database: str = "qfacts",
    *,
    user: str = "postgres",
    url: str = "",
    logins: tuple[str, ...] = (),
    jobs: tuple[str, ...] = (),
    backups: tuple[str, ...] = (),
    usage: tuple[str, ...] = (),
) -> None:
    """Run every outstanding migration, all or nothing. Nobody may make temporary tables in a database that holds organisations' rows.

    `socket_dir` holds PostgreSQL's Unix socket; `url` is used instead where given (Cloud SQL, through its proxy). `user` may create
    roles. `logins` are further login roles (a service account's e-mail without `.gserviceaccount.com`) that may act for people,
    `jobs` those of them that also do what no person asks for, `backups` those that may read everything in order to back it up, `usage`
    those that may count over all organisations.
    """
    from alembic import command
    from alembic.config import Config

    configuration = Config(str(SCRIPTS / "alembic.ini"))
    engine = _engine(socket_dir, database, user, url)
    try:
        with engine.connect() as connection:
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")
            align(connection)
            name = connection.dialect.identifier_preparer.quote(connection.exec_driver_sql("select current_database()").scalar_one())
            connection.exec_driver_sql(f"revoke temporary on database {name} from public")
            connection.commit()
        with engine.begin() as connection:
            for login in logins:
                connection.exec_driver_sql("select prepare_login(%s)", (login,))
            for role, chosen in (("qfacts_job", jobs), ("qfacts_backup", backups), ("qfacts_usage", usage)):
                for login in chosen:
                    connection.exec_driver_sql(f'grant {role} to "{login}" with set true, inherit false')
    finally:
        engine.dispose()


def _engine(socket_dir: str, database: str, user: str, url: str) -> Engine:
    """One connection, closed afterwards."""
    from sqlalchemy import create_engine
    from sqlalchemy.engine import URL
    from sqlalchemy.pool import NullPool

    if url:
        return create_engine(url, poolclass=NullPool)
    socket = {"unix_sock": f"{socket_dir}/.s.PGSQL.5432", "ssl_context": False}
    address = URL.create("postgresql+pg8000", username=user, database=database)
    return create_engine(address, poolclass=NullPool, connect_args=socket)


def main() -> None:
    """Read the arguments, or else the environment, and migrate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--socket", default=os.environ.get("QFACTS_DATABASE_SOCKET", ""), help="directory of the Unix socket")
    parser.add_argument("--database", default=os.environ.get("QFACTS_DATABASE_NAME", "qfacts"))
    parser.add_argument("--user", default="postgres", help="a role that may create roles")
    parser.add_argument("--url", default=os.environ.get("QFACTS_MIGRATION_URL", ""), help="SQLAlchemy URL, instead of a socket")
    parser.add_argument("--login", action="append", default=[], help="a further login role to prepare")
    parser.add_argument("--job", action="append", default=[], help="one of them that functions of the scheduler run as")
    parser.add_argument("--backups", action="append", default=[], help="one of them that makes backups")
    parser.add_argument("--usage", action="append", default=[], help="one of them that exports usage")
    arguments = parser.parse_args()
    migrate(
        arguments.socket,
        arguments.database,
        user=arguments.user,
        url=arguments.url,
        logins=tuple(arguments.login),
        jobs=tuple(arguments.job),
        backups=tuple(arguments.backups),
        usage=tuple(arguments.usage),
    )


if __name__ == "__main__":
    main()
