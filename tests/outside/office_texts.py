"""The text of Office files, as it is read."""

from __future__ import annotations

import hashlib

from shared.domain.files.extents import State
from shared.outside.texts.gathering import Reading
from shared.outside.texts.reading import read_text
from tests import contents, evidence

MARK = hashlib.sha256(b"pixels").hexdigest()


def read(content: bytes, media_type: str = contents.DOCX) -> Reading:
    return read_text(evidence.seekable(content), media_type)


def lines(content: bytes, media_type: str = contents.DOCX) -> list[str]:
    """The lines that aren't empty, of a file that was read as a whole."""
    found = read(content, media_type)
    assert found.extent.state == State.WHOLE, found.extent
    return [line for line in found.text.replace("\f", "\n").splitlines() if line.strip()]
