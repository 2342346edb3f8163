"""Reads the tables of the year: what is done when and by whom, the texts of the documents, and the days that they speak of."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parent
STORIES = ("founding", "documents_in_force", "training", "filling", "syringe_kit", "today")
ZONE = ZoneInfo("Europe/Brussels")
SATURDAY, SUNDAY = 5, 6
_WHEN = re.compile(r"([+-]?\d+)(?: (\d\d):(\d\d))?")


@dataclass(frozen=True)
class Act:
    """One thing that somebody does: `do` is a function of the product or a word of `verbs`; the rest of the row says on what and how."""

    at: dt.datetime
    who: str
    do: str
    row: Mapping[str, Any] = field(default_factory=dict)


class Calendar:
    """The days of the year, counted from the day on which it is made."""

    def __init__(self, present: dt.datetime) -> None:
        self.present = present
        self.today = present.astimezone(ZONE).date()

    def day(self, said: str) -> dt.date:
        """A day: so many days from today, the `first` of a month at least three days away, or the next `friday` but today's."""
        if said == "first":
            near = self.today + dt.timedelta(days=3)
            return near if near.day == 1 else (near.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        if said == "friday":
            return self.today + dt.timedelta(days=(4 - self.today.weekday() - 1) % 7 + 1)
        return self.today + dt.timedelta(days=int(said))

    def moment(self, said: str, *, worked: bool = True) -> dt.datetime:
        """A moment: `-300 08:30` in Brussels; `-3h`, so many hours ago.

        Where people `worked` and that is a weekend, it is the Friday before.
        """
        if said.endswith("h"):
            return self.present + dt.timedelta(hours=float(said[:-1]))
        found = _WHEN.fullmatch(said)
        if found is None or found[2] is None:
            message = f"{said!r} is no moment such as '-300 08:30' or '-3h'"
            raise ValueError(message)
        day = self.day(found[1])
        if worked:
            day -= dt.timedelta(days={SATURDAY: 1, SUNDAY: 2}.get(day.weekday(), 0))
        return dt.datetime(day.year, day.month, day.day, int(found[2]), int(found[3]), tzinfo=ZONE).astimezone(dt.UTC)


def table(name: str) -> Any:
    """What a table holds."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - the safe loader


def acts(calendar: Calendar) -> list[Act]:
    """Everything that is done, in the order of time; what has the same moment stays in the order of the tables.

    What a weekend moves to its Friday keeps its place: the clock goes on by a minute for it.
    """
    rows = sorted((row for story in STORIES for row in table(story)), key=lambda row: calendar.moment(str(row["at"]), worked=False))
    return [_act(row, calendar) for row in rows]


def documents() -> dict[str, dict[str, Any]]:
    """The documents by their key, each with the texts of its versions."""
    return {key: {**row, "texts": list(_versions(row))} for key, row in table("documents").items()}


def _act(row: Mapping[str, Any], calendar: Calendar) -> Act:
    rest = {name: value for name, value in row.items() if name not in {"at", "who", "do"}}
    return Act(calendar.moment(str(row["at"])), str(row.get("who", "")), str(row["do"]), rest)


def _versions(row: Mapping[str, Any]) -> Iterator[str]:
    """The text of each version: the first as it stands, the later ones by what they replace."""
    text = str(row["text"])
    yield text
    for replacements in row.get("revised", ()):
        for former, present in replacements.items():
            if former not in text:
                message = f"{row['title']}: a revision replaces {former!r}, which isn't there"
                raise ValueError(message)
            text = text.replace(former, present)
        yield text
