"""Trees of causes: kept as given, with evidence on each node, and no deeper or wider than can be shown."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.events import investigations
from shared.domain.events.investigations import CATEGORIES, CONTENT
from shared.domain.kernel.content import FileId, ListOf, Text, Tree
from shared.domain.kernel.errors import Invalid
from tests.domain.events.trees import nodes_of, of_depth

DEEPEST, WIDEST = 4, 3
SMALL = Tree("because", DEEPEST, WIDEST, text=Text(20), evidence=Text(20), file_ids=ListOf(FileId(), 3))
WORDS = st.text(st.characters(categories=["L", "N"], exclude_characters="\u115f\u1160\u3164\uffa0"), min_size=1, max_size=5)
BARE = {"text": WORDS}
REST = {"evidence": WORDS, "file_ids": st.lists(st.uuids().map(str), max_size=3, unique=True)}


def trees(levels: int) -> st.SearchStrategy[dict[str, Any]]:
    """Why-trees of at most so many levels."""
    if levels == 1:
        return st.fixed_dictionaries(BARE, optional=REST)
    below = st.lists(trees(levels - 1), max_size=WIDEST, unique_by=repr)
    return st.fixed_dictionaries(BARE, optional={**REST, "because": below})


@settings(max_examples=60)
@given(trees(DEEPEST))
def test_a_tree_is_kept_as_it_was_given(tree: dict[str, Any]) -> None:
    assert SMALL.check("why_tree", tree) == tree
    assert jsonschema_rs.is_valid(SMALL.schema(), tree)


@settings(max_examples=60)
@given(trees(DEEPEST))
def test_every_file_of_every_node_is_named(tree: dict[str, Any]) -> None:
    named = [str(file_id) for _, file_id in SMALL.files("why_tree", tree)]
    assert sorted(named) == sorted(file_id for node in nodes_of(tree) for file_id in node.get("file_ids", ()))
    assert len(list(investigations.nodes({"why_tree": tree}))) == len(list(nodes_of(tree)))


@settings(max_examples=60)
@given(trees(DEEPEST), st.data())
def test_a_bad_node_is_refused_wherever_it_stands(tree: dict[str, Any], data: st.DataObject) -> None:
    node = data.draw(st.sampled_from(list(nodes_of(tree))))
    fault = data.draw(st.sampled_from([("text", None), ("text", ""), ("evidence", 7), ("file_ids", ["x"]), ("why", "x"), ("because", "x")]))
    node[fault[0]] = fault[1]
    with pytest.raises(Invalid) as refused:
        SMALL.check("why_tree", tree)
    assert refused.value.field.startswith("why_tree")
    assert fault[0] in refused.value.field
    assert not jsonschema_rs.is_valid(SMALL.schema(), tree) or fault[1] == ["x"], "a format is no rule of JSON Schema's"


def test_a_tree_goes_ten_levels_deep_and_no_further() -> None:
    assert CONTENT.check("content", {"why_tree": of_depth(10)}) == {"why_tree": of_depth(10)}
    with pytest.raises(Invalid, match="one level up") as refused:
        CONTENT.check("content", {"why_tree": of_depth(11)})
    assert refused.value.field == "content.why_tree" + ".because.0" * 9 + ".because"
    schema = CONTENT.schema()
    assert jsonschema_rs.is_valid(schema, {"why_tree": of_depth(10)})
    assert not jsonschema_rs.is_valid(schema, {"why_tree": of_depth(11)})


def test_a_tree_says_why_and_only_so_often_at_once() -> None:
    for bad, field in (
        ({}, "text"),
        ({"evidence": "Seen"}, "text"),
        ([], ""),
        ("why", ""),
        ({"text": "Why", "because": [{"evidence": "Seen"}]}, "because.0.text"),
        ({"text": "Why", "because": [{"text": str(number)} for number in range(investigations.WIDEST + 1)]}, "because"),
    ):
        with pytest.raises(Invalid) as refused:
            CONTENT.check("content", {"why_tree": bad})
        assert refused.value.field == f"content.why_tree.{field}".rstrip(".")


def test_empty_fields_of_a_node_are_left_out() -> None:
    given_tree = {"text": "Why", "evidence": None, "because": [{"text": "As", "because": None}]}
    assert CONTENT.check("content", {"why_tree": given_tree}) == {"why_tree": {"text": "Why", "because": [{"text": "As"}]}}


def test_a_fishbone_has_six_bones() -> None:
    bones = {category: [{"text": "Cause", "evidence": "Seen", "because": [{"text": "Deeper"}]}] for category in CATEGORIES}
    assert CONTENT.check("content", {"fishbone": bones}) == {"fishbone": bones}
    assert set(CATEGORIES) == {"man", "machine", "method", "material", "measurement", "environment"}
    with pytest.raises(Invalid) as refused:
        CONTENT.check("content", {"fishbone": {"money": []}})
    assert refused.value.field == "content.fishbone.money"
    with pytest.raises(Invalid) as refused:
        CONTENT.check("content", {"fishbone": {"man": [{"text": "A"}, {"because": []}]}})
    assert refused.value.field == "content.fishbone.man.1.text"
