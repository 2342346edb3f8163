"""Why a sign-in token is refused."""

from __future__ import annotations

from typing import Any

import pytest

from shared.domain.kernel import errors
from shared.google import identity


def refusal(token: Any, **more: bool) -> str:
    """The sentence with which a token, or what was sent for one, is refused."""
    with pytest.raises(errors.Unauthenticated) as refused:
        identity.verify(token, **more)
    assert refused.value.__cause__ is None, "The cause quotes the token, and would end up in a log."
    return refused.value.sentence
