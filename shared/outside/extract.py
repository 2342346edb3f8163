"""The text of a file, for comparing, read within a time limit."""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Callable
from typing import BinaryIO

from shared.domain.files import extents
from shared.outside.imports import importing
from shared.outside.texts.gathering import Reading
from shared.outside.texts.reading import read_text

TIME_LIMIT = 10.0  # seconds

log = logging.getLogger(__name__)


def text(file: BinaryIO, media_type: str) -> Reading:
    """The text of `file` (seekable) and how much of the file that is."""
    found: list[Reading] = []
    if _within(TIME_LIMIT, lambda: found.append(read_text(file, media_type)), media_type) and found:
        return found[0]
    return Reading("", extents.not_read("reading it took too long"))


def needs_password(file: BinaryIO) -> bool:
    """Whether the PDF in `file` opens only with a password; False for a damaged one."""
    answers: list[bool] = []

    def read() -> None:
        with importing():
            import pypdf

        reader = pypdf.PdfReader(file)
        answers.append(reader.is_encrypted and not reader.decrypt(""))

    _within(TIME_LIMIT, read, "application/pdf")
    return answers == [True]


def _within(seconds: float, read: Callable[[], None], media_type: str) -> bool:
    """Run `read` in a thread of its own and abort it after `seconds`; return whether it ended by itself.

    A hostile file can keep a parser busy for hours. Raising an exception in a running thread is safe only here: this
    one touches nothing but the file, no connection and no lock.
    """

    def run() -> None:
        try:
            read()
        except Exception as trouble:  # noqa: BLE001 - parsers meet hostile files; an upload mustn't fail for its text
            log.info("no text of a file of type %s: %s", media_type, type(trouble).__name__)

    file_reader = threading.Thread(target=run, name="extract", daemon=True)
    file_reader.start()
    file_reader.join(seconds)
    if file_reader.is_alive() and file_reader.ident is not None:
        log.warning("reading a file of type %s was given up after %s seconds", media_type, seconds)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(file_reader.ident), ctypes.py_object(TimeoutError))
        file_reader.join(1)
        return False
    return True
