"""The layout of a reminder digest: what falls due, by what is to be done, each with its date and how far away it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from shared.domain.kernel.values import dataclass
from shared.domain.mail.texts.reminders import WORDS, Words
from shared.domain.mail.texts.waiting import TASKS

# The page of a thing, by its kind where it isn't `/<kind>s/<id>`.
PAGES = {"approval_request": "/approvals/{id}", "invitation": "/members", "member": "/members"}
HOLDER, *_ = TOLD = ("owner", *WORDS["en"].headings)  # those who must act, then those to whom it escalates
TASK_ORDER = {what: place for place, what in enumerate(TASKS["en"])}


@dataclass(frozen=True)
class Line:
    """One thing that is due: its name, page and date, and whether that has passed."""

    text: str
    path: str
    due_on: str
    when: str
    late: bool


@dataclass(frozen=True)
class Section:
    """Lines under a heading; a section without lines is a closing remark."""

    heading: str
    lines: tuple[Line, ...]


def sections(things: Iterable[Mapping[str, str]], count: int, today: date, language: str) -> tuple[Section, ...]:
    """The digest of `things` (`count` in all): the reader's own by what is to be done, then other people's, most urgent first."""
    words = WORDS[language]
    rows = sorted(things, key=lambda row: (_place(row), row["due_on"]))
    found = [Section(heading(_heading(group), language), _lines(list(group), today, words)) for group in _groups(rows)]
    more = count - len(rows)
    remarks = ([words.more.format(more=more)] if more > 0 else []) + [words.optional]
    return (*found, *(Section(remark, ()) for remark in remarks))


def heading(name: str, language: str) -> str:
    """The heading of what is to be done, or of those to whom it escalates."""
    task = TASKS[language].get(name)
    return task[0].upper() + task[1:] if task else WORDS[language].headings[name]


def when(due_on: date, today: date, words: Words) -> str:
    """How far away a date is, in words."""
    days = (due_on - today).days
    near = {1: words.tomorrow, 0: words.today, -1: words.yesterday}
    return near.get(days) or (words.coming if days > 0 else words.past).format(days=abs(days))


def _place(row: Mapping[str, str]) -> tuple[int, int]:
    return TOLD.index(row["told"]), TASK_ORDER[row["what"]] if row["told"] == HOLDER else 0


def _heading(group: Sequence[Mapping[str, str]]) -> str:
    return group[0]["what"] if group[0]["told"] == HOLDER else group[0]["told"]


def _groups(rows: Iterable[Mapping[str, str]]) -> list[list[Mapping[str, str]]]:
    return [list(group) for _, group in groupby(rows, key=lambda row: _heading([row]))]


def _lines(rows: Sequence[Mapping[str, str]], today: date, words: Words) -> tuple[Line, ...]:
    return tuple(_line(row, date.fromisoformat(row["due_on"]), today, words) for row in rows)


def _line(row: Mapping[str, str], due_on: date, today: date, words: Words) -> Line:
    named = " ".join(part for part in (row["number"], row["title"]) if part)
    text = f"{named} ({row['person']})" if row["told"] != HOLDER and row["person"] else named
    return Line(
        text=text,
        path=PAGES.get(row["kind"], "/{kind}s/{id}").format(**row),
        due_on=due_on.isoformat(),
        when=when(due_on, today, words),
        late=due_on < today,
    )
