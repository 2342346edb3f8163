"""An organisation whose trail is sealed, in a real database and behind the real gate."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from shared.app import sealed_trail, sealing
from shared.db.database import Database
from shared.domain.signing.seals import Checkpoint
from shared.google import seal_bucket
from tests.database import APPLICATION, Office, Server, acting, copy_of
from tests.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from shared.answers.audit_trail import Verdict
    from shared.app.run import Opening

    Beside = Callable[..., None]


class Sealed(Office):
    """An office whose trail is sealed."""

    def seals(self) -> dict[str, int]:
        """What one run of the job does here."""
        return sealing.seal(partial(self.database.transaction, role="qfacts_job", settings=acting(self.id)), self.id)

    def verdict(self) -> dict[str, Any]:
        """The whole verdict."""
        return dict(verified(partial(self.database.transaction, role=APPLICATION, settings=acting(self.id, self.person)), self.id))

    def checkpoint(self, number: int) -> Checkpoint:
        """What lies in the bucket."""
        return seal_bucket.fetch(self.id, number).checkpoint

    def last(self, superuser: Any) -> int | None:
        """What the database remembers."""
        rows = superuser.run("select number from seals where organisation_id = :id", id=self.id)
        return rows[0][0] if rows else None

    def cuts(self, beside: Beside, links: int = 1) -> None:
        """The newest links with their entries and rows are gone, as if they had never been."""
        for _ in range(links):
            newest = "(select xid from audit_links where chain = :c order by xid desc limit 1)"
            beside(f"delete from records where id in (select record_id from audit_entries where chain = :c and xid = {newest})", c=self.id)
            beside(f"delete from audit_entries where chain = :c and xid = {newest}", c=self.id)
            beside(f"delete from audit_links where chain = :c and xid = {newest}", c=self.id)


def verified(opened: Opening, organisation_id: UUID) -> Verdict:
    """The verdict on an organisation's audit trail, as the function gives it."""
    with opened() as tx:
        found = sealed_trail.read(tx, organisation_id, opened)
    return sealed_trail.judge(found)


@pytest.fixture
def sealed(database: Database, storage: Storage) -> Sealed:
    return Sealed(database)


def cause(verdict: dict[str, Any]) -> tuple[str, int | None] | None:
    broken = verdict["first_broken"]
    return None if broken is None else (broken["cause"], broken["seal"])


@contextmanager
def as_it_is_now(office: Office, server: Server, name: str) -> Iterator[Database]:
    """The database as a backup of this moment would bring it back."""
    office.database.close()
    with copy_of(server, name) as copied:
        database = Database.on_socket(server.socket, copied)
        yield database
        database.close()
