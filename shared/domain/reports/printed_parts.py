"""The parts of a printout: its blocks, and how values, differences, signatures and entries of the audit trail are printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from shared.domain.kernel.untyped import as_list
from shared.domain.kernel.values import dataclass
from shared.domain.kernel.workflow import words
from shared.domain.records.differences import differences, values

if TYPE_CHECKING:
    from shared.domain.kernel.canonical import Json

LINES = 2_000  # of one file's differences
LONGEST = 400  # characters of one value in the audit trail; the versions and the JSON export hold it in full
TIMES = (
    "created_at",
    "updated_at",
    "effective_at",
    "ended_at",
    "closed_at",
    "completed_at",
    "verified_at",
    "decided_at",
    "learner_signed_at",
    "started_at",
    "resolved_at",
    "expires_at",
    "at",
)
NAMED = ("kind", "type", "status", "step", "outcome", "method")  # fields whose values are words of our own
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


def contents(row: Mapping[str, object], changed: set[str], named: Names) -> Iterator[Block]:
    """The content of a record or a version, with a mark on what changed."""
    held = {name: row.get(name) for name in ("title", "owner_id", "team_id", "content")}
    for path, value in values(held).items():
        yield Block("field", named.say(value), label_of(path.removeprefix("content.")), path in changed or _row(path) in changed)


def _row(path: str) -> str:
    """The row that a field belongs to; a new row counts as changed as a whole."""
    return path.rpartition(".")[0]


def alterations(rows: list[Json], named: Names, nothing: str) -> Iterator[Block]:
    """What changed, before and after, with the lines of files."""
    if not rows:
        yield Block("text", nothing)
    for row in rows:
        yield Block("label", "", label_of(str(row["field"]).removeprefix("content.")), changed=True)
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


def signature_list(export: Mapping[str, Json], named: Names) -> Iterator[Block]:
    """Every signature, in full."""
    yield Block("title", f"Signatures ({export['counts']['signatures']})")
    for row in as_list(export["signatures"]):
        yield Block("entry", signed(row, named))


def attachment_list(export: Mapping[str, Json], named: Names) -> Iterator[Block]:
    """The attachments, each with its hash."""
    yield Block("title", f"Attachments ({export['counts']['attachments']})")
    for row in as_list(export["attachments"]):
        where = f"; {_versions(row['versions'], named)}" if "versions" in row else ""
        yield Block("entry", f"{row['filename']}; {row['size']} bytes; SHA-256 {row['sha256']}{where}")


def _versions(numbers: object, named: Names) -> str:
    return f"versions {named.say(numbers)}" if numbers else "no version"


def link_list(export: Mapping[str, Json], named: Names) -> Iterator[Block]:
    """The links, each with the way it leads and what is at its other end."""
    yield Block("title", f"Links ({export['counts']['links']})")
    for row in as_list(export["links"]):
        other = row["record"]
        shown = f"{other['number']} {other['title']} ({words(str(other['status']))})" if isinstance(other, Mapping) else named.say(other)
        yield Block("entry", f"{words(str(row['type']))}, {'to' if row['direction'] == 'out' else 'from'} {shown}")


def rows_of(name: str, export: Mapping[str, Json], named: Names) -> Iterator[Block]:
    """The rows of a part, each with its facts; nothing where there are none."""
    if export["counts"][name]:
        yield Block("title", f"{words(name).capitalize()} ({export['counts'][name]})")
        for row in as_list(export[name]):
            yield Block("entry", "; ".join(row_facts(row, named)))


def row_facts(row: Mapping[str, object], named: Names) -> Iterator[str]:
    """The facts of a row that are told, those that identify it first."""
    for key in sorted(row, key=lambda one: FIRST.index(one) if one in FIRST else len(FIRST)):
        if key not in LEFT_OUT and row[key] is not None:
            yield f"{label_of(key)}: {fact_of(key, row[key], named)}"


def fact_of(name: str, value: object, named: Names) -> str:
    """A fact as text: a moment, a word of ours, or a value with its names."""
    if name in TIMES:
        return when(value)
    return words(str(value)) if name in NAMED else named.say(value)


def entry_list(export: Mapping[str, Json], named: Names) -> Iterator[Block]:
    """Every entry of the audit trail."""
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
        yield (
            f"{label_of(one.field)}: {after}"
            if one.before is None
            else f"{label_of(one.field)}: {named.say(one.before, LONGEST)} → {after}"
        )


def label_of(path: str) -> str:
    """A field's path as a label, list items counted from 1: `attachments.0` is "attachments › 1"."""
    return " › ".join(words(str(int(part) + 1) if part.isdigit() else part.removesuffix("_id")) for part in path.split("."))
