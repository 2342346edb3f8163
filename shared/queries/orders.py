"""The orders in which lists can be asked for, by name: what a row `x` is compared by, and how a cursor reads it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from shared.domain.kernel.values import dataclass
from shared.queries.names import FOLDED

LATEST: Final = "infinity"  # what has no day comes after everything that has one


def _text(value: str) -> str:
    """A text in a cursor; raises ValueError for what PostgreSQL can't hold."""
    if "\0" in value:
        raise ValueError
    value.encode()
    return value


def _day(value: str) -> str:
    return LATEST if value == LATEST else date.fromisoformat(value).isoformat()


def _moment(value: str) -> str:
    return LATEST if value == LATEST else datetime.fromisoformat(value).isoformat()


@dataclass(frozen=True)
class Order:
    """By `key`, SQL of a `type`, and among equals the newest first; without a key simply the newest first."""

    key: str = ""
    type: str = "text"
    read: Callable[[str], str] = _text
    descending: bool = False

    def after(self) -> str:
        """The condition that a row stands after the last of a page: `:before` is its id, and `:after` its key."""
        if not self.key:
            return "(cast(:before as uuid) is null or x.id < cast(:before as uuid))"
        last, sign = f"cast(:after as {self.type})", "<" if self.descending else ">"
        return f"(cast(:before as uuid) is null or {self.key} {sign} {last} or {self.key} = {last} and x.id < cast(:before as uuid))"

    def by(self, key: str, id_: str) -> str:
        """What the rows are ordered by, of their key and their id."""
        return f"{key}{' desc' if self.descending else ''}, {id_} desc" if self.key else f"{id_} desc"


def _by_day(column: str) -> Order:
    return Order(f"coalesce({column}, '{LATEST}'::date)", "date", _day)


def _by_name(column: str) -> Order:
    return Order(FOLDED.format(column))


NEWEST: Final = Order()
UPDATED: Final = Order("x.updated_at", "timestamptz", _moment, descending=True)
RECORDS: Final[Mapping[str, Order]] = {
    "newest": NEWEST,
    "updated": UPDATED,
    "due": _by_day("x.due_on"),
    "title": _by_name("x.title"),
    "number": Order("x.number"),
}
CHANGES: Final[Mapping[str, Order]] = {
    "newest": NEWEST,
    "updated": UPDATED,
    "effective": _by_day("x.effective_on"),
    "title": _by_name("x.title"),
}
# An open request by when it expires; what is decided comes after what is open.
EXPIRY: Final = Order(f"case when x.closed_at is null then x.expires_at else '{LATEST}' end", "timestamptz", _moment)
REQUESTS: Final[Mapping[str, Order]] = {"expiry": EXPIRY, "newest": NEWEST, "updated": UPDATED}
ASSIGNMENTS: Final[Mapping[str, Order]] = {"newest": NEWEST, "updated": UPDATED, "due": _by_day("x.due_on")}
ACTIONS: Final[Mapping[str, Order]] = {"newest": NEWEST, "due": _by_day("a.due_on")}
EXTENSIONS: Final[Mapping[str, Order]] = {"newest": NEWEST, "due": _by_day("x.due_on_before")}
MEMBERS: Final[Mapping[str, Order]] = {"newest": NEWEST, "name": _by_name("x.row ->> 'name'")}
TEAMS: Final[Mapping[str, Order]] = {"newest": NEWEST, "name": _by_name("x.name")}
INVITATIONS: Final[Mapping[str, Order]] = {"newest": NEWEST, "expiry": Order("x.expires_at", "timestamptz", _moment)}
# The orders of each list, by the name of its function.
ORDERS: Final[Mapping[str, Mapping[str, Order]]] = {
    **dict.fromkeys(("list_documents", "list_events", "list_investigations", "list_capa_plans", "list_trainings"), RECORDS),
    "list_changes": CHANGES,
    "list_approval_requests": REQUESTS,
    "list_assignments": ASSIGNMENTS,
    "list_actions": ACTIONS,
    "list_extensions": EXTENSIONS,
    "list_members": MEMBERS,
    "list_teams": TEAMS,
    "list_invitations": INVITATIONS,
}
