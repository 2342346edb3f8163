"""The pages that mail links to: each has its place in the web application's table of routes."""

from __future__ import annotations

import re

from infra.local.place import WEB
from shared.domain.mail.mail import OCCASIONS

# Pages that mail links to and that aren't built yet; a line goes when its page comes.
NOT_BUILT = {"/actions/$id", "/trainings"}
PATH = re.compile(r'\bpath: "([^"]+)"')


def routes() -> set[str]:
    """The addresses in the table of routes, an id that may be left out being one that is there."""
    code = (WEB / "src" / "app" / "routes.tsx").read_text(encoding="utf-8")
    return {re.sub(r"\{-(\$\w+)\}", r"\1", path) for path in PATH.findall(code)}


def mailed() -> set[str]:
    """The addresses that mail links to; those whose folder is a fact are left to whoever states the fact."""
    pages = {re.sub(r"\{\w+\}", "$id", occasion.page.partition("?")[0]) for occasion in OCCASIONS.values()}
    return {page for page in pages if not page.startswith("/$id")}


def test_every_page_that_mail_links_to_is_there() -> None:
    """Or stands in the list of those that aren't built."""
    assert mailed() - routes() <= NOT_BUILT


def test_what_is_built_or_no_longer_mailed_leaves_the_list() -> None:
    """So that the list only shrinks."""
    assert NOT_BUILT & routes() == set()
    assert NOT_BUILT - mailed() == set()
