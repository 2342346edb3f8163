"""Long SQL stands in files: each says what it answers, somebody asks it, and what is put into it is what it asks for."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from shared.db import words
from shared.db.sql import FOLDER, sql

STATEMENTS = sorted(FOLDER.glob("*.sql"))


def asked(path: Path) -> set[str]:
    """The files that a module asks for by name."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    names = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "sql"]
    return {str(name.value) for name in names if isinstance(name, ast.Constant)}


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: path.stem)
def test_a_file_of_sql_says_what_it_answers(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(r"-- [^\n]+\.\n|-- [^\n]+\n-- ", text)
    assert "--" not in sql_sent(text), "a comment further down would be sent to the server"


def sql_sent(text: str) -> str:
    """A file without the comment that it begins with."""
    return re.sub(r"\A(?:--[^\n]*\n)+", "", text)


def test_every_file_of_sql_is_asked_for_and_every_one_asked_for_is_there() -> None:
    wanted = set[str]().union(*(asked(path) for path in FOLDER.glob("*.py")))
    assert {path.stem for path in STATEMENTS} == wanted


def test_words_and_fragments_stand_where_a_statement_asks_for_them() -> None:
    text = sql("assignments", training="1", person="2", assigned_by="3", trainer="4")
    assert text.startswith("select")
    assert "{{" not in text
    assert words.UNFINISHED in sql("drafted_elsewhere")


def test_a_fragment_that_is_missing_or_has_no_place_is_refused() -> None:
    with pytest.raises(LookupError, match=r"assignments\.sql asks for assigned_by, person"):
        sql("assignments", training="1")
    with pytest.raises(LookupError, match=r"drafted_elsewhere\.sql has no place for owner"):
        sql("drafted_elsewhere", owner="1")
