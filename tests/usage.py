"""Usage for tests: organisations with people who took steps on days of the past, put there beside the doors."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from shared.db import database as module
from shared.domain.reports import usage
from shared.google import bigquery as house

if TYPE_CHECKING:
    from shared.db.database import Database
    from tests.warehouse import Warehouse

TABLES = (*usage.DAILY, *usage.MONTHLY)


@dataclass
class Field:
    """A database of organisations, and the warehouse that their usage goes to."""

    superuser: Any
    today: dt.date

    def day(self, back: int) -> dt.date:
        """The day so many days ago."""
        return self.today - dt.timedelta(days=back)

    @property
    def month(self) -> dt.date:
        """The first day of the last whole month."""
        return (self.today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)

    def organisation(self, people: int, name: str = "Demo") -> tuple[UUID, list[UUID]]:
        """An organisation and its people."""
        made, members = uuid4(), [uuid4() for _ in range(people)]
        self.superuser.run("insert into organisations (id, name) values (:id, :name)", id=made, name=name)
        self.superuser.run("insert into people (id, name) select unnest(cast(:ids as uuid[])), 'Ann'", ids=[str(one) for one in members])
        self.superuser.run(
            "insert into members (organisation_id, person_id, role) select :o, unnest(cast(:ids as uuid[])), 'qa'",
            o=made,
            ids=[str(one) for one in members],
        )
        return made, members

    def fact(
        self,
        organisation: UUID,
        people: list[UUID],
        day: dt.date,
        function: str,
        role: str = "qa",
        refusal: str | None = None,
        times: int = 1,
    ) -> None:
        """Each of these people took that step, or was refused it, so many times."""
        self.superuser.run(
            "insert into usage_facts (organisation_id, day, function, role, outcome, refusal, person_id) select :o, :day, :function, :role,"
            " case when cast(:refusal as text) is null then 'done' else 'refused' end, :refusal, unnest(cast(:ids as uuid[]))"
            " from generate_series(1, cast(:times as integer))",
            o=organisation,
            day=day,
            function=function,
            role=role,
            refusal=refusal,
            ids=[str(one) for one in people],
            times=times,
        )

    def approval(self, organisation: UUID, person: UUID, hours: int, closed: dt.date) -> None:
        """A change that was approved so many hours after it was submitted."""
        names = {"o": organisation, "p": person, "change": uuid4(), "number": f"CHG-{uuid4().hex[:12]}"}
        self.superuser.run(
            "insert into changes (organisation_id, id, number, title, reason, owner_id) values (:o, :change, :number, 'New', 'New', :p)",
            **names,
        )
        self.superuser.run(
            "insert into rounds (organisation_id, change_id, round, frozen, content_sha256, submitted_by)"
            " values (:o, :change, 1, '[]', repeat('a', 64), :p)",
            o=organisation,
            p=person,
            change=names["change"],
        )
        self.superuser.run(
            "insert into approval_requests (organisation_id, id, change_id, round, number, title, status, required, submitted_by,"
            " content_sha256, expires_at, created_at, closed_at)"
            " select :o, gen_random_uuid(), :change, 1, :number, 'New', 'approved', 1, :p, repeat('a', 64), now(),"
            " noon - make_interval(hours => :hours), noon from (select cast(:day as date) + interval '12 hours' as noon) d",
            day=closed,
            hours=hours,
            **names,
        )

    def action(self, organisation: UUID, owner: UUID, due: dt.date, opened: dt.date) -> None:
        """An action that is still open."""
        names = {"o": organisation, "p": owner, "record": uuid4(), "number": f"CAPA-{uuid4().hex[:12]}"}
        self.superuser.run(
            "insert into records (organisation_id, id, kind, number, title, owner_id, status, created_by)"
            " values (:o, :record, 'capa_plan', :number, 'Plan', :p, 'implementing', :p)",
            **names,
        )
        self.superuser.run(
            "insert into actions (organisation_id, id, record_id, key, number, kind, description, owner_id, due_on,"
            " original_due_on, created_at) values (:o, gen_random_uuid(), :record, 'a', :number, 'corrective', 'Mend it', :p,"
            " :due, :due, :opened)",
            due=due,
            opened=opened,
            **names,
        )


def published() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, as an analyst reads them."""
    return {table.name: sorted(house.query(f"SELECT * FROM usage.{table.name}"), key=str) for table in TABLES}


@pytest.fixture
def field(warehouse: Warehouse, database: Database, superuser: Any, monkeypatch: pytest.MonkeyPatch) -> Field:
    """An empty database behind the product's own access, and no usage in the warehouse."""
    monkeypatch.setattr(module, "_current", database)
    client = warehouse.client()
    for table in TABLES:
        client.delete_table(f"usage.{table.name}", not_found_ok=True)
    superuser.run("set session_replication_role = replica")
    [[today]] = superuser.run("select cast(now() at time zone 'UTC' - interval '10 minutes' as date)")
    return Field(superuser, today)
