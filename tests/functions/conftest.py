"""What the tests of the functions share."""

from __future__ import annotations

from tests.functions.world import everyone, ours, outsider, theirs

__all__ = ["everyone", "ours", "outsider", "theirs"]
