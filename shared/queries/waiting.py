"""What waits, in SQL: for each row of the table of waits a statement over the things themselves, whole or in the order of its days.

A `branch` gives all that waits as a row of the table says. `strands` give the same in pieces, of one status each, which an index holds in
the order in which they fall due; so a page and a span of days cost what they show, however much waits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.db.statements import parameters
from shared.domain.kernel.values import dataclass
from shared.domain.waiting.waits import Condition, Holder, Wait
from shared.queries.proposals import NAMED
from shared.queries.wait_sources import CONDITIONS, Source, barred_of, holder_of, pool_of, since_of, source_of, statuses_of

NEVER: Final = "'9999-12-31'::date"  # the day of what is never due, for the order of a page
FIRST: Final = "'1970-01-01 00:00Z'::timestamptz"  # the place, among those of one day, of what has a day of its own
LEAST, MOST = (f"'{digit * 8}-{digit * 4}-{digit * 4}-{digit * 4}-{digit * 12}'::uuid" for digit in "0f")
# How far the beginning of a day may be from where the clock says, in the night in which clocks go back.
SLACK: Final = "interval '3 hours'"

COLUMNS: Final = "what, kind, id, number, title, status, revision, since, due_on, place, holder_id, team_id, record_id, pool, barred, named"


def _select(wait: Wait, source: Source, statuses: tuple[str, ...], due_on: str, place: str, more: str = "") -> str:
    among = f"= {statuses[0]}" if len(statuses) == 1 else f"in ({', '.join(statuses)})"
    return (
        f"select '{wait.what}' as what, {source.kind} as kind, {source.id} as id, {source.number} as number, {source.title} as title,"
        f" x.status, x.revision, {since_of(wait, source)} as since, {due_on} as due_on, {place} as place,"
        f" {holder_of(wait, source)} as holder_id, {source.team} as team_id, {source.record} as record_id, {pool_of(wait)} as pool,"
        f" {barred_of(wait)} as barred, {NAMED if wait.holder is Holder.SIGNERS else 'null::uuid[]'} as named{more}"
        f" from {source.table} where {source.where}x.status {among} and {CONDITIONS[wait.condition]}"
    )


def branch(wait: Wait) -> str:
    """SQL for the things that wait as one row of the table says, for everybody: what a work list tells of each."""
    source, since = source_of(wait), since_of(wait, source_of(wait))
    if source.moment:
        return _select(wait, source, statuses_of(wait), _day_of(source.moment, 0), source.moment)
    own = f"cast({source.day} as date)" if wait.own and source.day else ""
    later = "null::date" if wait.days is None else _day_of(since, wait.days)
    place = FIRST if wait.days is None else f"case when {own} is null then {since} else {FIRST} end" if own else since
    return _select(wait, source, statuses_of(wait), f"coalesce({own}, {later})" if own else later, place)


def bare(wait: Wait) -> str:
    """SQL with a row for each thing that waits as one row of the table says, without what is told of it: to be counted."""
    source = source_of(wait)
    among = ", ".join(statuses_of(wait))
    return f"select 1 from {source.alone or source.table} where {source.where}x.status in ({among}) and {CONDITIONS[wait.condition]}"


def _day_of(moment: str, days: int) -> str:
    return f"cast({moment} at time zone :zone as date) + {days}"


@dataclass(frozen=True)
class Strand:
    """What waits as one row says, in one status and with one kind of day; further conditions may be added.

    `by` is what an index holds them in order of: their own day (a date, or text), the moment `days` after whose day they are due, or
    nothing where they are never due.
    """

    what: str
    select: str
    id: str
    by: str
    days: int | None
    text: bool = False

    def _raw(self, day: str) -> str:
        if self.days is not None:
            return f"({day} - {self.days})::timestamp at time zone :zone"
        return f"to_char({day}, 'YYYY-MM-DD')" if self.text else day

    def due(self, since: str = "", before: str = "") -> str:
        """Conditions on what is due from a day on, or before a day; both SQL for a date."""
        if not self.by:
            return " and false" if before else ""
        slack = f" - {SLACK}" if self.days is not None else ""
        later = f" and {self.by} >= {self._raw(since)}{slack}" if since else ""
        earlier = f" and {self.by} < {self._raw(before)}{slack.replace('-', '+')}" if before else ""
        return later + earlier

    def after(self) -> str:
        """The condition that it stands after the last of a page: `:day`, `:what`, `:place` and `:id`."""
        same, earlier = f":what::text = '{self.what}'", f":what::text < '{self.what}'"
        if not self.by:
            return f" and {self.id} > case when :day::date < {NEVER} or {earlier} then {LEAST} when {same} then :id::uuid else {MOST} end"
        if self.days is None:
            rest = f"case when {earlier} then {LEAST} when {same} and :place::timestamptz = {FIRST} then :id::uuid else {MOST} end"
            return f" and ({self.by}, {self.id}) > ({self._raw(':day::date')}, {rest})"
        begins, next_begins = (f"{self._raw(day)} - {SLACK}" for day in (":day::date", "(:day::date + 1)"))
        least = f"case when {same} then greatest(:place::timestamptz, {begins}) when {earlier} then {begins} else {next_begins} end"
        rest = f"case when {same} and :place::timestamptz >= {begins} then :id::uuid else {LEAST} end"
        return f" and ({self.by}, {self.id}) > ({least}, {rest})"


def strands(wait: Wait) -> Iterator[Strand]:
    """What `branch` gives, in pieces that indexes hold in the order of their days."""
    source, since = source_of(wait), since_of(wait, source_of(wait))
    own = source.day if wait.own else ""
    for status in statuses_of(wait):

        def strand(due_on: str, place: str, by: str, days: int | None, where: str, status: str = status) -> Strand:
            found = _select(wait, source, (status,), due_on, place, f", {by or 'null'} as by")
            return Strand(wait.what, found + where, source.id, by, days, text="collate" in by)

        if source.moment:
            yield strand(_day_of(source.moment, 0), source.moment, source.moment, 0, "")
            continue
        if own:
            given = "" if source.always or wait.condition is Condition.REVIEW_NEAR else f" and {own} is not null"
            yield strand(f"cast({own} as date)", FIRST, own, None, given)
        if own and (source.always or wait.condition is Condition.REVIEW_NEAR):
            continue
        none = f" and {own} is null" if own else ""
        if wait.days is None:
            yield strand("null::date", FIRST, "", None, none)
        else:
            yield strand(_day_of(since, wait.days), since, since, wait.days, none)


def piece(strand: Strand, where: str, bounds: str, most: int) -> str:
    """SQL for the first of a strand's things, those for which a condition on what is told of each (`w`) holds."""
    return f"(select {COLUMNS} from ({strand.select}{bounds}) w where {where} order by w.by, w.id limit {most})"


def asked(statement: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that a statement asks for."""
    return {name: given[name] for name in parameters(statement)[1] if name in given}
