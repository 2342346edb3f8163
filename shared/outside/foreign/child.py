"""The process that reads one foreign file: standard input is the file, standard output two lines of JSON.

The first says what the file is, the second what text it has. It is started by shared.outside.reader with nothing of the server's: no
environment, no descriptors, no memory; it confines itself before it reads the first byte, and ends with its answer.
"""

from __future__ import annotations

import json
import os
import sys
from typing import BinaryIO

from shared.outside.foreign import confinement


def main() -> None:
    """Answer for the file on standard input, announced as the type in the first argument."""
    confined = confinement.confine()
    file = os.fdopen(0, "rb")
    found = judged(file, sys.argv[1])
    _answer(found | {"confined": confined})
    if not found["danger"]:
        confinement.begin_reading()
        _answer(text_of(file, sys.argv[1]))


def judged(file: BinaryIO, announced: str) -> dict[str, object]:
    """What the file is."""
    from shared.outside.foreign.judgement import judge

    found = judge(file, announced)
    return {"seen_as": found.seen_as, "danger": found.danger}


def text_of(file: BinaryIO, media_type: str) -> dict[str, object]:
    """The file's text: the one place where text is read out of a foreign file."""
    from dataclasses import asdict

    from shared.outside.texts.reading import read_text

    if media_type == "application/pdf":
        from shared.outside.foreign.pdfs import from_header

        file = from_header(file)
    reading = read_text(file, media_type)
    return {"text": reading.text, "extent": asdict(reading.extent)}


def _answer(found: dict[str, object]) -> None:
    sys.stdout.buffer.write(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()
