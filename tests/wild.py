"""Values at random, as no form sends them: any text and any JSON, in the place of a value that would be right."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

# More for a long search: QFACTS_EXAMPLES=1000 pytest tests/functions/test_wild_requests.py
EXAMPLES = int(os.environ.get("QFACTS_EXAMPLES", "0"))
ODD = (
    *(
        "",
        " ",
        "\u0000",
        "\ud800",
        "\u202eevil",
        "\u200b",
        "\u115f",
        "a\u0301" * 50,
        "\ufdfa" * 40,
        "ﬁ",
        "İ",
        "ß",
        "\U0001f469\u200d\U0001f52c",
    ),
    *(
        "=1+1",
        "../../etc/passwd",
        "<b>x</b>",
        "{{ 7 * 7 }}",
        "%s%n",
        "null",
        "NaN",
        "1e400",
        "Europe/Brussels\n",
        "posixrules",
        "localtime",
    ),
    *("x" * 201, "é" * 4001, "\n" * 300, "A\tB", "\r\n", "\x85", "\u2028"),
)
NUMBERS = (
    st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0, -1, 2**31, 2**53 + 1, 2**63])
)
LEAVES: st.SearchStrategy[Any] = st.none() | st.booleans() | NUMBERS | st.text(max_size=30) | st.sampled_from(ODD)
JSON: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=6
)
HEADER = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60) | st.sampled_from(
    [
        "",
        " ",
        "*",
        '"1"',
        "0",
        "-1",
        "1e9",
        "9" * 400,
        "Bearer",
        "Bearer ",
        "Bearer a.b.c",
        "bearer \u00e9",
        "a" * 8000,
        ",",
        ";",
        "\t",
        "utf-8",
    ]
)


def few(examples: int) -> settings:
    """The settings of a search: few examples and always the same ones in CI, many and new ones where QFACTS_EXAMPLES says so."""
    return settings(
        max_examples=EXAMPLES or examples,
        derandomize=not EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate] if not EXAMPLES else [Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


@st.composite
def altered(draw: st.DrawFn, values: st.SearchStrategy[Any], by: st.SearchStrategy[Any] = JSON) -> Any:
    """A value that would be right, or with one part of it replaced."""
    value = draw(values)
    if draw(st.integers(0, 2)):
        return value
    return _replaced(draw, value, by)


def _replaced(draw: st.DrawFn, value: Any, by: st.SearchStrategy[Any]) -> Any:
    if isinstance(value, dict) and value and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(value)))
        return {**value, name: _replaced(draw, value[name], by)}
    if isinstance(value, list) and value and draw(st.booleans()):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], _replaced(draw, value[place], by), *value[place + 1 :]]
    return draw(by)


@st.composite
def mutated(draw: st.DrawFn, content: bytes) -> bytes:
    """A file with a few of its bytes altered, left out, repeated or cut off."""
    made = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        place, length = draw(st.integers(0, len(made))), draw(st.sampled_from([1, 2, 4, 16, 100, len(made)]))
        match draw(st.sampled_from(["alter", "leave out", "repeat", "cut", "insert", "number"])):
            case "alter":
                made[place : place + 1] = draw(st.binary(min_size=1, max_size=1))
            case "leave out":
                del made[place : place + length]
            case "repeat":
                made[place:place] = made[place : place + length] * draw(st.integers(1, 50))
            case "cut":
                del made[place:]
            case "insert":
                made[place:place] = draw(st.binary(max_size=20))
            case "number":
                made[place : place + 4] = draw(
                    st.sampled_from([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f"])
                )
        del made[100_000:]
    return bytes(made) or b"\0"
