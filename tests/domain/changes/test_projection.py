"""What a step's answer shows is what was written, told without reading it again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.changes import approvals, proposals, rounds
from shared.domain.changes.projection import settle
from shared.domain.kernel.outcomes import Following, Outcome
from tests.domain import cases
from tests.domain.cases import AT, AUTHOR, QUINN


def test_an_approved_change_is_applied_signed_and_its_documents_are_in_force() -> None:
    waits = cases.submitted(cases.proposal(cases.effective("SOP-2026-0001", 3), cases.draft("FRM-2026-0001")))
    settled = settle(waits, approvals.approve(waits, cases.under(waits, QUINN), by=QUINN, at=AT))
    assert settled is not None
    assert (settled.status, settled.change.revision) == ("applied", waits.change.revision + 2)
    assert [item.in_approval for item in settled.items] == [False, False]
    assert approvals.request_of(settled).status == "approved"
    assert [signature.person_id for signature in settled.signatures] == [QUINN.person_id]
    shown = {one.record.number: one for one in settled.dossiers.values()}
    assert {number: (one.status, one.record.version, one.waiting) for number, one in shown.items()} == {
        "SOP-2026-0001": ("effective", 4, None),
        "FRM-2026-0001": ("effective", 1, None),
    }
    assert shown["SOP-2026-0001"].current is not None
    assert shown["SOP-2026-0001"].current.version == 4


def test_a_new_round_has_no_signatures_of_the_one_before() -> None:
    waits = cases.submitted()
    rejected = settle(waits, approvals.reject(waits, cases.under(waits, QUINN, "rejected"), "No", by=QUINN, at=AT))
    assert rejected is not None
    assert len(rejected.signatures) == 1
    again = settle(rejected, approvals.submit(rejected, cases.organisation(), by=AUTHOR, at=AT))
    assert again is not None
    assert (again.change.round, again.signatures) == (2, ())


def test_a_draft_has_no_statements_of_the_round_that_it_was_in() -> None:
    waits = cases.submitted()
    waits = replace(waits, compared=rounds.compare(waits))
    withdrawn = settle(waits, approvals.withdraw(waits, by=AUTHOR, at=AT))
    assert withdrawn is not None
    assert withdrawn.compared is None
    signed = settle(waits, approvals.approve(waits, cases.under(waits, QUINN), by=QUINN, at=AT))
    assert signed is not None
    assert signed.compared == waits.compared


@pytest.mark.parametrize(
    "row",
    [
        cases.change("draft", id=cases.uid("another change")),
        cases.record("SOP-2026-0077"),
        replace(cases.record(), kind="training"),
        cases.file(),
        proposals.Author(cases.ORGANISATION, cases.uid("CHG-2026-0001"), cases.uid("Bob"), AT),
    ],
)
def test_what_cannot_be_told_from_the_outcome_is_read_again(row: Any) -> None:
    waits = cases.submitted()
    assert settle(waits, Outcome(saves=(row,))) is None
    assert settle(waits, Outcome(follows=(Following("take_effect", "its day came", (row,)),))) is None
    assert settle(waits, Outcome(removes=(row,))) is None
