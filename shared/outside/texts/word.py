"""The text of Word documents, with headers, footers, notes, comments and tracked changes, and of PowerPoint slides with their notes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from shared.outside.texts.gathering import Gathering
from shared.outside.texts.packages import Handler, Package
from shared.outside.texts.runs import read_runs

DOCUMENT = "word/document.xml"
BESIDES = (r"word/header\d*\.xml", r"word/footer\d*\.xml", r"word/footnotes\.xml", r"word/endnotes\.xml", r"word/comments\.xml")
BESIDE = {"header", "footer", "footnotes", "endnotes", "comments"}  # the same by the body's relations, under whatever name
SLIDE = r"ppt/slides/slide\d+\.xml"
NOTES, COMMENTS = "notesSlide", "comments"


def read_document(package: Package, found: Gathering) -> None:
    """The text of a Word document: the body, then each part that stands beside it."""
    read_runs(package, DOCUMENT, found)
    usual = [part for pattern in BESIDES for part in package.matching(pattern)]
    related = [
        one.target for one in package.relations(DOCUMENT).values() if one.kind in BESIDE and not one.outside and one.target in package
    ]
    for part in dict.fromkeys([*usual, *related]):
        found.add(f"\n[{_named(part)}]\n")
        read_runs(package, part, found)
    found.add("\n")
    package.show_others(found)


def read_slides(package: Package, found: Gathering) -> None:
    """The text of a presentation: each slide in its order, with its notes and comments."""
    slides = _slides(package)
    found.of = len(slides)
    for part in slides:
        package.read(part, _Hidden(found))
        read_runs(package, part, found)
        for relation in package.relations(part).values():
            if relation.kind in (NOTES, COMMENTS) and not relation.outside:
                found.add(f"\n[{'notes' if relation.kind == NOTES else 'comments'}]\n")
                read_runs(package, relation.target, found)
        if part == slides[-1]:
            package.show_others(found)
        found.end_page()


def _slides(package: Package) -> list[str]:
    """The slides in the order in which they are shown; by their number where the presentation doesn't say."""
    shown = _Order()
    package.read("ppt/presentation.xml", shown)
    relations = package.relations("ppt/presentation.xml")
    named = [relations[one].target for one in shown.ids if one in relations and relations[one].target in package]
    return [*named, *(part for part in package.matching(SLIDE) if part not in set(named))]


class _Order(Handler):
    def __init__(self) -> None:
        self.ids: list[str] = []

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sldId":
            self.ids.append(attributes.get("r:id", ""))


class _Hidden(Handler):
    """Says that a slide isn't shown."""

    def __init__(self, found: Gathering) -> None:
        self.found = found

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "sld" and attributes.get("show") in ("0", "false"):
            self.found.add("[hidden slide]\n")


def _named(part: str) -> str:
    """A part's name as a label: word/header2.xml is "header 2"."""
    return re.sub(r"(\d+)$", r" \1", posixpath.basename(part).removesuffix(".xml"))
