"""Uploads under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.files import files
from shared.queries.files import load_own_file

if TYPE_CHECKING:
    from uuid import UUID

    from shared.app.call import Call


def own_upload(call: Call, file_id: UUID) -> files.File:
    """The caller's own upload, before anything of it is read; raises NotFound for another's, Conflict where it is finished."""
    return files.started(load_own_file(call.tx, file_id, call.person.id))
