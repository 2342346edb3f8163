"""What the database finds is told is what the domain says is told."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, timedelta

import pytest

from shared.db.database import Database
from shared.domain.mail import reminders
from shared.queries.reminders import FALLS

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("days", [1, 2, 3, 7, 8, 30])
def test_the_statement_and_the_table_of_milestones_agree_on_every_day(database: Database, days: int) -> None:
    since = TODAY - timedelta(days=days)
    sql = f"""select r.what, r.told, r.day, t.due_on from jsonb_to_recordset(:rules::jsonb) r(what text, told text, day int, every int)
        cross join (select :today::date - n as due_on from generate_series(-20, 60) n) t where {FALLS}"""
    with database.transaction(role="qfacts_job") as tx:
        rows = tx.rows(sql, rules=json.dumps([asdict(rule) for rule in reminders.MILESTONES]), today=TODAY, since=since)
    expected = {
        (row.what, row.told, row.day, TODAY - timedelta(days=late))
        for row in reminders.MILESTONES
        for late in range(-20, 61)
        if row.falls(TODAY - timedelta(days=late), since, TODAY)
    }
    assert {tuple(row) for row in rows} == expected
