"""When something is told, to whom, on which days of the week, and how a digest reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.domain.kernel.errors import Invalid
from shared.domain.mail import digests, reminders
from shared.domain.mail.mail import Fact, Mail, compose
from shared.domain.mail.reminders import MILESTONES
from shared.domain.mail.texts.reminders import WORDS
from shared.domain.mail.texts.waiting import TASKS
from shared.domain.people import organisations
from shared.domain.people.people import DOCUMENT_REVIEWS, EARLY_REMINDERS
from shared.domain.records import settings
from shared.domain.waiting.waits import ADMINS, QA, WAITS
from shared.domain.waiting.waits import HOLDER as OWNER
from tests.domain import cases

DUE = date(2026, 11, 20)  # a Friday


def told(what: str, who: str, upto: int, after: int | None = None) -> list[int]:
    """On which days after its due day something that waits is told, looking every day."""
    days = range(-30 if after is None else after, upto + 1)
    rows = [row for row in MILESTONES if (row.told, row.what) == (who, what)]
    return [late for late in days if any(row.falls(DUE, DUE + timedelta(days=late - 1), DUE + timedelta(days=late)) for row in rows)]


def test_work_is_told_ten_and_three_days_ahead_on_the_day_and_then_every_week() -> None:
    for what in sorted({wait.what for wait in WAITS} - {"approve", "renew_invitation", "mend_address", "hindered_change"}):
        assert told(what, OWNER, 30) == [-10, -3, 0, 1, 8, 15, 22, 29]
    assert told("hindered_change", OWNER, 30) == [0, 1, 8, 15, 22, 29], "it waits from the day on which it couldn't happen"


def test_what_lapses_by_itself_isnt_told_for_ever() -> None:
    assert told("approve", OWNER, 60) == [-10, -3, 0]
    assert told("renew_invitation", OWNER, 60) == [-3, 0, 1], "it lasts for seven days"


def test_a_week_overdue_goes_to_qa_and_two_weeks_to_the_admins() -> None:
    others = {"approve", "renew_invitation", "decide_extension", "report_to_authority", "mend_address"}
    for what in sorted({wait.what for wait in WAITS} - others):
        assert told(what, QA, 60) == [8]
        assert told(what, ADMINS, 60) == [15]
    assert (told("decide_extension", QA, 60), told("decide_extension", ADMINS, 60)) == ([], [15])
    assert told("approve", QA, 60) + told("approve", ADMINS, 60) + told("renew_invitation", QA, 60) == []
    assert told("renew_invitation", ADMINS, 60) == []
    assert told("report_to_authority", QA, 60) == told("report_to_authority", ADMINS, 60) == [1], "an authority doesn't wait"
    assert (told("mend_address", QA, 60), told("mend_address", ADMINS, 60)) == ([8], []), "the admins are those who must act"


@pytest.mark.parametrize("row", MILESTONES)
def test_nothing_is_lost_or_told_twice_however_the_days_are_divided(row: reminders.Milestone) -> None:
    """A milestone falls in a span exactly where it falls on one of its days."""
    for start in range(-15, 40):
        for length in range(1, 12):
            since = DUE + timedelta(days=start)
            each = [row.falls(DUE, since + timedelta(days=n), since + timedelta(days=n + 1)) for n in range(length)]
            assert row.falls(DUE, since, since + timedelta(days=length)) is any(each)


@pytest.mark.parametrize("row", MILESTONES)
def test_the_span_of_days_leaves_no_milestone_out(row: reminders.Milestone) -> None:
    span = reminders.Span(date(2026, 11, 16), date(2026, 11, 20))
    for late in range(-40, 40):
        due_on = span.today - timedelta(days=late)
        if row.falls(due_on, span.since, span.today):
            assert due_on <= span.horizon
            assert row.told == OWNER or span.late_after < due_on <= span.late_until


def test_only_what_is_early_and_reviews_can_be_unsubscribed_from() -> None:
    optional = {(row.what, row.told, row.day): set(row.optional) for row in MILESTONES}
    early = {(wait.what, OWNER, day) for wait in WAITS for day in (-10, -3)}
    lasting_a_week = {("renew_invitation", OWNER, -10), ("mend_address", OWNER, -10)}
    begun_on_its_day = {("hindered_change", OWNER, day) for day in (-10, -3)}
    assert {key for key, value in optional.items() if EARLY_REMINDERS in value} == early - lasting_a_week - begun_on_its_day
    assert {key for key, value in optional.items() if DOCUMENT_REVIEWS in value} == {("review", OWNER, day) for day in (-10, -3, 0, 1)}


def organisation(**settings: Any) -> organisations.Organisation:
    return replace(cases.organisation(), time_zone="Europe/Brussels", settings=settings)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 11, 20, 5, 59, tzinfo=UTC), None),  # 06:59 in Brussels
        (datetime(2026, 11, 20, 6, 0, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 22, 59, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 23, 0, tzinfo=UTC), None),  # Saturday, and night
        (datetime(2026, 11, 21, 9, 0, tzinfo=UTC), None),  # Saturday
        (datetime(2026, 11, 22, 9, 0, tzinfo=UTC), None),  # Sunday
        (datetime(2026, 11, 23, 9, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 7, 3, 5, 0, tzinfo=UTC), date(2026, 7, 3)),  # summer time
    ],
)
def test_the_morning_is_the_organisations_own_and_of_a_working_day(at: datetime, expected: date | None) -> None:
    assert reminders.morning(organisation(), at) == expected


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Brussels", date(2026, 3, 29)),  # 23 hours
        ("Europe/Brussels", date(2026, 10, 25)),  # 25 hours
        ("Africa/Cairo", date(2026, 4, 24)),  # begins at one o'clock
        ("Australia/Lord_Howe", date(2026, 10, 4)),  # half an hour less
    ],
)
def test_on_a_day_when_the_clocks_change_morning_comes_once_and_at_seven(zone: str, day: date) -> None:
    firm = replace(organisation(weekend=[]), time_zone=zone)
    quarters = [datetime.combine(day, time(), UTC) + timedelta(minutes=15 * count) for count in range(-80, 160)]
    awake = [at.astimezone(ZoneInfo(zone)) for at in quarters if reminders.morning(firm, at) == day]
    assert (awake[0].date(), awake[0].time(), awake[-1].time()) == (day, time(7), time(23, 45))
    assert len(awake) == 17 * 4, "without a gap"


def test_holidays_and_another_weekend_are_quiet() -> None:
    friday = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert reminders.morning(organisation(holidays=["2026-11-20"]), friday) is None
    assert reminders.morning(organisation(weekend=["friday", "saturday"]), friday) is None
    assert reminders.morning(organisation(weekend=[]), friday + timedelta(days=1)) == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"weekend": ["caturday"]}, "weekend.0"),
        ({"weekend": list(organisations.WEEK)}, "weekend"),
        ({"holidays": ["2026-02-30"]}, "holidays.0"),
        ({"holidays": ["2026-12-25", "2026-12-25"]}, "holidays.1"),
    ],
)
def test_a_calendar_that_cant_be_meant_is_refused(given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        settings.update(organisation(), given, at=datetime.now(UTC))
    assert refused.value.extras["field"] == field


def thing(what: str = "learn", who: str = OWNER, days: int = 0, **more: str) -> dict[str, str]:
    usual = {"what": what, "kind": "assignment", "told": who, "id": "7", "number": "TRN-1", "title": "Gowning", "person": "Otto"}
    return usual | {"due_on": str(DUE + timedelta(days=days))} | more


def test_a_digest_is_grouped_by_task_ones_own_first_and_the_most_urgent_first() -> None:
    things = [thing(who=ADMINS), thing("review"), thing(who=QA, days=-8), thing(days=3), thing(days=-2), thing("approve")]
    found = digests.sections(things, len(things), DUE, "en")
    headings = ["To be reviewed", "To be approved or rejected", "To be learnt", *WORDS["en"].headings.values()]
    assert [section.heading for section in found[:-1]] == headings
    assert [(line.when, line.late) for line in found[2].lines] == [("2 days overdue", True), ("in 3 days", False)]
    assert found[2].lines[0].text == "TRN-1 Gowning"
    assert found[3].lines[0].text == "TRN-1 Gowning (Otto)", "what is with others says with whom"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("nl", ["1 dag te laat", "vandaag", "morgen", "over 10 dagen"]),
        ("fr", ["1 jour de retard", "aujourd'hui", "demain", "dans 10 jours"]),
        ("en", ["1 day overdue", "today", "tomorrow", "in 10 days"]),
    ],
)
def test_a_day_is_spoken_of_in_the_readers_language(language: str, expected: list[str]) -> None:
    assert [digests.when(DUE + timedelta(days=days), DUE, WORDS[language]) for days in (-1, 0, 1, 10)] == expected


def test_what_isnt_listed_is_counted() -> None:
    found = digests.sections([thing()], 60, DUE, "nl")
    assert found[1].heading == "En nog 59 andere in QFacts."
    assert len(digests.sections([thing()], 1, DUE, "nl")) == 2


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("what", TASKS["en"])
def test_every_task_can_be_told_in_every_language_to_everybody(what: str, language: str) -> None:
    things = [thing(what, who) for who in (OWNER, QA, ADMINS)]
    letter = compose(
        Mail("a@b.example", language, "reminder_digest", {"organisation": "O", "today": str(DUE), "count": "3", "things": things})
    )
    assert [len(section.lines) for section in letter.sections] == [1, 1, 1, 0]
    assert all(line.path.startswith("/") for section in letter.sections for line in section.lines)


def test_a_digest_knows_everybody_to_whom_something_escalates() -> None:
    assert digests.TOLD == (OWNER, QA, ADMINS)
    assert {told for wait in WAITS for told, _ in wait.escalated} <= set(digests.TOLD)


def test_no_title_in_a_digest_does_harm() -> None:
    nasty = thing(title="A\r\nBcc: x@y.example https://evil.example {count}", person="\u202eotto")
    facts: dict[str, Fact] = {"organisation": "O", "today": str(DUE), "count": "1", "things": [nasty]}
    line = compose(Mail("a@b.example", "en", "reminder_digest", facts)).sections[0].lines[0]
    assert line.text == "TRN-1 A Bcc: x@y.example https evil.example {count}"
