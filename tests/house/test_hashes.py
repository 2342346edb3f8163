"""Every hash of the house says one thing: what is hashed can be read back from its bytes, or a reason says why it needn't be."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.kernel import canonical
from shared.domain.kernel.values import replace
from shared.domain.signing import seals, signatures
from shared.domain.signing.seals import Checkpoint, Head, Seal
from shared.domain.signing.signatures import Signature

ROOT = Path(__file__).resolve().parents[2]
HASHING = re.compile(r"\bhashlib\.\w+\(|\bcanonical\.sha256\(|\bsha(?:224|256|384|512)\(|\bmd5\(")
ITSELF = "the bytes themselves are hashed, and nothing is put together"
CANONICAL = "canonical JSON of an object with fixed names: tests/domain/kernel/test_canonical.py reads it back"
JUDGED = {
    "infra/migrations/versions/0002_audit_trail.py": "entries of version 1, with what verifiers refuse; links; and a salt of 36 characters"
    " before one text: tests/db/test_digest_versions.py",
    "infra/migrations/versions/0016_reminders.py": "one text, in small letters on purpose: an address is one however it is written",
    "infra/migrations/versions/0027_hardening.py": "entries of version 2: tests/db/test_digest_versions.py reads them back",
    "infra/migrations/versions/0026_quotas.py": "a salt of one length, a name without a space, a space, and the rest is what it counts",
    "infra/migrations/versions/0028_whose_it_is.py": ITSELF + "; a salt of 36 characters before contact data, as in 0002",
    "infra/trail_digests.py": "the same entries and links: tests/db/test_digest_versions.py",
    "shared/answers/exports.py": ITSELF,
    "shared/answers/sheets.py": ITSELF,
    "shared/app/record_archives.py": ITSELF,
    "shared/db/catalogue.py": "JSON, one line a row, and JSON has no bare line break; sorted on purpose: rules have no order",
    "shared/domain/changes/applying.py": CANONICAL,
    "shared/domain/changes/approvals.py": CANONICAL,
    "shared/domain/changes/changes.py": CANONICAL + "; a file is named by its id, whose row the trail keeps and which is never altered",
    "shared/domain/files/extents.py": ITSELF,
    "shared/domain/kernel/canonical.py": CANONICAL,
    "shared/domain/people/erasures.py": CANONICAL,
    "shared/domain/people/invitations.py": ITSELF,
    "shared/domain/records/kind.py": CANONICAL,
    "shared/domain/reports/exports.py": CANONICAL,
    "shared/domain/signing/seals.py": "a checkpoint in canonical JSON, and people's heads: read back below",
    "shared/domain/signing/signatures.py": "all fields of a signature in canonical JSON, each of one type: read back below; a challenge"
    " keeps what it is bound to in columns, and of the arguments the hash of their canonical JSON",
    "shared/domain/signing/trail_reviews.py": CANONICAL,
    "shared/doors/idempotency.py": ITSELF + "; person, organisation, function and key stand in columns beside it",
    "shared/google/addresses.py": "Cloud Storage's own form (V4): values are percent-encoded, so none holds a line break",
    "shared/google/files.py": ITSELF,
    "shared/google/identity.py": ITSELF,
    "shared/google/seal_signers.py": ITSELF,
    "shared/google/vault.py": ITSELF + ": COPY's text, where a tab, a line break and a backslash in a value are escaped",
    "shared/outside/texts/gathering.py": ITSELF,
    "shared/queries/assignments.py": CANONICAL,
    "shared/queries/dossiers.py": CANONICAL,
    "shared/queries/seal_state.sql": "people's heads, as shared/domain/signing/seals.py: tests/app/test_seals.py compares them",
}
HEX = st.binary(min_size=32, max_size=32).map(bytes.hex)
HEADS = st.builds(Head, st.integers(0, 15), st.integers(1, 2**53 - 1), HEX)
PEOPLE = st.builds(Head, st.just(0), st.integers(1, 2**53 - 1), HEX, st.uuids())
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def found() -> set[str]:
    """The files in which something is hashed, the stand-ins of one machine apart."""
    sources = [path for folder in ("functions", "shared", "infra") for end in ("py", "sql") for path in (ROOT / folder).rglob(f"*.{end}")]
    return {
        str(path.relative_to(ROOT))
        for path in sources
        if "local" not in path.relative_to(ROOT).parts and HASHING.search(path.read_text(encoding="utf-8"))
    }


def test_every_hash_was_judged() -> None:
    assert found() == set(JUDGED)


@pytest.mark.clause("11.10(c)")
@given(st.lists(HEADS, max_size=4), st.lists(PEOPLE, max_size=3), MOMENTS, st.integers(1, 2**40), st.integers(0, 2**53 - 1), HEX, TEXT)
def test_a_checkpoint_can_be_read_back_from_the_bytes_that_are_signed(
    heads: list[Head], people: list[Head], at: datetime, number: int, entries: int, previous: str, words: str
) -> None:
    restored = bool(words.strip())
    made = Checkpoint(
        organisation_id=UUID(int=number),
        number=number,
        at=at,
        heads=tuple(heads),
        entries=entries,
        people=tuple(people),
        people_in=number,
        people_sha256=seals.people_digest(people),
        previous=previous,
        continues=number - 1,
        restores=(number,) if restored else (),
        kind=seals.RESTORED if restored else seals.SEALED,
        by=words,
        reason=words if restored else "",
    )
    signed = json.loads(made.message())
    again = json.dumps({"checkpoint": signed, "key": "k", "signature": base64.b64encode(b"s").decode()})
    assert seals.parse(again.encode()) == Seal(made, "k", b"s")


@given(
    st.lists(PEOPLE, max_size=4, unique_by=lambda head: head.person_id), st.lists(PEOPLE, max_size=4, unique_by=lambda head: head.person_id)
)
def test_equal_digests_of_people_mean_equal_heads(one: list[Head], other: list[Head]) -> None:
    assert (seals.people_digest(one) == seals.people_digest(other)) == (set(one) == set(other))


BY_TYPE = {
    "UUID": st.uuids(),
    "UUID | None": st.none() | st.uuids(),
    "str": TEXT,
    "str | None": st.none() | TEXT,
    "int": st.integers(0, 99),
    "int | None": st.none() | st.integers(0, 99),
    "Mapping[str, object] | None": st.none() | st.dictionaries(TEXT, TEXT, max_size=2),
    "datetime": MOMENTS,
    "datetime | None": st.none() | MOMENTS,
}
BOUND = [one.name for one in fields(Signature) if one.name not in {"binding_sha256", "content", "revision"}]
SIGNATURES = st.builds(Signature, **{one.name: BY_TYPE[str(one.type)] for one in fields(Signature) if one.name in BOUND})


@pytest.mark.clause("11.70")
@given(SIGNATURES, SIGNATURES, st.sampled_from(BOUND))
def test_signatures_with_one_binding_are_one_signature(one: Signature, other: Signature, name: str) -> None:
    mixed = replace(one, **{name: getattr(other, name)})
    assert (signatures.binding(mixed) == signatures.binding(one)) == (mixed == one)


@given(SIGNATURES)
def test_every_field_of_a_signature_stands_in_its_binding(one: Signature) -> None:
    unsaid = {"arguments"} if one.arguments is None else set()  # as in signatures that are older than arguments
    assert canonical.sha256({name: getattr(one, name) for name in BOUND if name not in unsaid}) == signatures.binding(one)


@given(st.lists(st.lists(TEXT | st.integers() | st.none(), max_size=3), max_size=4))
def test_rows_of_the_catalogue_are_told_apart_by_their_lines(rows: list[list[Any]]) -> None:
    lines = "\n".join(json.dumps(row, default=str) for row in rows)
    assert [json.loads(line) for line in lines.split("\n") if line] == rows
