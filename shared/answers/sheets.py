"""The answers that hold a whole sheet: a register or the audit trail."""

import base64
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.parts import Named
from shared.answers.rows import written
from shared.domain.kernel import canonical
from shared.domain.kernel.errors import Conflict
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import dataclass

MOST_BYTES = 8 * 1024 * 1024


class SheetFile(TypedDict):
    """A sheet: its bytes in base64, their SHA-256, and how many rows it has."""

    format: str
    filename: str
    media_type: str
    content_base64: str
    sha256: str
    size: int
    rows: int
    exported_at: str
    exported_by: Named


@dataclass(frozen=True)
class Heading:
    """What a sheet says of itself, beside its rows."""

    form: str
    media_type: str
    name: str
    title: str
    about: Sequence[str]
    columns: Sequence[str]
    by: Named
    at: datetime

    @property
    def filename(self) -> str:
        """The file's name."""
        return f"{self.name}-{self.at.date().isoformat()}.{self.form}"


@dataclass(frozen=True)
class Rows:
    """A sheet's rows, read; it is laid out when the transaction is over."""

    heading: Heading
    rows: Sequence[Any]


def sheet_file(found: Rows) -> SheetFile:
    """The sheet as a file; raises Conflict if it is too large for one answer."""
    made = io.BytesIO()
    count = write_rows(found.heading, found.rows, made)
    return file_of(found.heading, made.getvalue(), count)


def file_of(heading: Heading, content: bytes, rows: int) -> SheetFile:
    """A file with its hash; raises Conflict if it is too large for one answer."""
    if len(content) > MOST_BYTES:
        raise Conflict(
            Sentence(
                "sheet_too_large_for_answer",
                "{title}: this has {size:,} KiB, and one answer holds {most} MiB; ask for it with start_export.",
                title=Term(heading.title),
                size=len(content) // 1024,
                most=MOST_BYTES // 1024 // 1024,
            ),
            size=len(content),
        )
    return {
        "format": heading.form,
        "filename": heading.filename,
        "media_type": heading.media_type,
        "content_base64": base64.b64encode(content).decode(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "rows": rows,
        "exported_at": written(heading.at),
        "exported_by": heading.by,
    }


def write_rows(heading: Heading, rows: Iterable[Any], to: BinaryIO) -> int:
    """Write the rows in the heading's form, as they come, and return their number."""
    if heading.form == "json":
        return _as_json(heading, rows, to)
    from shared.outside.sheets import Sheet, write_sheet

    return write_sheet(heading.form, Sheet(heading.title, heading.about, heading.columns), rows, to)


def _as_json(heading: Heading, rows: Iterable[Mapping[str, Any]], to: BinaryIO) -> int:
    """One object: who exported it when, what was asked, and the rows."""
    told = {"title": heading.title, "about": list(heading.about), "exported_at": written(heading.at), "exported_by": heading.by}
    to.write(json.dumps(told)[:-1].encode() + b', "rows": [')
    count = 0
    for row in rows:
        to.write((b",\n" if count else b"\n") + json.dumps(row, default=canonical.plain).encode())
        count += 1
    to.write(b"]}\n")
    return count
