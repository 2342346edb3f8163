"""How many compressed bytes the web application loads: for Home at first, and for each further screen. Set-up builds it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest

from infra.local.place import WEB
from infra.local.web_files import FILES

KB = 1000
HOME_SCRIPTS, HOME_STYLES, FURTHER = 185 * KB, 15 * KB, 25 * KB
HOME = "src/features/home/home.tsx"
AT_THE_START = ("src/app", "src/shared/words", "src/shared/ui")  # whose words main.tsx loads
LANGUAGES = ("en", "nl", "fr")
SCREEN = re.compile(r'screen\(\s*"\w+",\s*\(\) => import\("\.\./(features/\S+)"\)((?:, "\w+")*)')


def manifest() -> dict[str, dict[str, Any]]:
    """Of each built file what it imports, as the build tells it."""
    file = FILES / ".vite" / "manifest.json"
    assert file.exists(), "The web application isn't built: python3 -m infra.local.setup"
    found: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return found


BUILT = manifest() if (FILES / ".vite").exists() else {}


def screens() -> dict[str, tuple[str, ...]]:
    """The file of every screen in the table of routes, and the folders whose words come with it."""
    code = (WEB / "src" / "app" / "routes.tsx").read_text(encoding="utf-8")
    found = {}
    for file, shared in SCREEN.findall(code):
        folder = f"src/{file.rpartition('/')[0]}"
        found[f"src/{file}.tsx"] = (folder, *(f"src/shared/{name}" for name in re.findall(r'"(\w+)"', shared)))
    return found


def loaded(entries: Iterable[str]) -> set[str]:
    """What is fetched for these: they, what they import, and so on; what is imported later isn't."""
    found: set[str] = set()
    left = list(entries)
    while left:
        entry = left.pop()
        if entry not in found:
            found.add(entry)
            left += BUILT[entry].get("imports", [])
    return found


def words(folders: Iterable[str], language: str) -> set[str]:
    """The files of words that there are for these folders."""
    return {file for folder in folders if (file := f"{folder}/words.{language}.ts") in BUILT}


def weight(files: Iterable[str]) -> int:
    """Compressed where the build compressed them."""
    packed = ((FILES / f"{file}.gz", FILES / file) for file in set(files))
    return sum((small if small.exists() else plain).stat().st_size for small, plain in packed)


def at_first(language: str) -> set[str]:
    """What Home needs when somebody comes for the first time."""
    return loaded(["index.html", HOME, *words((*AT_THE_START, "src/features/home"), language)])


def test_the_build_tells_what_it_made() -> None:
    assert {HOME, *screens()} <= set(manifest())
    assert len(screens()) > 15, "routes.tsx writes its screens in another way now"


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_is_small_at_first(language: str) -> None:
    """Its scripts, and its styles."""
    entries = at_first(language)
    assert 50 * KB < weight(BUILT[entry]["file"] for entry in entries) <= HOME_SCRIPTS
    assert 1 * KB < weight(file for entry in entries for file in BUILT[entry].get("css", [])) <= HOME_STYLES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", screens())
def test_a_further_screen_adds_little(screen: str, language: str) -> None:
    """Scripts that Home hasn't loaded already; the pages of a PDF come later, when there is one."""
    added = loaded([screen, *words(screens()[screen], language)]) - at_first(language)
    assert weight(BUILT[entry]["file"] for entry in added) <= FURTHER
