"""The tables of steps are the only truth: no statement, parameter or constraint knows a status or a kind by itself (rule 2)."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from shared.db import export_words, words
from shared.domain.kernel.workflow import OVER, Phase
from shared.domain.records.kinds import KINDS
from shared.domain.records.lifecycles import WORKFLOWS
from tests.database import Server

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    path
    for folder in ("functions", "shared", "infra")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts and path.name != "words.py"
]
STATEMENTS = sorted((ROOT / "shared").rglob("*.sql"))
STATUSES = {str(status) for workflow in WORKFLOWS.values() for status in workflow.statuses}
KNOWN = STATUSES | set(WORKFLOWS)
# A column of statuses or kinds beside a literal, or a literal made into one.
WORDED = re.compile(r"(?:\b(?:status|kind|state)\b\)?\s*(?:=|<>|(?:not )?in)\s*\(?\s*\(?\s*|\bwhen\s+|'kind',\s*)'([a-z_]+)'")


def literals(path: Path) -> list[tuple[int, str]]:
    """Every text in a module, docstrings apart, with its line."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [(node.lineno, node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_statement_knows_a_status_or_a_kind_by_itself(path: Path) -> None:
    found = [f"{path.name}:{line}: {word}" for line, value in literals(path) for word in WORDED.findall(value) if word in KNOWN]
    assert not found, f"take these from shared.db.words: {found}"


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_of_sql_knows_a_status_or_a_kind_by_itself(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = [f"{path.name}:{text.count(chr(10), 0, one.start(1)) + 1}: {one[1]}" for one in WORDED.finditer(text) if one[1] in KNOWN]
    assert not found, f"take these from shared.db.words, as in `{{{{ UNDECIDED }}}}`: {found}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_parameter_or_field_lists_statuses_or_kinds(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("Literal"):
            listed = {one.value for one in ast.walk(node.slice) if isinstance(one, ast.Constant)}
            assert not listed & KNOWN, f"{path.name}:{node.lineno} lists {listed & KNOWN}: take them from the table"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_rule_compares_with_the_word_for_a_status(path: Path) -> None:
    """A kind may be asked for by name where the question is about that kind; a status is always a member of its enumeration."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare) and any(ast.unparse(side).endswith("status") for side in (node.left, *node.comparators)):
            named = {one.value for side in (node.left, *node.comparators) for one in ast.walk(side) if isinstance(one, ast.Constant)}
            assert not named & STATUSES, f"{path.name}:{node.lineno} compares with {named & STATUSES}: take the member of its Status"


@pytest.mark.parametrize("kind", WORKFLOWS)
def test_every_status_ends_or_leads_on(kind: str) -> None:
    workflow = WORKFLOWS[kind]
    for status, phase in workflow.phases.items():
        leads = [step.name for step in workflow if status in step.sources]
        assert leads or phase in (*OVER, Phase.PAST), f"{kind} {status} leads nowhere"


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_supersedes_or_retires_takes_every_version_that_stands(kind: str) -> None:
    workflow = KINDS[kind].workflow
    standing = set(workflow.within(Phase.IN_FORCE, Phase.HELD))
    for name in {"supersede", "retire"} & set(workflow.steps):
        assert standing <= set(workflow[name].sources), f"{name} leaves out {standing - set(workflow[name].sources)}"


def test_a_database_is_in_line_with_the_tables(server: Server, template: str) -> None:
    connection = server.connect(template)
    rows: list[Any] = connection.run(
        "select conrelid::regclass::text, conname, obj_description(oid, 'pg_constraint') from pg_constraint"
        " where connamespace = 'public'::regnamespace"
    )
    written = {(table, name): said for table, name, said in rows}
    worded: list[Any] = connection.run(
        "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
        " where connamespace = 'public'::regnamespace and contype in ('c', 'x')"
    )
    functions: list[Any] = connection.run(
        "select proname, coalesce(pg_get_function_sqlbody(oid), prosrc) from pg_proc where pronamespace = 'public'::regnamespace"
    )
    indexes: list[Any] = connection.run("select indexname, indexdef from pg_indexes where schemaname = 'public'")
    connection.close()
    rendered_constraints = {**words.CONSTRAINTS, **export_words.CONSTRAINTS}
    assert {key: written.get(key) for key in rendered_constraints} == rendered_constraints
    for table, name, definition in worded:
        if (table, name) not in rendered_constraints and "status" in definition:
            assert not KNOWN & set(re.findall(r"'([a-z_]+)'::text", definition)), (
                f"{table}.{name} isn't rendered from the tables: {definition}"
            )
    rendered = {signature.partition("(")[0] for signature in words.FUNCTIONS}
    for name, body in functions:
        if name not in rendered:
            about_records = body.replace("m.status", "")  # whether a membership counts is told by no workflow
            assert not [word for word in WORDED.findall(about_records) if word in KNOWN], f"{name} knows words of the tables"
    exclusions = {name for _, name in rendered_constraints}
    for name, definition in indexes:
        assert name in exclusions or not KNOWN & set(re.findall(r"'([a-z_]+)'::text", definition)), definition
