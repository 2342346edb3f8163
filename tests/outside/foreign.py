"""Judging a foreign file."""

from __future__ import annotations

import io

from shared.outside.foreign.judgement import Judgement, judge
from tests import contents

WORD = contents.word_package
PROGRAM = b"MZ\x90\x00" + bytes(60)


def judged(content: bytes, media_type: str) -> Judgement:
    return judge(io.BytesIO(content), media_type)


def danger(content: bytes, media_type: str) -> str:
    return judged(content, media_type).danger


def docx(**more: bytes) -> bytes:
    return contents.package(WORD(**more))


def body(inside: str) -> bytes:
    """A Word document with this in its body."""
    return docx(word__document_xml=f'<w:document xmlns:w="w"><w:body>{inside}</w:body></w:document>'.encode())


def opened(content: bytes) -> bytes:
    """A PDF that is encrypted and opens without a password."""
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt("", "owner", algorithm="AES-256")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
