"""What is prepared once for all tests of this folder."""

from __future__ import annotations

from tests.app.vault import restoring

__all__ = ["restoring"]
