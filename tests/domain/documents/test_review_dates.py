"""Days: when a document is due for review, and which calendar day it is where the organisation is."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.documents import documents
from shared.domain.people import people
from shared.domain.records.records import Record, Version
from tests.domain import cases
from tests.domain.cases import AT


def reviewed(today: date, months: int | None) -> tuple[Version, Record]:
    """The version and the record after a confirmed review, today."""
    content = {"summary": "How"} if months is None else {"summary": "How", "review_interval_months": months}
    document = cases.effective(content=content)
    outcome = documents.KIND.apply(documents.KIND, cases.item(document, "confirm_review"), document, cases.change(), today, AT)
    return cases.one(outcome, Version), cases.one(outcome, Record)


@pytest.mark.parametrize(
    ("today", "months", "wanted"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-30", 1, "2026-02-28"),
        ("2026-01-29", 1, "2026-02-28"),
        ("2026-01-28", 1, "2026-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2096-02-29", 48, "2100-02-28"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-11-22", 1, "2026-12-22"),
        ("2026-12-22", 1, "2027-01-22"),
        ("2026-11-22", 13, "2027-12-22"),
        ("2026-11-22", 24, "2028-11-22"),
        ("2026-05-31", 120, "2036-05-31"),
    ],
)
def test_a_confirmed_review_sets_the_next_one_months_later(today: str, months: int, wanted: str) -> None:
    version, record = reviewed(date.fromisoformat(today), months)
    assert version.next_review_on == record.due_on == date.fromisoformat(wanted)
    assert (version.status, record.status, version.version) == ("effective", "effective", 1)


def test_without_an_interval_no_review_falls_due() -> None:
    version, record = reviewed(date(2026, 11, 22), None)
    assert version.next_review_on is record.due_on is None


@given(st.dates(date(2000, 1, 1), date(2180, 12, 31)), st.integers(1, 120))
def test_a_review_falls_in_the_month_that_many_months_on_at_most_on_the_same_day(today: date, months: int) -> None:
    due = reviewed(today, months)[0].next_review_on
    assert due is not None
    assert (due.year - today.year) * 12 + due.month - today.month == months
    assert due.day == min(today.day, calendar.monthrange(due.year, due.month)[1])


def test_a_version_that_takes_effect_is_due_from_that_day_on() -> None:
    waiting = cases.waiting(effective_on=date(2026, 11, 20))
    assert waiting.waiting is not None
    waiting = replace(waiting, waiting=replace(waiting.waiting, content={"review_interval_months": 3}))
    _, version, record = documents.take_effect(waiting, today=date(2026, 11, 22), at=AT)
    assert isinstance(version, Version)
    assert isinstance(record, Record)
    assert version.next_review_on == record.due_on == date(2027, 2, 22)


def test_suspending_keeps_the_day_of_the_next_review() -> None:
    document = cases.effective(due_on=date(2027, 1, 1))
    assert document.current is not None
    document = replace(document, current=replace(document.current, next_review_on=date(2027, 1, 1)))
    assert cases.one(documents.take(document, "suspend", by=cases.QUINN, at=AT), Record).due_on == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Europe/Brussels", "2026-01-31T22:59:59", "2026-01-31"),
        ("Europe/Brussels", "2026-01-31T23:00:00", "2026-02-01"),
        ("Europe/Brussels", "2026-07-31T21:59:59", "2026-07-31"),
        ("Europe/Brussels", "2026-07-31T22:00:00", "2026-08-01"),
        ("Europe/Brussels", "2026-03-28T22:59:59", "2026-03-28"),  # the clocks go forward that night: its day begins at +1
        ("Europe/Brussels", "2026-03-28T23:00:00", "2026-03-29"),
        ("Europe/Brussels", "2026-03-29T21:59:59", "2026-03-29"),  # and ends at +2, after 23 hours
        ("Europe/Brussels", "2026-03-29T22:00:00", "2026-03-30"),
        ("Europe/Brussels", "2026-10-24T22:00:00", "2026-10-25"),  # the clocks go back: 25 hours
        ("Europe/Brussels", "2026-10-25T22:59:59", "2026-10-25"),
        ("Europe/Brussels", "2026-10-25T23:00:00", "2026-10-26"),
        ("America/Los_Angeles", "2026-11-22T07:59:59", "2026-11-21"),
        ("America/Los_Angeles", "2026-11-22T08:00:00", "2026-11-22"),
        ("Asia/Kathmandu", "2026-11-21T18:14:59", "2026-11-21"),
        ("Asia/Kathmandu", "2026-11-21T18:15:00", "2026-11-22"),
        ("Pacific/Kiritimati", "2026-11-21T10:00:00", "2026-11-22"),
        ("Pacific/Pago_Pago", "2026-11-22T10:59:59", "2026-11-21"),
        ("America/Sao_Paulo", "2018-11-04T02:59:59", "2018-11-03"),  # that midnight was skipped: 00:00 became 01:00
        ("America/Sao_Paulo", "2018-11-04T03:00:00", "2018-11-04"),
        ("Etc/UTC", "2028-02-29T23:59:59", "2028-02-29"),
    ],
)
def test_the_organisations_day_begins_at_its_own_midnight(zone: str, at: str, day: str) -> None:
    organisation = replace(cases.organisation(), time_zone=zone)
    assert organisation.today(datetime.fromisoformat(at).replace(tzinfo=UTC)) == date.fromisoformat(day)


DAYS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside


@given(DAYS, st.sampled_from(["Europe/Brussels", "America/Los_Angeles", "Australia/Lord_Howe"]))
def test_days_never_run_backwards(moment: datetime, zone: str) -> None:
    earlier, later = people.local_day(moment, zone), people.local_day(moment + timedelta(hours=1), zone)
    assert later - earlier in (timedelta(0), timedelta(days=1))


def test_a_document_that_waits_for_today_takes_effect_with_the_organisations_midnight() -> None:
    brussels = cases.organisation()
    planned = date(2026, 3, 30)
    before, after = (datetime(2026, 3, 29, 22, tzinfo=UTC) + timedelta(seconds=seconds) for seconds in (-1, 0))
    for at, follows in ((before, 0), (after, 1)):
        document = cases.effective()
        change = cases.change(effective_on=planned)
        outcome = documents.KIND.apply(documents.KIND, cases.item(document), document, change, brussels.today(at), at)
        assert len(outcome.follows) == follows
