"""The decisions: each says whether it stands and since when, and the index lists exactly those that are there."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "decisions"
INDEX, TEMPLATE = FOLDER / "README.md", FOLDER / "template.md"
DECISIONS = sorted(path for path in FOLDER.glob("*.md") if path not in {INDEX, TEMPLATE})
AT_THE_TOP = [*ROOT.glob("*.md"), *ROOT.glob("*.toml"), *ROOT.glob("*.yaml"), ROOT / "Makefile"]
BELOW = [
    path
    for folder in ("docs", "functions", "infra", "shared", "tests")
    for kind in ("md", "py", "tf", "yaml", "sql")
    for path in (ROOT / folder).rglob(f"*.{kind}")
    if "node_modules" not in path.parts and path != Path(__file__)
]
SOURCES = sorted(AT_THE_TOP + BELOW)
STANDS = "accepted"
OPENING = re.compile(
    r"# (?P<number>\d+)\. (?P<title>\S.*)\n\n"
    r"- Status: (?P<status>accepted|superseded by \[(?P<later>\d+)\]\((?P<link>[^)]+)\))\n"
    r"- Date: (?P<date>\d{4}-\d{2}-\d{2})\n\n## "
)
PARTS = ["Context", "Decision", "Consequences"]
PAGE_LINES, PAGE_CHARACTERS = 45, 3500


def opening(path: Path) -> re.Match[str]:
    """The first block of a decision: number, title, status and date."""
    found = OPENING.match(path.read_text(encoding="utf-8"))
    assert found, f"{path.name} opens as template.md does: its number and title, its status, its date, its first part"
    return found


def headings(path: Path) -> list[str]:
    """The parts of a decision."""
    return re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def number(path: Path) -> int:
    """A decision's number, as its file's name has it."""
    return int(path.name.partition("-")[0])


def test_the_decisions_are_numbered_without_a_gap() -> None:
    assert len(DECISIONS) >= 15
    assert [path.name[:5] for path in DECISIONS] == [f"{count:04}-" for count in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_says_whether_it_stands_and_since_when(path: Path) -> None:
    found = opening(path)
    assert int(found["number"]) == number(path)
    assert date.fromisoformat(found["date"]).year >= 2026
    if found["status"] != STANDS:
        later = FOLDER / found["link"]
        assert later in DECISIONS, f"{path.name} is superseded by {found['link']}, which isn't there"
        assert int(found["later"]) == number(later) > number(path), "what supersedes a decision comes after it"


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_the_parts_of_the_template_and_stays_within_a_page(path: Path) -> None:
    assert headings(TEMPLATE) == PARTS
    assert [part for part in headings(path) if part in PARTS] == PARTS
    said = path.read_text(encoding="utf-8")
    assert len(said.splitlines()) <= PAGE_LINES
    assert len(said) <= PAGE_CHARACTERS


def test_the_index_lists_exactly_the_decisions_in_order_with_title_status_and_date() -> None:
    listed = [line for line in INDEX.read_text(encoding="utf-8").splitlines() if re.match(r"\| \[?\d", line)]
    assert listed == [
        f"| [{number(path)}]({path.name}) | {found['title']} | {found['status']} | {found['date']} |"
        for path, found in ((path, opening(path)) for path in DECISIONS)
    ]


def test_the_template_opens_as_every_decision_does() -> None:
    filled = TEMPLATE.read_text(encoding="utf-8").replace("# N.", "# 1.", 1).replace("YYYY-MM-DD", "2026-01-31", 1)
    assert OPENING.match(filled)


def cited(path: Path) -> set[int]:
    """The numbers of the decisions that a file cites: `decision 7`, or a path to the decision's file."""
    return {int(one) for one in re.findall(r"\bdecision(?:s/0*| )(\d+)", path.read_text(encoding="utf-8"), re.IGNORECASE)}


def test_whoever_cites_a_decision_cites_one_that_is_there_and_stands() -> None:
    standing = {number(path) for path in DECISIONS if opening(path)["status"] == STANDS}
    citations = {(path, one) for path in SOURCES if path.parent != FOLDER for one in cited(path)}
    assert len(citations) >= 5
    assert not [f"{path.relative_to(ROOT)} cites decision {one}" for path, one in citations if one not in standing]


def test_a_path_to_a_decision_leads_to_it() -> None:
    named = {(path, one) for path in SOURCES for one in re.findall(r"docs/decisions/[\w.-]+\.md", path.read_text(encoding="utf-8"))}
    assert len(named) >= 5
    assert not [f"{path.relative_to(ROOT)} names {one}" for path, one in named if not (ROOT / one).exists()]
