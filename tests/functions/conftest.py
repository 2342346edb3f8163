"""What the tests of the functions share."""

from __future__ import annotations

from tests.functions.courses import firm, quizless
from tests.functions.world import everyone, ours, outsider, theirs

__all__ = ["everyone", "firm", "ours", "outsider", "quizless", "theirs"]
