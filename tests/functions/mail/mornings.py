"""Organisations in whose zone it is morning, when reminders go out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.builders import Company, company
from tests.product import Product
from tests.product import own_product as product

__all__ = ["product"]

HOUR = datetime.now(UTC).hour
AWAKE, ASLEEP = ("Etc/UTC", "Etc/GMT-1") if 8 <= HOUR < 22 else ("Asia/Tokyo", "Etc/UTC")


def today() -> date:
    """The day where the companies below are."""
    return datetime.now(ZoneInfo(AWAKE)).date()


def awake(product: Product, *names: str, **settings: Any) -> Company:
    """A company where it is a working morning."""
    firm = company(product, *names)
    firm.admin.post("update_organisation", time_zone=AWAKE, **{"weekend": [], **settings}).ok
    return firm
