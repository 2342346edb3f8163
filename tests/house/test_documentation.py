"""The documents that people read first: their links lead somewhere, and what they say of the product is what it is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from shared.domain.records.lifecycles import WORKFLOWS

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [path for folder in ("docs", "infra") for path in (ROOT / folder).rglob("*.md") if "node_modules" not in path.parts]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *FOLDERS])
GLOSSARY, CHANGELOG = ROOT / "docs" / "glossary.md", ROOT / "CHANGELOG.md"
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
PAGE_LINES, PAGE_WORDS = 80, 750


def name(path: Path) -> str:
    """A file as messages name it."""
    return str(path.relative_to(ROOT))


def anchors(path: Path) -> set[str]:
    """The places in a document that a link can name, as GitHub makes them of its headings."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def entries() -> dict[str, str]:
    """The glossary: each word with its sentence."""
    rows = re.findall(r"^\| ([^|*]+) \| ([^|]+) \|[^|\n]*\|$", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
    return {word: sentence for word, sentence in rows if word not in {"Word", "---"}}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://")):
            continue
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        assert target.exists(), f"{name(path)} links to {link}"
        assert not anchor or anchor in anchors(target), f"{name(path)} links to {link}"


def test_the_readme_leads_to_every_document() -> None:
    linked = {ROOT / link.partition("#")[0] for link in LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))}
    first = {path for path in DOCUMENTS if path.parent in {ROOT, ROOT / "docs"}} - {ROOT / "README.md"}
    assert len(first) >= 6
    assert not {name(path) for path in first - linked}


def test_the_architecture_stays_within_a_page() -> None:
    said = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert len(said.splitlines()) <= PAGE_LINES
    assert len(said.split()) <= PAGE_WORDS


def test_the_glossary_says_each_word_once_in_order_in_one_sentence() -> None:
    words = entries()
    rows = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert len(words) == len(rows) - 2 >= 25, "a row has a word, a sentence and a clause or none, and no word has two rows"
    assert list(words) == sorted(words, key=str.lower)
    assert not [word for word, sentence in words.items() if not re.fullmatch(r"[A-Z][^.!?]*\.", sentence)]


def test_a_word_in_italics_has_a_row_of_its_own() -> None:
    words = entries()
    italic = {said for sentence in words.values() for said in re.findall(r"\*([^*]+)\*", sentence)}
    assert len(italic) >= 10
    assert not {said for said in italic if said not in words and said.removesuffix("s") not in words}


def test_the_statuses_that_the_glossary_explains_are_those_of_the_tables() -> None:
    statuses = {status.replace("_", " ") for workflow in WORKFLOWS.values() for status in workflow.statuses}
    explained = {word for word, sentence in entries().items() if sentence.startswith("The status of ")}
    assert len(explained) >= 5
    assert not explained - statuses


@pytest.mark.clause("11.10(k), 11.30")
def test_the_newest_release_of_the_changelog_is_the_version_of_the_product() -> None:
    headings = re.findall(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == ("Unreleased", "")
    assert headings[1][0] == tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    days = [day for _, day in headings[1:]]
    assert all(days), "each release has its day"
    assert days == sorted(days, reverse=True), "newest first"
