"""The text of a record's printout, section by section; the PDF writer lays it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from shared.domain.kernel.untyped import as_list
from shared.domain.kernel.values import dataclass
from shared.domain.kernel.workflow import words
from shared.domain.records.differences import differences, values
from shared.domain.reports.exports import stamp

if TYPE_CHECKING:
    from shared.domain.kernel.canonical import Json

LINES = 2_000  # of one file's differences
LONGEST = 400  # characters of one value in the audit trail; the versions and the JSON export hold it in full
SHOWN = {
    "record": ("kind", "type", "status", "version", "owner", "team", "due_on", "closed_at", "in_approval", "created_by", "created_at"),
    "version": ("status", "effective_on", "effective_at", "ended_at", "next_review_on", "created_at", "content_sha256"),
}
TIMES = ("created_at", "updated_at", "effective_at", "ended_at", "closed_at", "completed_at", "verified_at", "decided_at", "at")
NAMED = ("kind", "type", "status", "step")  # fields whose values are words of our own
FIRST = (
    "number",
    "person_id",
    "action_id",
    "title",
    "kind",
    "step",
    "status",
    "description",
    "reason",
)  # the fields that identify a row, shown first
OF_A_ROW = frozenset({"organisation_id", "revision", "id"})
LEFT_OUT = OF_A_ROW | {"record_id", "etag"}


@dataclass(frozen=True)
class Block:
    """One paragraph: its style, label and text, and whether it changed since the former version."""

    style: str
    text: str
    label: str = ""
    changed: bool = False


@dataclass(frozen=True)
class Section:
    """Blocks that start on a new page; `stamp` is printed across each of its pages."""

    name: str
    stamp: str | None
    blocks: tuple[Block, ...]


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
        Section("Signatures", mark, tuple(_signatures(export, named))),
        Section("Belongings", mark, tuple(_belongings(export, named))),
        Section("Audit trail", mark, tuple(_trail(export, named))),
    ]


def around(export: Mapping[str, Json]) -> tuple[str, str, str]:
    """The page header, the document's subject and the page footer."""
    record, named = export["record"], Names(export["names"])
    head = f"{export['organisation']['name']} · {record['number']} · {record['title']}"
    about = f"{words(str(record['kind']))} {record['number']}, {words(str(record['status']))}"
    return head, about, f"{record['number']} · exported by {named.say(export['exported_by'])}, {when(export['exported_at'])}"


class Names:
    """The names of the things and people behind ids."""

    def __init__(self, names: Mapping[str, object]) -> None:
        self.names = names

    def say(self, value: object, longest: int | None = None) -> str:
        """A value as text: ids by name, booleans as yes or no, nothing as a dash."""
        if value is None or value in ("", [], {}):
            return "–"
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, Mapping):
            said = str(value.get("name") or value.get("number") or ", ".join(f"{key}: {self.say(one)}" for key, one in value.items()))
        elif isinstance(value, list):
            said = ", ".join(self.say(one) for one in value)
        else:
            said = str(self.names.get(str(value), value))
        return said if longest is None or len(said) <= longest else f"{said[:longest]}… ({len(said)} characters; whole in the JSON export)"


def when(moment: object) -> str:
    """A moment as date and time, UTC."""
    said = str(moment)
    return f"{said[:10]} {said[11:19]} UTC" if len(said) >= 19 else said


def signed(row: Mapping[str, object], named: Names) -> str:
    """The line of one signature (21 CFR 11.50): printed name, meaning, the signer's time with zone and UTC, reason."""
    parts = [
        f"{row['printed_name']} – {words(str(row['meaning']))}",
        f"{str(row['local_time']).replace('T', ' ')} {row['time_zone']} = {when(row['signed_at'])}",
        f"under {_subject(row, named)}",
        f"reason: {row['reason']}" if row["reason"] else "no reason asked for",
    ]
    if row["on_behalf_of"]:
        parts.append(f"as delegate of {named.say(row['on_behalf_of'])}")
    parts.append("the signature holds" if row["valid"] else "THE SIGNATURE DOES NOT HOLD: it doesn't belong to this content")
    return "; ".join(parts)


def _subject(row: Mapping[str, object], named: Names) -> str:
    if row["round"] is not None and row["change_id"] is not None:
        return f"round {row['round']} of {named.say(row['change_id'])}"
    return f"version {row['version']}" if row["version"] else f"the {words(str(row['subject_kind']))}"


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
            yield Block("field", _fact(name, record[name], named), _label(name))
    yield Block("field", f"{named.say(export['exported_by'])}, {when(export['exported_at'])}", "Exported by")
    yield Block("field", str(export["sha256"]), "SHA-256 of the data")
    yield Block("heading", "What this export holds")
    yield Block("text", "; ".join(f"{words(name)}: {count}" for name, count in counts.items()))
    yield Block("text", "Each count is the database's own, and each version, signature, note and link has its entry in the audit trail.")
    changed = as_list(export["changed_since_original"])
    yield Block("heading", "Content as it stands")
    yield from _content(record, {str(one["field"]) for one in changed}, named)
    yield Block("heading", "Changed since the original entry")
    yield from _changed(changed, named, "Nothing was changed since the original entry.")


def _version(kind: str, row: Mapping[str, object], signatures: list[Json], named: Names) -> Iterator[Block]:
    mark, change = stamp(kind, row), row["change"]
    yield Block("title", f"Version {row['version']} – {row['title']}")
    yield Block("stopped" if mark else "standing", f"Status: {words(str(row['status']))}. {_standing(mark, 'This version is in force.')}")
    for name in SHOWN["version"]:
        if row.get(name) is not None:
            yield Block("field", _fact(name, row[name], named), _label(name))
    if isinstance(change, Mapping):
        yield Block("field", f"{change['number']}: {change['reason']}", "Made by")
    yield from (Block("field", signed(one, named), "Signed") for one in signatures if _is_under(one, row))
    yield Block("heading", "Changed since the version before")
    first = row["version"] == 1
    changed = [] if first else as_list(row["diff"])
    yield from _changed(changed, named, "This is the first version." if first else "The content is the same.")
    yield Block("heading", "Content")
    yield from _content(row, {str(one["field"]) for one in changed}, named)


def _is_under(signature: Mapping[str, object], version: Mapping[str, object]) -> bool:
    made_it = signature["meaning"] == "approved" and signature["change_id"] == version["change_id"] is not None
    return made_it or (signature["record_id"], signature["version"]) == (version["record_id"], version["version"])


def _content(row: Mapping[str, object], changed: set[str], named: Names) -> Iterator[Block]:
    held = {name: row.get(name) for name in ("title", "owner_id", "team_id", "content")}
    for path, value in values(held).items():
        yield Block("field", named.say(value), _label(path.removeprefix("content.")), path in changed or _row(path) in changed)


def _row(path: str) -> str:
    """The row that a field belongs to; a new row counts as changed as a whole."""
    return path.rpartition(".")[0]


def _changed(rows: list[Json], named: Names, nothing: str) -> Iterator[Block]:
    if not rows:
        yield Block("text", nothing)
    for row in rows:
        yield Block("label", "", _label(str(row["field"]).removeprefix("content.")), changed=True)
        yield Block("before", named.say(row["before"]), "before")
        yield Block("after", named.say(row["after"]), "after")
        yield from _compared(row)


def _compared(row: Mapping[str, object]) -> Iterator[Block]:
    """What was compared of a file, in words, and the lines that changed in it."""
    compared, lines = row.get("compared"), [str(line) for line in as_list(row["lines"])]
    if isinstance(compared, Mapping):
        yield Block("text", str(compared["in_words"]), "compared")
    if row.get("left_out"):
        yield Block("text", str(row["left_out"]))
    yield from (Block("lines", line) for line in lines[:LINES])
    if len(lines) > LINES:
        yield Block("text", f"{len(lines) - LINES:,} more lines of {len(lines):,} that differ; the JSON export holds them all.")


def _signatures(export: Mapping[str, Json], named: Names) -> Iterator[Block]:
    yield Block("title", f"Signatures ({export['counts']['signatures']})")
    for row in as_list(export["signatures"]):
        yield Block("entry", signed(row, named))


def _belongings(export: Mapping[str, Json], named: Names) -> Iterator[Block]:
    counts = export["counts"]
    yield Block("title", f"Attachments ({counts['attachments']})")
    for row in as_list(export["attachments"]):
        where = f"versions {named.say(row['versions'])}" if row["versions"] else "no version"
        yield Block("entry", f"{row['filename']}; {row['size']} bytes; SHA-256 {row['sha256']}; {where}")
    yield Block("title", f"Notes ({counts['notes']})")
    for row in as_list(export["notes"]):
        files = ", ".join(str(one["filename"]) for one in as_list(row.get("files") or []))
        yield Block("entry", f"{named.say(row['author'])}, {when(row['created_at'])}: {row['text']}{f' (files: {files})' if files else ''}")
    yield Block("title", f"Links ({counts['links']})")
    for row in as_list(export["links"]):
        other = row["record"]
        shown = f"{other['number']} {other['title']} ({words(str(other['status']))})" if isinstance(other, Mapping) else named.say(other)
        yield Block("entry", f"{words(str(row['type']))}, {'to' if row['direction'] == 'out' else 'from'} {shown}")
    for name in ("changes", "actions", "extensions", "assignments"):
        if counts[name]:
            yield Block("title", f"{name.capitalize()} ({counts[name]})")
            for row in as_list(export[name]):
                yield Block("entry", "; ".join(_said(row, named)))


def _said(row: Mapping[str, object], named: Names) -> Iterator[str]:
    for key in sorted(row, key=lambda one: FIRST.index(one) if one in FIRST else len(FIRST)):
        if key not in LEFT_OUT and row[key] is not None:
            yield f"{_label(key)}: {_fact(key, row[key], named)}"


def _fact(name: str, value: object, named: Names) -> str:
    if name in TIMES:
        return when(value)
    return words(str(value)) if name in NAMED else named.say(value)


def _trail(export: Mapping[str, Json], named: Names) -> Iterator[Block]:
    yield Block("title", f"Audit trail ({export['counts']['trail']})")
    yield Block(
        "text",
        "Every entry of the record and of what belongs to it, oldest first; long values are shortened here and whole in the JSON export.",
    )
    for row in as_list(export["trail"]):
        who = str(row["actor"]).partition(":")[2]
        who = named.say(who) if str(row["actor"]).startswith("person:") else f"the system ({words(who)})"
        cause = f", because of {row['cause']}" if row["cause"] else ""
        reason = f"; reason: {row['reason']}" if row["reason"] != row["step"] else ""
        change = row.get("change")
        reason += f"; {change['number']}: {change['reason']}" if isinstance(change, Mapping) else ""
        what = f"{words(str(row['step']))} · {row['operation']} {words(str(row['table_name']))}"
        yield Block("trail", "; ".join(_altered(row, named)), f"{row['id']} · {when(row['at'])} · {who}{cause} · {what}{reason}")


def _altered(row: Mapping[str, object], named: Names) -> Iterator[str]:
    old, new = (
        {name: value for name, value in side.items() if name not in OF_A_ROW} if isinstance(side, Mapping) else {}
        for side in (row["old"], row["new"])
    )
    for one in differences(old, new):
        after = named.say(one.after, LONGEST)
        yield f"{_label(one.field)}: {after}" if one.before is None else f"{_label(one.field)}: {named.say(one.before, LONGEST)} → {after}"


def _label(path: str) -> str:
    """A field's path as a label, list items counted from 1: `attachments.0` is "attachments › 1"."""
    return " › ".join(words(str(int(part) + 1) if part.isdigit() else part.removesuffix("_id")) for part in path.split("."))
