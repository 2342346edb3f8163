"""Moments in an organisation's own zone."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta


def moment(rng: random.Random) -> datetime:
    """Some moment of the last three years, near midnight as often as not."""
    day = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=rng.randrange(1000))
    return day + rng.choice((timedelta(0), timedelta(seconds=-1), timedelta(hours=rng.randrange(24))))
