"""The house rules for functions/ and shared/, read off the source (the design's rules 3, 4, 6, 9 and 10)."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from infra import openapi, register
from shared.domain.kernel.workflow import SYSTEM, Gate, Workflow
from shared.domain.people import erasures
from shared.domain.records.lifecycles import WORKFLOWS
from shared.domain.signing import trail_reviews
from shared.doors import body
from tests.house.source import ROOT, imports, name, tree

FUNCTIONS = sorted((ROOT / "functions").glob("*/*.py"))
SHARED = sorted((ROOT / "shared").rglob("*.py"))
MODULES = [*FUNCTIONS, *SHARED]
DOORS = {"query": "http", "command": "http", "scheduled": "schedule", "webhook": "webhook"}
HEAVY = {
    "firebase_admin",
    "google",
    "sqlalchemy",
    "pg8000",
    "pydantic",
    "pydantic_core",
    "jinja2",
    "sendgrid",
    "pypdf",
    "reportlab",
    "xlsxwriter",
    "docx",
    "grpc",
    "requests",
    "flask",
    "cachecontrol",
}
BANNED = re.compile(r"(^|_)(utils?|helpers?|managers?|base|common|misc)(_|$)")
SUBJECT_IDS = {"id", "approval_request_id", "assignment_id", "person_id", "change_id"}  # of what a signed step is about
# Steps that begin something new, or are on what has no revision of its own to match.
MATCHLESS = {"propose_change", "create_document"}
# What loads the things whose steps ask for If-Match.
EXISTING = {
    "load_proposal",
    "load_proposal_of_request",
    "load_dossier",
    "load_assignment",
    "load_action",
    "load_extension",
    "load_comment",
}
READS = {"query"}


def at_import(module: ast.Module) -> list[str]:
    """The modules that importing it imports: not those within functions, nor for type checking only."""
    statements = [node for node in module.body if not isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    kept = [node for node in statements if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))]
    return imports(ast.Module(kept, []))


def the_function(path: Path) -> ast.FunctionDef:
    """The one public function of a step file."""
    public = [node for node in tree(path).body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    assert len(public) == 1, f"{name(path)} holds {[node.name for node in public]}"
    return public[0]


def door(path: Path) -> str:
    """The decorator by which a function is entered."""
    decorators = [one.func if isinstance(one, ast.Call) else one for one in the_function(path).decorator_list]
    assert len(decorators) == 1, f"{name(path)} needs exactly one door"
    assert isinstance(decorators[0], ast.Name)
    return decorators[0].id


def called(node: ast.AST) -> set[str]:
    """The names of everything that is called in it: `load_proposal(call.tx, ...)` is `proposal`."""
    return {
        one.func.attr if isinstance(one.func, ast.Attribute) else one.func.id
        for one in ast.walk(node)
        if isinstance(one, ast.Call) and isinstance(one.func, (ast.Attribute, ast.Name))
    }


@pytest.mark.parametrize("path", FUNCTIONS, ids=name)
def test_a_step_file_holds_one_short_function_of_its_own_name(path: Path) -> None:
    """Rule 3."""
    function = the_function(path)
    assert function.name == path.stem
    assert len(path.read_text().splitlines()) <= 60
    for documented, what in ((tree(path), "the file"), (function, "the function")):
        said = ast.get_docstring(documented) or ""
        assert said.splitlines()[0].endswith("."), f"{what} {name(path)} opens with a sentence"
    others = [node for node in tree(path).body if isinstance(node, (ast.ClassDef, ast.AsyncFunctionDef))]
    assert not others, "nothing else is defined in a step file"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_stay_within_300_lines(path: Path) -> None:
    """Rule 3."""
    assert len(path.read_text().splitlines()) <= 300, f"{name(path)} has {len(path.read_text().splitlines())} lines"


def test_the_register_and_the_folder_agree_exactly() -> None:
    """Rule 4."""
    registered = {(function.area, function.name): function for function in register.read()}
    files = {(path.parent.name, path.stem): path for path in FUNCTIONS if path.name != "__init__.py"}
    assert set(registered) == set(files)
    for key, function in registered.items():
        assert DOORS[door(files[key])] == function.trigger, f"{function.name} enters by another door than its trigger says"


@pytest.mark.parametrize("path", FUNCTIONS, ids=name)
def test_every_function_enters_by_a_door(path: Path) -> None:
    """Rule 4: a function without one would be open to everybody."""
    assert door(path) in DOORS
    imported = {one for node in tree(path).body if isinstance(node, ast.ImportFrom) and node.module for one in [node.module]}
    assert imported & {"shared.doors.http", "shared.doors.schedule", "shared.doors.webhook"}
    assert door(path) not in {node.name for node in tree(path).body if isinstance(node, ast.FunctionDef)}, "no door of its own making"


def test_every_step_of_every_lifecycle_has_its_function() -> None:
    """Rule 4."""
    names = {function.name for function in register.read()}
    triggers = {function.name: function.trigger for function in register.read()}
    for workflow in WORKFLOWS.values():
        for step in workflow:
            if step.who is SYSTEM:
                assert not step.function or triggers[step.function] == "schedule", f"{workflow.kind} {step.name}"
            else:
                assert step.function in names, f"{workflow.kind} {step.name}: {step.function or 'no function'}"


def test_every_signed_step_has_a_meaning_and_takes_a_challenge() -> None:
    """21 CFR 11.50(a)(3): nobody signs without saying what it means."""
    paths = {path.stem: path for path in FUNCTIONS}
    for workflow in WORKFLOWS.values():
        for step in workflow:
            assert (step.meaning is not None) == (step.gate is Gate.SIGNED), f"{workflow.kind} {step.name}"
            if step.gate is Gate.SIGNED:
                function = the_function(paths[step.function])
                assert "challenge_id" in {argument.arg for argument in function.args.args}
                assert called(function) & {"sign", "sign_record"}


def test_a_row_says_whether_its_step_needs_a_reason() -> None:
    """The web application asks for it where, and only where, the function can't do without."""
    doors = openapi.doors()
    for workflow in [*WORKFLOWS.values(), trail_reviews.WORKFLOW, erasures.WORKFLOW]:
        for step in (one for one in workflow if one.function in doors):
            reason = inspect.signature(doors[step.function][1].function).parameters.get("reason")
            needed = reason is not None and reason.default is inspect.Parameter.empty
            assert step.needs_reason == (needed or (workflow.kind, step.name) == ("extension", "deny")), f"{workflow.kind} {step.name}"


def test_a_signature_covers_everything_that_its_step_is_told() -> None:
    """21 CFR 11.70: what a signed step takes beside its subject and its challenge is what start_signing takes for it."""
    doors = openapi.doors()
    workflows: list[Workflow[Any]] = [*WORKFLOWS.values(), trail_reviews.WORKFLOW, erasures.WORKFLOW]
    signed = [step for workflow in workflows for step in workflow if step.gate is Gate.SIGNED]
    assert len(signed) > 15
    for step in signed:
        _, door = doors[step.function]
        taken = [body.spoken(name) for name in list(inspect.signature(door.function).parameters)[1:]]
        told = {name for name in taken if name != "challenge_id" and name not in SUBJECT_IDS}
        assert told == set(step.told.types), f"{step.function} is told {told}, and its signature covers {set(step.told.types)}"


@pytest.mark.parametrize("path", [path for path in FUNCTIONS if door(path) == "command"], ids=name)
def test_a_step_on_what_exists_asks_what_the_caller_saw(path: Path) -> None:
    """Rule 9: `call.match` on everything that carries an etag, before anything is decided about it."""
    function = the_function(path)
    if path.stem in MATCHLESS or not called(function) & EXISTING:
        return
    assert "match" in called(function), f"{name(path)} loads {called(function) & EXISTING} without call.match"


@pytest.mark.parametrize("path", [path for path in FUNCTIONS if door(path) in {"query", "command", "scheduled"}], ids=name)
def test_there_is_one_way_to_write_to_know_the_time_and_to_refuse(path: Path) -> None:
    """Rule 9."""
    function, used = the_function(path), called(the_function(path))
    assert not used & {"now", "utcnow", "today", "time", "time_ns", "commit", "rollback", "rows", "row", "execute", "print"}, (
        f"{name(path)} calls {used}"
    )
    assert not [node for node in ast.walk(function) if isinstance(node, ast.Try)], "refusals are raised and never caught"
    if door(path) == "query" and path.stem not in {"download_file", "get_export"}:
        assert not used & {"save", "record"}, "a read writes nothing"
    raised = {
        node.exc.func.id
        for node in ast.walk(function)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name)
    }
    assert raised <= {"Invalid", "NotFound", "Conflict", "Forbidden"}


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "values.py"], ids=name)
def test_frozen_dataclasses_are_the_houses_own_and_others_say_whose_they_are(path: Path) -> None:
    """Rule 9, and a cold start pays for each that Python makes: `@dataclass` is of kernel.values, `@dataclasses.dataclass` is Python's."""
    taken = {
        alias.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"
        for alias in node.names
    }
    assert not taken & {"dataclass", "replace"}, f"{name(path)} takes {taken} from dataclasses"
    made = [ast.unparse(one) for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef) for one in node.decorator_list]
    assert "dataclasses.dataclass(frozen=True)" not in made, f"{name(path)} has Python make what shared.domain.kernel.values makes"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_heavy_is_imported_before_it_is_used(path: Path) -> None:
    """Rule 6: functions-framework imports before gunicorn forks, and a cold start pays for every import."""
    heavy = {one.partition(".")[0] for one in at_import(tree(path))} & HEAVY
    assert not heavy, f"{name(path)} imports {heavy} at module level"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_what_migrations_alone_need_is_in_no_function(path: Path) -> None:
    """Decision 7: SQLAlchemy was a quarter of every cold start."""
    assert not {one.partition(".")[0] for one in imports(tree(path))} & {"sqlalchemy", "alembic"}, name(path)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_is_opened_or_started_at_import(path: Path) -> None:
    """Rule 6: a connector, client or thread made there hangs after the fork."""
    made = {"Thread", "Connector", "create_engine", "Client", "Session", "connect", "initialize_app", "Timer", "ThreadPoolExecutor", "open"}
    for node in tree(path).body:
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.Expr)) and node.value is not None:
            assert not called(node.value) & made, f"{name(path)}:{node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_names_say_what_things_are(path: Path) -> None:
    """Rule 10: functions verb_noun, modules nouns; no drawer for odds and ends."""
    assert not BANNED.search(path.stem), path
    if path in FUNCTIONS:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", path.stem) or path.stem == "purge", "the one verb whose noun is everything that is over"
    classes = [node.name for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    assert not [one for one in classes if one.endswith(("Util", "Utils", "Helper", "Manager", "Base"))]
