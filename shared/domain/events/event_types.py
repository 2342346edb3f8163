"""What each type of event asks for, as a table: before it closes, within how many days, and whether it is permitted beforehand.

Sources: ISO 13485 8.2.2, 8.3, 8.5.2; EU GMP chapter 1 1.4(xiv), chapter 6 6.35 (out-of-specification results); 21 CFR 211.192.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from shared.domain.kernel.values import dataclass

SEVERITIES = ("minor", "major", "critical")


class Need(StrEnum):
    """Whether something is needed before an event closes."""

    NO = "no"
    IF_BEGUN = "if begun"  # where it was begun and given up, a reason says why that is enough
    YES = "yes"


class Market(StrEnum):
    """When QA must decide whether an authority is to be told."""

    ALWAYS = "always"
    WITH_PRODUCT = "where it names product"
    ON_MARKET = "where product on the market is affected"


class Needs(NamedTuple):
    """What is needed, by severity."""

    minor: Need
    major: Need
    critical: Need

    def of(self, severity: object) -> Need:
        """What an event of this severity needs; nothing before it is judged, but what all severities need."""
        return dict(zip(SEVERITIES, self, strict=True)).get(str(severity), min(self, key=list(Need).index))


class Days(NamedTuple):
    """From report to closing, by severity."""

    minor: int
    major: int
    critical: int

    def of(self, severity: object) -> int:
        """The days of an event of this severity."""
        return dict(zip(SEVERITIES, self, strict=True))[str(severity)]


@dataclass(frozen=True)
class EventType:
    """One row. `closing` are the fields that it needs before it closes, and `days` the days from report to closing, by severity."""

    closing: tuple[str, ...] = ()
    investigation: Needs = Needs(Need.NO, Need.YES, Need.YES)
    plan: Needs = Needs(Need.NO, Need.IF_BEGUN, Need.IF_BEGUN)
    authority: Market = Market.ON_MARKET
    days: Days = Days(30, 30, 30)
    permitted: bool = False  # a change permits it before it begins; it isn't triaged


EVENT_TYPES: Mapping[str, EventType] = {
    "deviation": EventType(),
    "planned_deviation": EventType(closing=("ends_on",), permitted=True),
    "non_conformity": EventType(),
    "out_of_specification": EventType(investigation=Needs(Need.YES, Need.YES, Need.YES)),
    "complaint": EventType(authority=Market.ALWAYS),
    "supplier_non_conformity": EventType(closing=("supplier",), days=Days(60, 60, 30)),
    "incident": EventType(authority=Market.WITH_PRODUCT),
    "near_miss": EventType(),
    "audit_finding": EventType(days=Days(90, 60, 30)),
}


def rules_of(type_: str | None) -> EventType:
    """The row of a type."""
    return EVENT_TYPES[type_ or "deviation"]
