"""Every sentence has one code, and stands in every language with the same facts; every refusal's is such a sentence (strict mypy)."""

from __future__ import annotations

import ast
import string
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra import openapi
from shared.domain.changes.proposals import RequestStatus
from shared.domain.kernel.sentences import Language
from shared.domain.kernel.workflow import Workflow
from shared.domain.languages.catalogues import language_named
from shared.domain.people import erasures
from shared.domain.people.invitations import InvitationStatus
from shared.domain.people.people import LANGUAGES
from shared.domain.records import links
from shared.domain.records.lifecycles import WORKFLOWS
from shared.domain.signing import trail_reviews
from shared.doors import body

ROOT = Path(__file__).resolve().parents[2]
MODULES = [*sorted((ROOT / "shared").rglob("*.py")), *sorted((ROOT / "functions").rglob("*.py"))]
OTHERS = [language_named(code) for code in LANGUAGES if code != "en"]
EVERY = pytest.mark.parametrize("language", OTHERS, ids=lambda language: language.code)


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of this name in the code, with where it stands."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def places(template: str) -> set[tuple[str, str]]:
    """The facts that a template has places for, each with its form."""
    return {(name, form or "") for _, name, form, _ in string.Formatter().parse(template) if name is not None}


def said() -> dict[str, set[str]]:
    """The templates of each code: those that stand in the code, and those of the check of bodies."""
    found: dict[str, set[str]] = defaultdict(set)
    for _, call in calls("Sentence"):
        if all(isinstance(argument, ast.Constant) for argument in call.args):
            code, template = (str(argument.value) for argument in call.args if isinstance(argument, ast.Constant))
            found[code].add(template)
    for code, template in (*body.FAULTS.values(), body.MALFORMED):
        found[code].add(template)
    return found


SAID = said()


def test_every_sentence_says_its_code_and_its_words_where_it_stands() -> None:
    unread = [where for where, call in calls("Sentence") if not all(isinstance(argument, ast.Constant) for argument in call.args)]
    assert [where.partition(":")[0] for where in unread] == ["shared/doors/body.py"], "only the check of bodies takes them from a table"


def test_one_code_is_one_sentence() -> None:
    assert {code: templates for code, templates in SAID.items() if len(templates) > 1} == {}
    assert len(SAID) > 400


def test_a_sentence_is_given_every_fact_that_it_tells_and_no_other() -> None:
    wrong = []
    for where, call in calls("Sentence"):
        if not all(isinstance(argument, ast.Constant) for argument in call.args):
            continue
        template = str(call.args[1].value) if isinstance(call.args[1], ast.Constant) else ""
        wanted, given = {name for name, _ in places(template)}, {one.arg for one in call.keywords}
        if given != wanted and not (None in given and given - {None} <= wanted):
            wrong.append(f"{where} tells {sorted(wanted)}, and is given {sorted(map(str, given))}")
    assert not wrong


@EVERY
def test_every_sentence_is_said_in_every_language(language: Language) -> None:
    assert sorted(SAID.keys() - language.sentences.keys()) == [], f"say these in {language.code}.toml"
    assert sorted(language.sentences.keys() - SAID.keys()) == [], f"nobody says these any more: take them out of {language.code}.toml"


@EVERY
def test_a_sentence_tells_the_same_facts_in_every_language(language: Language) -> None:
    told = {code: places(language.sentences[code]) for code in SAID.keys() & language.sentences.keys()}
    assert {code: sorted(found) for code, found in told.items() if found != places(next(iter(SAID[code])))} == {}


@EVERY
def test_every_word_of_the_domain_has_its_word_in_every_language(language: Language) -> None:
    workflows: list[Workflow[Any]] = [*WORKFLOWS.values(), erasures.WORKFLOW, trail_reviews.WORKFLOW]
    wanted = {str(status) for workflow in workflows for status in workflow.statuses} | {*InvitationStatus, *RequestStatus}
    wanted |= {step.name for workflow in workflows for step in workflow} | {workflow.noun for workflow in workflows} | set(WORKFLOWS)
    wanted |= {step.who.words for workflow in workflows for step in workflow} | set(links.TYPES)
    wanted |= {str(step.meaning) for workflow in workflows for step in workflow if step.meaning}
    wanted |= {name for workflow in workflows for step in workflow for name in step.told.types}
    wanted |= {door.who.words for _, door in openapi.doors().values()} | set(body.OF_ANOTHER_TYPE.values())
    for name in ("Term", "must_be"):
        wanted |= {str(call.args[0].value) for _, call in calls(name) if call.args and isinstance(call.args[0], ast.Constant)}
    assert sorted(wanted - language.terms.keys()) == []


@EVERY
def test_every_title_of_a_refusal_has_its_words_in_every_language(language: Language) -> None:
    titles = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                titles |= {str(node.value.value) for target in node.targets if isinstance(target, ast.Name) and target.id == "title"}
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple) and ast.unparse(node.targets[0]).endswith(".title)"):
                titles.add(str(ast.literal_eval(node.value.elts[1])))
    assert len(titles) > 10
    assert sorted(titles - language.terms.keys()) == []
