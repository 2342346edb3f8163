"""The text of a record's printout, section by section; the PDF writer lays it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from shared.domain.kernel.untyped import as_list
from shared.domain.kernel.workflow import words
from shared.domain.reports.exports import stamp
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

if TYPE_CHECKING:
    from shared.domain.kernel.canonical import Json

SHOWN = {
    "record": ("kind", "type", "status", "version", "owner", "team", "due_on", "closed_at", "in_approval", "created_by", "created_at"),
    "version": ("status", "effective_on", "effective_at", "ended_at", "next_review_on", "created_at", "content_sha256"),
}


def sections(export: Mapping[str, Json]) -> list[Section]:
    """The whole printout: the record, each version, the signatures, attachments and related items, and the audit trail."""
    named = Names(export["names"])
    kind = str(export["record"]["kind"])
    mark = stamp(kind, export["record"])
    return [
        Section("Record", mark, tuple(_record(export, named))),
        *(
            Section(f"Version {row['version']}", stamp(kind, row), tuple(_version(kind, row, as_list(export["signatures"]), named)))
            for row in as_list(export["versions"])
        ),
        Section("Signatures", mark, tuple(signature_list(export, named))),
        Section("Belongings", mark, tuple(_belongings(export, named))),
        Section("Audit trail", mark, tuple(entry_list(export, named))),
    ]


def around(export: Mapping[str, Json]) -> tuple[str, str, str]:
    """The page header, the document's subject and the page footer."""
    record, named = export["record"], Names(export["names"])
    head = f"{export['organisation']['name']} · {record['number']} · {record['title']}"
    about = f"{words(str(record['kind']))} {record['number']}, {words(str(record['status']))}"
    return head, about, f"{record['number']} · exported by {named.say(export['exported_by'])}, {when(export['exported_at'])}"


def _standing(mark: str | None, otherwise: str) -> str:
    return f"{mark}: not to be used." if mark else otherwise


def _record(export: Mapping[str, Json], named: Names) -> Iterator[Block]:
    record, counts = export["record"], export["counts"]
    mark = stamp(str(record["kind"]), record)
    yield Block("title", f"{record['number']} – {record['title']}")
    yield Block(
        "stopped" if mark else "standing",
        f"Status: {words(str(record['status']))}. {_standing(mark, 'As it stands at the time of this export.')}",
    )
    yield Block("field", named.say(export["organisation"]), "Organisation")
    for name in SHOWN["record"]:
        if record.get(name) is not None:
            yield Block("field", fact_of(name, record[name], named), label_of(name))
    yield Block("field", f"{named.say(export['exported_by'])}, {when(export['exported_at'])}", "Exported by")
    yield Block("field", str(export["sha256"]), "SHA-256 of the data")
    yield Block("heading", "What this export holds")
    yield Block("text", "; ".join(f"{words(name)}: {count}" for name, count in counts.items()))
    yield Block("text", "Each count is the database's own, and each version, signature, note and link has its entry in the audit trail.")
    changed = as_list(export["changed_since_original"])
    yield Block("heading", "Content as it stands")
    yield from contents(record, {str(one["field"]) for one in changed}, named)
    yield Block("heading", "Changed since the original entry")
    yield from alterations(changed, named, "Nothing was changed since the original entry.")


def _version(kind: str, row: Mapping[str, object], signatures: list[Json], named: Names) -> Iterator[Block]:
    mark, change = stamp(kind, row), row["change"]
    yield Block("title", f"Version {row['version']} – {row['title']}")
    yield Block("stopped" if mark else "standing", f"Status: {words(str(row['status']))}. {_standing(mark, 'This version is in force.')}")
    for name in SHOWN["version"]:
        if row.get(name) is not None:
            yield Block("field", fact_of(name, row[name], named), label_of(name))
    if isinstance(change, Mapping):
        yield Block("field", f"{change['number']}: {change['reason']}", "Made by")
    yield from (Block("field", signed(one, named), "Signed") for one in signatures if _is_under(one, row))
    yield Block("heading", "Changed since the version before")
    first = row["version"] == 1
    changed = [] if first else as_list(row["diff"])
    yield from alterations(changed, named, "This is the first version." if first else "The content is the same.")
    yield Block("heading", "Content")
    yield from contents(row, {str(one["field"]) for one in changed}, named)


def _is_under(signature: Mapping[str, object], version: Mapping[str, object]) -> bool:
    made_it = signature["meaning"] == "approved" and signature["change_id"] == version["change_id"] is not None
    return made_it or (signature["record_id"], signature["version"]) == (version["record_id"], version["version"])


def _belongings(export: Mapping[str, Json], named: Names) -> Iterator[Block]:
    counts = export["counts"]
    yield from attachment_list(export, named)
    yield Block("title", f"Notes ({counts['notes']})")
    for row in as_list(export["notes"]):
        files = ", ".join(str(one["filename"]) for one in as_list(row.get("files") or []))
        yield Block("entry", f"{named.say(row['author'])}, {when(row['created_at'])}: {row['text']}{f' (files: {files})' if files else ''}")
    yield from link_list(export, named)
    for name in ("changes", "actions", "extensions", "assignments"):
        yield from rows_of(name, export, named)
