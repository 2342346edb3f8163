"""The export of a record, a change or an assignment, and the check that it is complete (21 CFR 11.10(b), Annex 11 §8)."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.domain.kernel import canonical
from shared.domain.kernel.canonical import Json
from shared.domain.kernel.errors import Conflict
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.untyped import as_list, as_object
from shared.domain.records.differences import differences, sides
from shared.domain.records.kinds import KINDS
from shared.domain.trainings import quizzes

if TYPE_CHECKING:
    from shared.domain.people.organisations import Organisation
    from shared.domain.records.comparisons import Evidence

Export = dict[str, Any]  # an export as JSON data
# The most audit trail entries that one request can read and lay out well within its time limit.
MOST_ENTRIES = {"json": 5_000, "csv": 5_000, "pdf": 2_000}
MOST_BYTES = {"json": 12 * 1024 * 1024, "csv": 8 * 1024 * 1024, "pdf": 8 * 1024 * 1024}
MOST_BLOCKS, MOST_CHARACTERS = 10_000, 2_000_000  # of a printout; laying out as much takes some ten seconds
PAGES = "read its history and its trail page by page (get_record_history, list_audit_trail)"
INSTEAD = {"json": PAGES, "csv": f"export it as JSON, or {PAGES}", "pdf": f"export it as JSON, or {PAGES}"}
MEDIA_TYPES = {"csv": "text/csv", "pdf": "application/pdf"}
# The counted parts of a record's export, and of a change's and an assignment's, in the order shown.
PARTS = ("versions", "signatures", "attachments", "notes", "links", "changes", "actions", "extensions", "assignments", "trail")
PARTS_OF = {
    "change": (
        "items",
        "rounds",
        "approval_requests",
        "signatures",
        "attachments",
        "links",
        "comments",
        "actions",
        "extensions",
        "trail",
    ),
    "assignment": ("attempts", "signatures", "attachments", "extensions", "trail"),
}
# The tables whose rows must each have an insert entry in the audit trail, and the column that identifies the row there.
MADE = {
    "versions": ("versions", "version"),
    "rounds": ("rounds", "round"),
    "approval_requests": ("approval_requests", "id"),
    "attempts": ("quiz_attempts", "id"),
    "signatures": ("signatures", "id"),
    "notes": ("notes", "id"),
    "links": ("links", "id"),
    "comments": ("comments", "id"),
}
OF_THE_WHOLE = frozenset({"versions", "rounds"})  # tables whose rows are identified by the record or the change too


def whole(
    found: Mapping[str, Json],
    trail: Sequence[Json],
    names: Mapping[str, str],
    evidence: Evidence,
    *,
    organisation: Organisation,
    by: Mapping[str, object],
    at: datetime,
) -> Export:
    """The export as JSON data: everything about the record, who exported it when, and reconciled counts.

    `found` holds the rows of each part, and in `counted` the database's own count of them. Raises Conflict if rows and counts
    differ, or if a row has no entry in the audit trail.
    """
    refuse_learner(found, by)
    kind = str(found["record"]["kind"])
    versions = [{**row, "in_force": stamp(kind, row) is None} for row in as_list(found["versions"])]
    record = {**found["record"], "in_force": stamp(kind, found["record"]) is None}
    changed = {"changed_since_original": since_original(record, trail, evidence)}
    parts: dict[str, Any] = {**found, "versions": versions, "record": record}
    return sealed(parts, PARTS, trail, names, organisation=organisation, by=by, at=at, beside=changed)


def sealed(
    found: Mapping[str, Json],
    names_of_parts: Sequence[str],
    trail: Sequence[Json],
    names: Mapping[str, str],
    *,
    organisation: Organisation,
    by: Mapping[str, object],
    at: datetime,
    beside: Mapping[str, object] = types.MappingProxyType({}),
) -> Export:
    """The parts that were `found`, with the trail, who exported it when, reconciled counts and the hash of it all.

    Raises Conflict if rows and counts differ, or if a row has no entry in the audit trail.
    """
    parts = {name: list(trail) if name == "trail" else as_list(found[name]) for name in names_of_parts}
    made: Export = {
        "format": "json",
        "organisation": {"id": str(organisation.id), "name": organisation.name, "time_zone": organisation.time_zone},
        "exported_at": canonical.plain(at),
        "exported_by": dict(by),
        "record": found["record"],
        **beside,
        **parts,
        "names": dict(names),
        "counts": {name: len(rows) for name, rows in parts.items()},
    }
    reconcile(made, found["counted"])
    return {**made, "sha256": canonical.sha256(made)}


def refuse_learner(found: Mapping[str, Json], by: Mapping[str, object]) -> None:
    """Raise Conflict if the exporter has yet to answer this training's quiz, because the export holds its right answers."""
    open_ones = [one for one in as_list(found["assignments"]) if one["person_id"] == by["id"] and one["closed_at"] is None]
    if open_ones and found["record"]["kind"] == "training":
        raise Conflict(
            Sentence(
                "export_holds_answers",
                "An export holds the right answers of this training's quiz; complete your own assignment of it first.",
            )
        )


def refuse_given_away(trail: Sequence[Json], asked: quizzes.Asked) -> None:
    """Raise Conflict if the audit trail holds right answers of a quiz that the exporter has yet to pass.

    An export is complete by definition, so the answers can't be left out of it.
    """
    if any(quizzes.kept_secret(one, asked) != one for one in trail):
        raise Conflict(
            Sentence(
                "export_holds_answers_of_change",
                "This record was changed together with a training whose quiz you are yet to pass, and an export holds its answers.",
            )
        )


def since_original(record: Mapping[str, object], trail: Sequence[Json], evidence: Evidence) -> list[Json]:
    """The differences between the record now and its original entry in the audit trail (Annex 11 §8.2)."""
    first = original(record, trail)
    return [] if first is None else [one.as_json() for one in differences(*sides(first, record), evidence)]


def original(record: Mapping[str, object], trail: Sequence[Json]) -> Json | None:
    """The record's original entry; None where the trail has none."""
    row = ("records", str(record["id"]), "insert")
    first = next((one["new"] for one in trail if (one["table_name"], one["row_key"], one["operation"]) == row), None)
    return dict(first) if isinstance(first, Mapping) else None


def reconcile(export: Mapping[str, object], counted: Mapping[str, object]) -> None:
    """Raise Conflict unless each part has as many rows as the database counts and each row has its entry in the audit trail."""
    counts = export["counts"]
    assert isinstance(counts, Mapping)  # noqa: S101 - the caller made it
    wrong = [f"{name} ({counts[name]} of {counted[name]})" for name in counts if counts[name] != counted[name]]
    entries = {(one["table_name"], one["row_key"]) for one in as_list(export["trail"]) if one["operation"] == "insert"}
    for part, (table, column) in MADE.items():
        prefix = f"{_record_id(export)}:" if table in OF_THE_WHOLE else ""
        named = [str(row[column]) for row in as_list(export.get(part) or []) if column in row]
        wrong += [f"{table} {name} (no entry in the audit trail)" for name in named if (table, f"{prefix}{name}") not in entries]
    if wrong:
        raise Conflict(
            Sentence(
                "export_not_whole",
                "This export would not be whole: {wrong}. Have the audit trail verified (verify_audit_trail), then tell us.",
                wrong=tuple(wrong[:10]),
            ),
            unreconciled=wrong[:100],
        )


def stamp(kind: str, row: Mapping[str, object]) -> str | None:
    """The stamp on printouts of a record or version that isn't in force; None if none is needed."""
    return KINDS[kind].stamp(str(row["status"]), ended=row.get("ended_at") is not None)


def refuse_too_long(form: str, number: str, entries: int) -> None:
    """Raise Conflict if the audit trail has more entries than an export of this format can hold."""
    if entries > MOST_ENTRIES[form]:
        raise Conflict(
            Sentence(
                "trail_too_long",
                "The audit trail of {number} has {entries:,} entries and one {form} holds {most:,}; {instead}.",
                number=number,
                entries=entries,
                form=form.upper(),
                most=MOST_ENTRIES[form],
                instead=Term(INSTEAD[form]),
            ),
            entries=entries,
        )


def refuse_too_much(export: Export, blocks: int, characters: int) -> None:
    """Raise Conflict if a printout would have more paragraphs or characters than can be laid out well within a request's time."""
    if blocks > MOST_BLOCKS or characters > MOST_CHARACTERS:
        raise Conflict(
            Sentence(
                "printout_too_long",
                "The printout of {number} would have {blocks:,} paragraphs with {characters:,} characters,"
                " and one PDF holds {most_blocks:,} with {most_characters:,}; {instead}.",
                number=_number(export),
                blocks=blocks,
                characters=characters,
                most_blocks=MOST_BLOCKS,
                most_characters=MOST_CHARACTERS,
                instead=Term(INSTEAD["pdf"]),
            ),
            blocks=blocks,
            characters=characters,
        )


def filename(form: str, export: Export) -> str:
    """The file name of a printout or a sheet."""
    return f"{_number(export)}-{str(export['exported_at'])[:10]}.{form}"


def refuse_too_large(form: str, export: Export, size: int) -> None:
    """Raise Conflict if an export of `size` bytes is too large for one answer."""
    if size > MOST_BYTES[form]:
        most = MOST_BYTES[form] // 1024 // 1024
        raise Conflict(
            Sentence(
                "export_too_large",
                "The export of {number} has {kibibytes:,} KiB and one answer holds {most} MiB; {instead}.",
                number=_number(export),
                kibibytes=size // 1024,
                most=most,
                instead=Term(INSTEAD[form]),
            ),
            size=size,
        )


def _record_id(export: Mapping[str, object]) -> str:
    return str(as_object(export["record"]).get("id", ""))


def _number(export: Mapping[str, object]) -> str:
    return str(as_object(export["record"]).get("number", ""))
