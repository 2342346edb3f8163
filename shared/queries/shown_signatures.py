"""Signatures as the reads show them: what each signed, and whether it still holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers.signatures import Signature as ShownSignature
from shared.answers.signatures import signature as shown_signature
from shared.db.rows import read
from shared.db.sql import sql
from shared.domain.documents import documents
from shared.domain.records.records import Version
from shared.domain.signing.signatures import Signature, holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SIGNATURES = sql("signature")


def signatures(rows: Iterable[Mapping[str, Any]] | None) -> list[ShownSignature]:
    """Signatures as they show, each checked against what it signed (21 CFR 11.70)."""
    found = ((read(Signature, one["signature"]), _signed(one)) for one in rows or ())
    return [shown_signature(signature, valid=holds(signature, signed)) for signature, signed in found]


def _signed(one: Mapping[str, Any]) -> Mapping[str, object]:
    """What a signature signed, as it stands now: a change's frozen round, what was kept with it, else a document's version."""
    kept = one["frozen"] or one["signature"]["content"]
    if kept is not None:
        return dict(kept)
    hashes = {UUID(file_id): sha256 for file_id, sha256 in (one["hashes"] or {}).items()}
    return documents.signed_content(one["number"], read(Version, one["version"]), hashes)
