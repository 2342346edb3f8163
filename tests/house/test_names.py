"""One name means one thing in the whole house (the design's rule 10)."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"
MOST = 2  # modules with a function of one name, such as what an answer is built by and the rule of that name
# The names of functions that more modules have, each called with its module's name before it, and what it means in all of them.
SAME_EVERYWHERE = {
    "begin": "start what the module is about: a ceremony, a record, an attempt",
    "checked": "what was given, as it is stored; raises Invalid naming the field",
    "current": "the one of this process, made at the first call",
    "holds": "whether what was signed, sealed or stored is unaltered",
    "keep": "store it, where nothing alters it any more",
    "parse": "a value out of bytes or text from outside; raises where it isn't well-formed",
    "refuse_contradictions": "raise Invalid where the fields of a content contradict each other",
    "shown": "as the caller sees it: without what is internal or secret",
    "signable": "what a signature covers",
    "take": "take a step that the module's lifecycle permits",
    "type_named": "the type of this name; raises Invalid naming `type`",
    "unmet": "one sentence for each condition of a step that isn't met",
    "validate": "refuse a foreign file of this format unless it is legible and harmless",
    "verify": "establish by evidence that it is what it is said to be (ISO 9000 3.8.12)",
}


def defined(folder: Path) -> Mapping[str, set[str]]:
    """The modules that define a public function, by its name."""
    found = defaultdict(set)
    for path in sorted(folder.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found[node.name].add(str(path.relative_to(folder)))
    return found


def test_a_name_of_many_functions_means_the_same_everywhere() -> None:
    many = {name: modules for name, modules in defined(SHARED).items() if len(modules) > MOST and name not in SAME_EVERYWHERE}
    assert not many, "find a name that says what each does, or say what they all mean"


def test_every_meaning_is_of_a_name_that_several_modules_have() -> None:
    found = defined(SHARED)
    assert not {name for name in SAME_EVERYWHERE if len(found[name]) < MOST}, "take it off the table"
