"""Changes: proposed, edited, their items placed and rebased, discarded with the drafts that existed only for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.domain.changes import changes, proposals
from shared.domain.changes.items import Given, drafts, file_rows, place, taken_out
from shared.domain.changes.proposals import Change, Item
from shared.domain.kernel.content import merge
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid
from shared.domain.people.people import Role
from shared.domain.records.dossiers import Dossier
from tests.domain import cases
from tests.domain.cases import AT, AUTHOR, QUINN, TODAY

SOP, WI = cases.effective("SOP-2026-0001"), cases.effective("WI-2026-0001", 4)


def propose(**more: Any) -> tuple[Change, proposals.Author]:
    """A change of Olga's."""
    usual: dict[str, Any] = {"title": "Rinse", "reason": "Residues", "impact": None, "risk": None, "effective_on": None, "today": TODAY}
    return changes.propose(cases.ORGANISATION, **{"number": "CHG-2026-0001", "by": AUTHOR, "at": AT, **usual, **more})


def laid(*given: Given, present: tuple[Item, ...] = (), documents: tuple[Dossier, ...] = (SOP, WI), owners: Any = None) -> tuple[Item, ...]:
    """The items laid into Olga's change."""
    return place(cases.change(), present, given, {one.record.id: one for one in documents}, owners or {}, at=AT)


def of(document: Dossier, step: str | None = None, **more: Any) -> Given:
    """An item as a person gives it."""
    return Given(document.record.id, step, **more)


def test_a_change_is_a_draft_of_its_first_author() -> None:
    change, author = propose(impact="None", risk="Low", effective_on=TODAY)
    assert (change.status, change.round, change.owner_id, change.effective_on) == ("draft", 0, AUTHOR.person_id, TODAY)
    assert (author.change_id, author.person_id) == (change.id, AUTHOR.person_id)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "\u200b"}, "reason"),
        ({"reason": "x" * 4001}, "reason"),
        ({"title": "a\nb"}, "title"),
        ({"impact": " "}, "impact"),
        ({"risk": "\u202e"}, "risk"),
        ({"effective_on": TODAY - timedelta(days=1)}, "effective_on"),
        ({"effective_on": date(2037, 1, 1)}, "effective_on"),
        ({"effective_on": date(9999, 12, 31)}, "effective_on"),
    ],
)
def test_a_change_is_checked(given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        propose(**given)
    assert refused.value.field == field


@pytest.mark.parametrize("day", [None, TODAY, TODAY + timedelta(days=1), date(2036, 12, 31)])
def test_a_change_takes_effect_at_once_or_on_a_day_that_has_not_passed(day: date | None) -> None:
    assert propose(effective_on=day)[0].effective_on == day


def test_what_an_edit_leaves_out_stays() -> None:
    before = cases.change(impact="Some", risk="Low", effective_on=TODAY - timedelta(days=9))
    nothing: dict[str, Any] = {"today": TODAY, "at": AT}
    assert changes.with_details(before, **nothing) == replace(before, updated_at=AT)
    after = changes.with_details(before, **{**nothing, "reason": "Better", "impact": "More", "risk": "High", "effective_on": TODAY})
    assert (after.reason, after.impact, after.risk, after.effective_on) == ("Better", "More", "High", TODAY)
    for bad in ({"reason": ""}, {"impact": ""}, {"risk": "\u0000"}, {"effective_on": TODAY - timedelta(days=1)}):
        with pytest.raises(Invalid):
            changes.with_details(before, **{**nothing, **bad})


def test_what_was_planned_is_taken_back_by_none() -> None:
    before = cases.change(impact="Some", risk="Low", effective_on=TODAY)
    after = changes.with_details(before, impact=None, risk=None, effective_on=None, today=TODAY, at=AT)
    assert (after.impact, after.risk, after.effective_on, after.reason) == (None, None, None, before.reason)


def test_an_item_is_based_on_its_record_as_it_is_now() -> None:
    first, second = laid(of(SOP, content={"summary": "New"}), of(WI, "retire"))
    assert (first.step, first.base_version, first.position, first.content) == ("release", 1, 0, {"summary": "New"})
    assert (second.step, second.base_version, second.position, second.kind) == ("retire", 4, 1, "document")


def test_editing_an_item_lays_it_over_what_it_said_and_rebases_it() -> None:
    (before,) = laid(of(SOP, title="Rinsing", content={"summary": "New", "edition": "2"}))
    moved_on = cases.effective("SOP-2026-0001", 2)
    (after,) = laid(of(SOP, content={"edition": "3", "issuer": "ISO"}), present=(before,), documents=(moved_on,))
    assert (after.base_version, after.position, after.title) == (2, 0, "Rinsing")
    assert after.content == {"summary": "New", "edition": "3", "issuer": "ISO"}
    (again,) = laid(of(SOP), present=(after,), documents=(cases.effective("SOP-2026-0001", 7),))
    assert again == replace(after, base_version=7)


def test_a_null_clears_the_bases_field() -> None:
    (made,) = laid(of(SOP, content={"summary": None, "edition": "2"}))
    assert made.content == {"summary": None, "edition": "2"}
    assert merge(SOP.record.content, made.content) == {"edition": "2"}
    (restored,) = laid(of(SOP, content={"summary": "Back"}), present=(made,))
    assert restored.content == {"summary": "Back", "edition": "2"}


def test_an_item_that_becomes_a_gated_step_drops_its_new_content() -> None:
    (before,) = laid(of(SOP, title="Rinsing", content={"summary": "New"}))
    (after,) = laid(of(SOP, "retire"), present=(before,))
    assert (after.step, after.title, after.content) == ("retire", None, {})


def test_an_item_keeps_its_step_its_owner_and_its_team() -> None:
    owners = {QUINN.person_id: QUINN}
    (before,) = laid(of(SOP, "confirm_review", owner_id=QUINN.person_id, team_id=cases.uid("team")), owners=owners)
    (after,) = laid(of(SOP), present=(before,))
    assert (after.step, after.owner_id, after.team_id) == ("confirm_review", QUINN.person_id, cases.uid("team"))


def test_items_keep_their_places_when_more_come() -> None:
    first = laid(of(SOP))
    more = laid(of(WI), of(SOP), present=first)
    assert {one.record_id: one.position for one in more} == {SOP.record.id: 0, WI.record.id: 1}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ((of(SOP), of(WI), of(SOP)), "items"),
        ((of(WI), Given(cases.uid("nowhere"))), "items.1.record_id"),
        ((of(SOP, "approve"),), "items.0.step"),
        ((of(SOP, "void"),), "items.0.step"),
        ((of(SOP, "take_effect"),), "items.0.step"),
        ((of(SOP, "recall"),), "items.0.step"),
        ((of(WI), of(SOP, content={"status": "effective"})), "items.1.content.status"),
        ((of(SOP, content={"file_id": "x"}),), "items.0.content.file_id"),
        ((of(SOP, title="\u200b"),), "items.0.title"),
        ((of(SOP, title="x" * 301),), "items.0.title"),
        ((of(SOP, owner_id=cases.uid("nobody")),), "items.0.owner_id"),
        ((of(SOP, "retire", content={"summary": "New"}),), "items.0.content"),
        ((of(SOP, "retire", content={"summary": None}),), "items.0.content"),
        ((of(SOP, "confirm_review", title="New"),), "items.0.content"),
    ],
)
def test_an_item_that_is_bad_is_named(given: tuple[Given, ...], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        laid(*given)
    assert refused.value.field == field


@pytest.mark.parametrize("owner", [cases.member("Pat", Role.OPERATOR), cases.member("Pat", Role.QA, status="deactivated")])
def test_a_new_owner_must_be_able_to_own(owner: Any) -> None:
    with pytest.raises(Invalid) as refused:
        laid(of(SOP, owner_id=owner.person_id), owners={owner.person_id: owner})
    assert refused.value.field == "items.0.owner_id"


def test_a_change_holds_at_most_a_hundred_records() -> None:
    documents = tuple(cases.effective(f"SOP-2026-{number:04d}") for number in range(101))
    full = laid(*(of(one) for one in documents[:100]), documents=documents)
    assert [one.position for one in full] == list(range(100))
    for present, given in (((), documents), (full, documents[100:])):
        with pytest.raises(Invalid) as refused:
            laid(*(of(one) for one in given), present=present, documents=documents)
        assert refused.value.field == "items"
    assert len(laid(of(documents[5], "retire"), present=full, documents=documents)) == 1


@pytest.mark.clause("11.10(f)")
@pytest.mark.parametrize(
    ("document", "step"),
    [
        (cases.effective(), "lift"),
        (cases.effective(status="suspended"), "confirm_review"),
        (cases.draft(), "retire"),
        (cases.draft(), "lift"),
        (cases.effective(status="retired"), "release"),
        (cases.effective(status="retired"), "retire"),
        (cases.effective(status="void"), "release"),
        (cases.effective(status="recalled"), "retire"),
        (cases.waiting(behind=False), "retire"),
    ],
)
def test_an_item_whose_step_is_not_possible_is_refused_naming_the_state(document: Dossier, step: str) -> None:
    with pytest.raises(Conflict) as refused:
        laid(of(document, step), documents=(document,))
    assert refused.value.extras["status"] == document.record.status
    assert refused.value.sentence.startswith(f"{document.record.number} is {document.record.status}; ")


def test_the_draft_of_somebody_elses_change_is_left_alone() -> None:
    theirs = cases.draft("SOP-2026-0009", created_by=QUINN.person_id)
    with pytest.raises(Conflict, match="SOP-2026-0009 is the draft of another change"):
        laid(of(theirs), documents=(theirs,))
    successors = cases.item(theirs)
    assert laid(of(theirs), present=(successors,), documents=(theirs,))[0].record_id == theirs.record.id
    assert len(laid(of(cases.draft()), documents=(cases.draft(),))) == 1


def test_a_draft_document_shows_what_its_item_says_now() -> None:
    draft = cases.draft(content={"summary": "Old", "edition": "1"})
    (shown,) = drafts(
        [cases.item(draft, title="New", owner_id=QUINN.person_id, content={"summary": "New", "edition": None})],
        {draft.record.id: draft},
        AT,
    )
    assert (shown.title, shown.owner_id, shown.content, shown.version, shown.status) == (
        "New",
        QUINN.person_id,
        {"summary": "New"},
        0,
        "draft",
    )
    same = cases.item(draft, content=dict(draft.record.content))
    assert drafts([same], {draft.record.id: draft}, AT) == ()
    assert drafts([cases.item(SOP, title="New")], {SOP.record.id: SOP}, AT) == ()


def test_the_files_that_items_name_are_tied_to_them() -> None:
    body = cases.uid("body")
    items = [
        cases.item(SOP, content={"file_id": str(body), "attachments": [str(cases.uid("more"))]}),
        cases.item(WI, content={"file_id": None}),
    ]
    rows = [(row.record_id, row.field, row.file_id) for row in file_rows(items)]
    assert rows == [(SOP.record.id, "file_id", body), (SOP.record.id, "attachments", cases.uid("more"))]


def test_discarding_a_change_voids_the_records_that_existed_only_for_it() -> None:
    draft = cases.draft("SOP-2026-0002")
    change, lonely = changes.discard(cases.proposal(SOP, draft), by=AUTHOR, at=AT)
    assert change.status == "discarded"
    assert lonely == (replace(draft.record, status="void", closed_at=AT, updated_at=AT),)
    assert lonely[0].number == "SOP-2026-0002"


def test_a_record_that_another_change_drafts_as_well_is_not_void() -> None:
    draft = cases.draft("SOP-2026-0002")
    assert changes.discard(cases.proposal(SOP, draft), {draft.record.id}, by=AUTHOR, at=AT)[1] == ()


def test_what_is_taken_out_is_in_the_change_and_leaves_something_in_it() -> None:
    sop, wi = cases.item(SOP), cases.item(WI)
    assert taken_out([sop, wi], [], []) == ()
    assert taken_out([sop, wi], [wi.record_id], []) == (replace(wi, removed=True),)
    assert taken_out([sop], [sop.record_id], [Given(wi.record_id)]) == (replace(sop, removed=True),)
    for gone, given, path in (
        ([cases.uid("x")], [], "remove_record_ids.0"),
        ([sop.record_id] * 2, [], "remove_record_ids.1"),
        ([sop.record_id], [Given(sop.record_id)], "remove_record_ids.0"),
        ([sop.record_id, wi.record_id], [], "remove_record_ids"),
    ):
        with pytest.raises(Invalid) as refused:
            taken_out([sop, wi], gone, given)
        assert refused.value.field == path


def test_only_an_author_discards_and_only_a_draft() -> None:
    with pytest.raises(Forbidden, match="Only the authors of this change"):
        changes.discard(cases.proposal(), by=QUINN, at=AT)
    with pytest.raises(Conflict, match="This change is in approval; to discard it must be draft"):
        changes.discard(cases.submitted(), by=AUTHOR, at=AT)


def test_mail_about_a_change_goes_to_each_person_once() -> None:
    notice = changes.tell("change_approved", cases.change(), [QUINN.person_id, AUTHOR.person_id], reason="x")
    assert set(notice.person_ids) == {QUINN.person_id, AUTHOR.person_id}
    assert notice.facts == {"number": "CHG-2026-0001", "title": "Rinse twice", "reason": "x"}
