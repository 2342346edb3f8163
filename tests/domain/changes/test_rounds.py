"""What a round freezes: the hash covers exactly what matters, and it says what of its files could be compared (21 CFR 11.70)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.changes import approvals, rounds
from shared.domain.changes.proposals import Proposal
from shared.domain.files.extents import Unit, measured, not_read
from shared.domain.kernel import canonical
from shared.domain.kernel.errors import Conflict
from tests.domain import cases
from tests.domain.cases import AT, QUINN, TODAY
from tests.domain.changes.submissions import BODY, RICH, SOP, digest

OTHER = {
    "organisation_id": cases.uid("other"),
    "id": cases.uid("other"),
    "number": "CHG-2026-0002",
    "title": "Other",
    "round": 9,
    "reason": "Other",
    "impact": None,
}
IN_CHANGE: dict[str, Any] = {**OTHER, "risk": "High", "effective_on": date(2027, 1, 1)}
IN_ITEM: dict[str, Any] = {
    "step": "retire",
    "base_version": 9,
    "kind": "training",
    "title": "Other",
    "owner_id": QUINN.person_id,
    "team_id": cases.uid("other team"),
    "content": {"summary": "Other", "file_id": BODY, "attachments": [BODY]},
}
IN_RECORD: dict[str, Any] = {
    "number": "SOP-2026-0002",
    "title": "Other",
    "content": {"edition": "7"},
}


def with_change(**fields: Any) -> Proposal:
    """The proposal with its change altered."""
    return replace(RICH, change=replace(RICH.change, **fields))


def with_item(**fields: Any) -> Proposal:
    """The proposal with its first item altered."""
    return replace(RICH, items=(replace(RICH.items[0], **fields), RICH.items[1]))


def with_record(**fields: Any) -> Proposal:
    """The proposal with its first record altered."""
    return replace(RICH, dossiers={**RICH.dossiers, SOP.record.id: replace(SOP, record=replace(SOP.record, **fields))})


ALTERED: dict[str, Callable[[], Proposal]] = {
    **{f"change.{name}": partial(with_change, **{name: value}) for name, value in IN_CHANGE.items()},
    **{f"item.{name}": partial(with_item, **{name: value}) for name, value in IN_ITEM.items()},
    **{f"record.{name}": partial(with_record, **{name: value}) for name, value in IN_RECORD.items()},
    "how much of a file was read": lambda: replace(RICH, extents={cases.uid("body"): not_read("a picture")}),
    "a file's bytes": lambda: replace(RICH, files={cases.uid("body"): cases.file(sha256="e" * 64)}),
    "an item less": lambda: replace(RICH, items=RICH.items[:1]),
    "the items turned round": lambda: replace(RICH, items=RICH.items[::-1]),
    "a field cleared": lambda: with_item(content={**RICH.items[0].content, "summary": None}),
    "a file dropped": lambda: with_item(content={**RICH.items[0].content, "attachments": None}),
}


@pytest.mark.clause("11.70")
@pytest.mark.parametrize("what", ALTERED)
def test_whatever_matters_changes_what_is_signed(what: str) -> None:
    assert digest(ALTERED[what]()) != digest(RICH)


@pytest.mark.clause("11.70")
@given(st.sampled_from(sorted(ALTERED)), st.sampled_from(sorted(ALTERED)))
def test_two_different_alterations_are_signed_differently(one: str, other: str) -> None:
    assert (digest(ALTERED[one]()) == digest(ALTERED[other]())) == (one == other)


@given(st.text(st.characters(codec="utf-8"), max_size=8), st.text(st.characters(codec="utf-8"), max_size=8))
def test_two_texts_are_signed_alike_only_where_they_are_the_same(one: str, other: str) -> None:
    assert (digest(with_item(content={"summary": one})) == digest(with_item(content={"summary": other}))) == (one == other)


def test_what_does_not_matter_leaves_the_hash() -> None:
    content = RICH.items[0].content
    turned = with_item(content={name: content[name] for name in reversed(list(content))})
    assert digest(turned) == digest(RICH)
    assert digest(
        replace(RICH, dossiers=dict(reversed(list(RICH.dossiers.items()))), files={**RICH.files, cases.uid("x"): cases.file("x")})
    ) == digest(RICH)
    assert digest(replace(RICH, change=replace(RICH.change, revision=9, updated_at=AT, status="in_approval"))) == digest(RICH)
    assert digest(with_item(in_approval=True, revision=9)) == digest(RICH)
    assert digest(with_record(revision=9, updated_at=AT, due_on=TODAY, created_by=QUINN.person_id)) == digest(RICH)
    assert digest(with_record(owner_id=QUINN.person_id, team_id=cases.uid("other"))) == digest(RICH)  # reassigning lapses nothing
    assert digest(replace(RICH, today=TODAY + timedelta(days=1), busy={SOP.record.id: "CHG-2026-0002"})) == digest(RICH)


def test_a_round_shows_what_was_there_and_what_would_be() -> None:
    frozen = rounds.freeze(RICH)["items"]
    assert isinstance(frozen, list)
    first, second = frozen
    assert first["before"] == {"title": "Cleaning", "content": cases.CONTENT}
    assert first["content"] == {"summary": "Rinse twice", "file_id": BODY, "attachments": [BODY]}
    assert first["files"] == [cases.file().sha256]
    assert (second["step"], second["base_version"], second["content"], second["files"]) == ("retire", 4, cases.CONTENT, [])


def test_a_new_document_has_nothing_before_it() -> None:
    draft = cases.draft(content={"summary": "Shown", "edition": "1"})
    frozen = rounds.freeze(cases.proposal(draft, items=(cases.item(draft, content={"summary": "Said"}),)))["items"]
    assert isinstance(frozen, list)
    (only,) = frozen
    assert (only["before"], only["content"]) == ({}, {"summary": "Said"})


def test_what_is_frozen_is_plain_json_that_hashes_the_same_when_read_back() -> None:
    import json

    frozen = rounds.freeze(RICH)
    assert canonical.sha256(json.loads(json.dumps(frozen))) == canonical.sha256(frozen)


@pytest.mark.clause("11.70")
def test_a_round_states_what_of_each_file_could_be_compared_and_the_hash_covers_it() -> None:
    read = replace(RICH, extents={cases.uid("body"): measured("Rinse", Unit.PAGES, read=1)})
    frozen = rounds.freeze(read)
    said = rounds.stated(read)
    assert said == rounds.statements(frozen)
    assert [(one["number"], one["field"], one["state"], one["in_words"]) for one in said] == [
        ("SOP-2026-0001", "content.attachments.0", "whole", "Added; its whole text is shown (1 page)."),
        ("SOP-2026-0001", "content.file_id", "whole", "Added; its whole text is shown (1 page)."),
    ]
    for one in frozen["items"][0]["compared"]:  # type: ignore[index]  # items are a list
        one["in_words"] = "Nothing was compared."
    assert canonical.sha256(frozen) != digest(read)


@pytest.mark.clause("11.70")
def test_a_round_states_which_files_are_too_long_to_be_compared_together() -> None:
    long = replace(measured("Rinse", Unit.PAGES, read=1), characters=3_000_000, lines=60_000)
    others = {name: cases.file(name) for name in ("first", "second")}
    item = cases.item(SOP, content={"attachments": [str(cases.uid(name)) for name in others]})
    files = {cases.uid(name): file for name, file in others.items()}
    stated = rounds.stated(cases.proposal(SOP, items=(item,), files=files, extents=dict.fromkeys(files, long)))
    assert [(one["field"], one["state"]) for one in stated] == [
        ("content.attachments.0", "whole"),
        ("content.attachments.1", "not_compared"),
    ]


@pytest.mark.clause("11.70")
def test_a_round_in_approval_keeps_what_it_stated_whatever_is_known_later() -> None:
    stated = rounds.compare(RICH)
    later = replace(RICH, extents={cases.uid("body"): measured("Rinse", Unit.PAGES, read=1)})
    assert digest(later) != digest(RICH)
    assert digest(replace(later, compared=stated)) == digest(RICH)


@pytest.mark.clause("11.70")
def test_a_round_older_than_statements_hashes_as_it_did_and_is_still_decided() -> None:
    old = replace(RICH, compared={})
    assert all("compared" not in item for item in rounds.freeze(old)["items"])  # type: ignore[attr-defined]  # items are a list
    assert rounds.statements(rounds.freeze(old)) == []
    waits = cases.submitted(replace(old, change=replace(old.change, effective_on=None)))
    assert approvals.request_of(waits).content_sha256 == canonical.sha256(rounds.freeze(waits))
    assert approvals.why_lapse(waits, at=AT) is None
    assert approvals.why_lapse(replace(waits, compared=None), at=AT) is not None


@pytest.mark.clause("11.70")
def test_an_approval_is_refused_where_the_statement_isnt_what_was_submitted() -> None:
    waits = cases.submitted(replace(RICH, change=replace(RICH.change, effective_on=None)))
    tampered = {record: [{**one, "state": "whole"} for one in said] for record, said in rounds.compare(waits).items()}
    with pytest.raises(Conflict, match="isn't what was submitted"):
        approvals.approve(replace(waits, compared=tampered), cases.under(waits, QUINN), by=QUINN, at=AT)
