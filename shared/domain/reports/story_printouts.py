"""The text of the printouts of a change and of a training assignment, section by section; the PDF writer lays it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from shared.domain.changes import proposals
from shared.domain.kernel.untyped import as_list
from shared.domain.kernel.workflow import OVER, Phase, words
from shared.domain.reports.printed_parts import (
    Block,
    Names,
    Section,
    alterations,
    attachment_list,
    contents,
    entry_list,
    fact_of,
    label_of,
    link_list,
    rows_of,
    signature_list,
    signed,
    when,
)
from shared.domain.trainings import assignments

if TYPE_CHECKING:
    from shared.domain.kernel.canonical import Json

OF_CHANGE = ("kind", "status", "round", "owner", "authors", "effective_on", "created_at", "updated_at")
SAID = ("reason", "impact", "risk")
OF_ITEM = ("kind", "step", "base_version")
OF_ROUND = ("submitted_by", "created_at", "outcome", "cause", "content_sha256")
OF_ASSIGNMENT = (
    "kind",
    "status",
    "person",
    "version",
    "material",
    "method",
    "trainer",
    "cause",
    "assigned_by",
    "due_on",
    "completed_at",
    "learner_signed_at",
    "valid_until",
    "attempts",
    "closed_at",
    "created_at",
)


def of_change(export: Mapping[str, Json]) -> list[Section]:
    """The printout of a change: what it says, what it does to each record, its rounds, signatures and belongings, and the audit trail."""
    named, change = Names(export["names"]), export["record"]
    mark = _stamp(proposals.PHASES[str(change["status"])], change)
    return [
        Section("Change", mark, tuple(_change(export, mark, named))),
        *(Section(f"Item {place}", mark, tuple(_item(row, named))) for place, row in enumerate(as_list(export["items"]), start=1)),
        Section("Rounds", mark, tuple(_rounds(export, named))),
        Section("Signatures", mark, tuple(signature_list(export, named))),
        Section("Belongings", mark, tuple(_belongings(export, ("actions", "extensions", "comments"), named))),
        Section("Audit trail", mark, tuple(entry_list(export, named))),
    ]


def of_assignment(export: Mapping[str, Json]) -> list[Section]:
    """The printout of a training assignment: who learns what until when, attempts, signatures, and the audit trail."""
    named, assignment = Names(export["names"]), export["record"]
    mark = _stamp(assignments.PHASES[str(assignment["status"])], assignment)
    return [
        Section("Assignment", mark, tuple(_assignment(export, mark, named))),
        Section("Signatures", mark, tuple(signature_list(export, named))),
        Section("Belongings", mark, tuple(_belongings(export, ("attempts", "extensions"), named))),
        Section("Audit trail", mark, tuple(entry_list(export, named))),
    ]


def _stamp(phase: Phase, row: Mapping[str, object]) -> str | None:
    """The stamp on what isn't done: its status; None if none is needed."""
    return None if phase in OVER and phase is not Phase.ENDED else words(str(row["status"])).upper()


def _head(export: Mapping[str, Json], mark: str | None, shown: tuple[str, ...], named: Names) -> Iterator[Block]:
    record = export["record"]
    yield Block("title", f"{record['number']} – {record['title']}")
    standing = f"Status: {words(str(record['status']))}. As it stands at the time of this export."
    yield Block("stopped" if mark else "standing", standing)
    yield Block("field", named.say(export["organisation"]), "Organisation")
    for name in shown:
        if record.get(name) is not None:
            yield Block("field", fact_of(name, record[name], named), label_of(name))
    yield Block("field", f"{named.say(export['exported_by'])}, {when(export['exported_at'])}", "Exported by")
    yield Block("field", str(export["sha256"]), "SHA-256 of the data")
    yield Block("heading", "What this export holds")
    yield Block("text", "; ".join(f"{words(name)}: {count}" for name, count in export["counts"].items()))
    yield Block("text", "Each count is the database's own, and each row that was signed or written has its entry in the audit trail.")


def _change(export: Mapping[str, Json], mark: str | None, named: Names) -> Iterator[Block]:
    change = export["record"]
    yield from _head(export, mark, OF_CHANGE, named)
    yield Block("heading", "What it says")
    for name in SAID:
        yield Block("field", named.say(change[name]), label_of(name))
    for place, one in enumerate(as_list(change["follow_ups"]), start=1):
        yield Block("field", named.say(one), f"Follow-up {place}")
    yield Block("heading", "What it changes")
    for row in as_list(export["items"]):
        yield Block("field", f"{row['title']} ({words(str(row['step']))})", str(row["number"]))


def _item(row: Mapping[str, Json], named: Names) -> Iterator[Block]:
    yield Block("title", f"{row['number']} – {row['title']}")
    for name in OF_ITEM:
        yield Block("field", fact_of(name, row[name], named), label_of(name))
    changed = as_list(row["diff"])
    yield Block("heading", "What it changes")
    yield from alterations(changed, named, "The content is the same.")
    yield Block("heading", "Content")
    yield from contents(row, {str(one["field"]) for one in changed}, named)


def _rounds(export: Mapping[str, Json], named: Names) -> Iterator[Block]:
    yield Block("title", f"Rounds ({export['counts']['rounds']})")
    for row in as_list(export["rounds"]):
        yield Block("heading", f"Round {row['round']}")
        for name in OF_ROUND:
            if row.get(name) is not None:
                yield Block("field", fact_of(name, row[name], named), label_of(name))
        under = [one for one in as_list(export["signatures"]) if one["round"] == row["round"]]
        yield from (Block("field", signed(one, named), "Signed") for one in under)
        for item in as_list(row["frozen"].get("items")):
            yield Block("label", "", f"{item['number']} – {item['title']}")
            yield from contents(item, set(), named)
    yield from rows_of("approval_requests", export, named)


def _assignment(export: Mapping[str, Json], mark: str | None, named: Names) -> Iterator[Block]:
    assignment = export["record"]
    yield from _head(export, mark, OF_ASSIGNMENT, named)
    if assignment["description"]:
        yield Block("heading", "What is learnt")
        yield Block("text", str(assignment["description"]))


def _belongings(export: Mapping[str, Json], parts: tuple[str, ...], named: Names) -> Iterator[Block]:
    yield from attachment_list(export, named)
    if "links" in export["counts"]:
        yield from link_list(export, named)
    for name in parts:
        yield from rows_of(name, export, named)
