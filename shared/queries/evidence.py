"""The files that are compared: what is known of them, and their texts as far as one answer compares them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.db.sql import sql
from shared.domain.files.extents import State, from_json
from shared.domain.kernel.ids import ids_in
from shared.domain.kernel.values import replace
from shared.domain.records import comparisons
from shared.domain.records.comparisons import LEFT_OUT, LEFT_OUT_OF_STEP, ROOM, ROOM_IN_STEP, Evidence, FileText
from shared.queries.names import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shared.db.transaction import Transaction
    from shared.domain.records.comparisons import Pair
    from shared.domain.records.kind import Kind

# How much of the file `f` was read; of texts kept before that was recorded, how long they are. Null where no text was kept.
EXTENT = (
    "(select coalesce(t.extent, jsonb_build_object('characters', length(t.text),"
    " 'lines', length(t.text) - length(replace(t.text, chr(10), '')) + 1)) from file_texts t where t.file_id = f.id)"
)
# The file `f` as it is compared, and its text if those in `:compared` before it leave room for it.
FILE = f"jsonb_build_object('id', f.id, 'filename', f.filename, 'media_type', f.media_type, 'sha256', f.sha256, 'extent', {EXTENT})"
ASKED = "f.id = any(cast(:compared as uuid[]))"
LINE = ROOM.characters // ROOM.lines  # a line counts as at least so many characters
SIZE = (
    "(select greatest(coalesce(cast(t.extent ->> 'characters' as bigint), length(t.text)),"
    f" {LINE} * cast(t.extent ->> 'lines' as bigint)) from file_texts t where t.file_id = f.id)"
)
TEXT = (
    f"case when {ASKED} and sum(case when {ASKED} then {SIZE} end) over (order by array_position(cast(:compared as uuid[]), f.id), f.id)"
    " <= :most then (select t.text from file_texts t where t.file_id = f.id) end"
)
NAMED = sql("export_names", name=NAME, file=FILE, text=TEXT, ids="cast(:ids as uuid[])")
TEXTS = "select t.file_id, t.text from file_texts t where t.file_id = any(cast(:ids as uuid[]))"


def files_named(kind: Kind, rows: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """The ids of the files that rows with content name."""
    return frozenset(str(file_id) for one in rows for _, file_id in kind.content.files("", one.get("content")))


def load_evidence(tx: Transaction, file_ids: Iterable[str], pairs: Sequence[Pair], told: Iterable[object] = ()) -> Evidence:
    """Files, with the texts of the pairs that one answer compares; the lines of the others are left out, and it is said.

    With what the ids in what is `told` are called.
    """
    files = frozenset(file_ids)
    ids = sorted(files | ids_in(told))
    rows = tx.rows(NAMED, ids=ids, **texts_of(pairs)) if ids else []
    found = to_evidence((row for row in rows if row.file is not None and row.file["id"] in files), pairs)
    return found.naming({str(row.id): row.name for row in rows})


def texts_of(pairs: Sequence[Pair]) -> dict[str, object]:
    """What TEXT asks for: the files in their order, and how many characters of them one answer compares."""
    return {"compared": list(dict.fromkeys(one for pair in pairs for one in pair if one is not None)), "most": ROOM.characters}


def to_evidence(rows: Iterable[Any], pairs: Sequence[Pair]) -> Evidence:
    """The files of rows with FILE and TEXT; a pair of which a text isn't there is left out."""
    files = {one.id: one for one in (_file(row) for row in rows)}
    missing = {one.id for one in files.values() if one.text is None and one.extent.state != State.NOT_COMPARED}
    return Evidence(files, left_out=frozenset(pair for pair in pairs if missing & set(pair)), why_left_out=LEFT_OUT)


def with_texts_of_change(tx: Transaction, evidence: Evidence, pairs: Sequence[Pair], *, in_step: bool) -> Evidence:
    """The same for one change, whose limits are part of what is signed; `in_step` leaves out the lines of all but short files."""
    few = comparisons.allot(pairs, evidence.files, ROOM)
    long = frozenset(comparisons.allot(pairs, evidence.files, ROOM_IN_STEP)) - {pair for pair, most in few.items() if not most}
    return _loaded(tx, replace(evidence, allotted=few, left_out=long if in_step else frozenset(), why_left_out=LEFT_OUT_OF_STEP), pairs)


def _loaded(tx: Transaction, evidence: Evidence, pairs: Sequence[Pair]) -> Evidence:
    shown = [pair for pair in pairs if pair not in evidence.left_out and evidence.allotted.get(pair) != 0]
    ids = sorted({one for pair in shown for one in pair if one is not None and evidence.files[one].extent.state != State.NOT_COMPARED})
    if not ids:
        return evidence
    texts = {str(row.file_id): row.text for row in tx.rows(TEXTS, ids=ids)}
    return replace(evidence, files={one: replace(file, text=texts.get(one)) for one, file in evidence.files.items()})


def _file(row: Any) -> FileText:  # noqa: ANN401 - its columns are the statement's
    return FileText(**{**row.file, "extent": from_json(row.file["extent"])}, text=row.text)
