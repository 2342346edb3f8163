"""Actions and follow-ups, extensions of due dates, comments: four eyes, evidence, reasons, and dates that are never forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies

from shared.answers.comments import Reply, threads
from shared.answers.rows import as_answers
from shared.domain.capa import actions, extensions
from shared.domain.capa.actions import Action, ActionFile
from shared.domain.capa.extensions import Asked, Extension
from shared.domain.changes import comments, follow_ups
from shared.domain.changes.follow_ups import FollowUp
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid
from shared.domain.people.people import Role
from shared.domain.records.records import Version
from tests.domain import cases
from tests.domain.planned import DOER, LATER, SOON, action, comment, due, extension


def asked(**more: Any) -> Extension:
    """Dora's wish for more time."""
    usual: dict[str, Any] = {"today": cases.TODAY, "by": DOER, "at": cases.AT}
    return extensions.request(more.pop("of", due()), more.pop("due_on", LATER), "Seals come late", **{**usual, **more})


def test_an_action_is_completed_with_evidence_by_its_owner() -> None:
    outcome = actions.complete(action(), "Seal 7", [cases.uid("photo"), cases.uid("photo")], by=DOER, at=cases.AT)
    done = cases.one(outcome, Action)
    assert (done.status, done.evidence, done.completed_by, done.completed_at) == ("done", "Seal 7", DOER.person_id, cases.AT)
    assert done.closed_at is None, "QA has to look at it"
    assert cases.one(outcome, ActionFile).file_id == cases.uid("photo"), "a file named twice is one"
    with pytest.raises(Invalid, match="Give evidence"):
        actions.complete(action(), None, [], by=DOER, at=cases.AT)
    with pytest.raises(Forbidden, match="Only the owner"):
        actions.complete(action(), "Seal 7", [], by=cases.QUINN, at=cases.AT)


@pytest.mark.clause("11.10(g)")
@pytest.mark.parametrize("mine", [{"owner_id": cases.QUINN.person_id}, {"completed_by": cases.QUINN.person_id}])
def test_nobody_verifies_or_returns_what_they_own_or_did(mine: dict[str, Any]) -> None:
    done = action(status="done", **mine)
    with pytest.raises(Forbidden, match="somebody else"):
        actions.verify(done, by=cases.QUINN, at=cases.AT)
    with pytest.raises(Forbidden, match="somebody else"):
        actions.send_back(done, "No", by=cases.QUINN, at=cases.AT)
    assert cases.one(actions.verify(done, by=cases.RUTH, at=cases.AT), Action).verified_by == cases.RUTH.person_id


def test_a_returned_action_is_open_and_says_why() -> None:
    back = cases.one(actions.send_back(action(status="done"), "Which seal?", by=cases.QUINN, at=cases.AT), Action)
    assert (back.status, back.returned_reason, back.completed_by, back.completed_at) == ("open", "Which seal?", None, None)
    assert cases.one(actions.complete(back, "Seal 7", [], by=DOER, at=cases.AT), Action).returned_reason is None


def test_the_owner_is_told_that_and_why_an_action_came_back() -> None:
    handed_over = action(status="done", owner_id=cases.RUTH.person_id, completed_by=DOER.person_id)
    [notice] = actions.send_back(handed_over, "Which seal?", by=cases.QUINN, at=cases.AT).notices
    assert (notice.template, notice.person_ids, notice.facts["reason"]) == ("action_returned", (cases.RUTH.person_id,), "Which seal?")


def test_those_who_may_decide_are_told_of_a_wish_and_who_asked_of_the_decision() -> None:
    wish, what = asked(), due()
    told = [cases.QUINN.person_id, DOER.person_id, cases.RUTH.person_id]
    [notice] = extensions.ask(wish, what, told, "Dora").notices
    assert (notice.template, notice.person_ids) == ("extension_requested", (cases.QUINN.person_id, cases.RUTH.person_id))
    for granted, template, day in ((True, "extension_granted", LATER), (False, "extension_denied", SOON)):
        [notice] = extensions.decide(Asked(wish, what), granted=granted, reason="Why", by=cases.QUINN, at=cases.AT).notices
        assert (notice.template, notice.person_ids, notice.facts["due_on"]) == (template, (DOER.person_id,), day.isoformat())


def test_follow_ups_are_numbered_under_their_change() -> None:
    given_ = [FollowUp("Tell the customers", DOER.person_id, SOON), FollowUp("Clean up", cases.QUINN.person_id, LATER)]
    kept = follow_ups.checked(given_, {DOER.person_id: DOER, cases.QUINN.person_id: cases.QUINN}, cases.TODAY)
    made = follow_ups.follow_up_actions(cases.change(follow_ups=kept), at=cases.AT)
    assert [(one.number, one.kind, one.owner_id, one.due_on) for one in made] == [
        ("CHG-2026-0001/F1", "follow_up", DOER.person_id, SOON),
        ("CHG-2026-0001/F2", "follow_up", cases.QUINN.person_id, LATER),
    ]
    assert all((one.record_id, one.change_id) == (None, cases.change().id) for one in made)


@pytest.mark.parametrize("day", [cases.TODAY - timedelta(1), date(2200, 1, 1)])
def test_a_follow_up_is_due_on_a_day_that_comes(day: date) -> None:
    with pytest.raises(Invalid) as refused:
        follow_ups.checked([FollowUp("Tell", DOER.person_id, day)], {DOER.person_id: DOER}, cases.TODAY)
    assert refused.value.field == "follow_ups.0.due_on"


def test_a_change_has_at_most_fifty_follow_ups() -> None:
    one = FollowUp("Tell", DOER.person_id, SOON)
    assert len(follow_ups.checked([one] * 50, {DOER.person_id: DOER}, cases.TODAY)) == 50
    with pytest.raises(Invalid, match="at most 50"):
        follow_ups.checked([one] * 51, {DOER.person_id: DOER}, cases.TODAY)


def test_who_owes_it_asks_for_more_time() -> None:
    wish = asked()
    assert (wish.action_id, wish.assignment_id, wish.record_id) == (action().id, None, None)
    assert (wish.status, wish.due_on_before, wish.due_on, wish.requested_by) == ("requested", SOON, LATER, DOER.person_id)
    with pytest.raises(Forbidden, match="Only who owes this"):
        asked(by=cases.QUINN)
    with pytest.raises(Conflict, match="asked already"):
        asked(of=due(waiting=True))
    for of in (due(over=True), due(due_on=None)):
        with pytest.raises(Conflict, match="isn't due"):
            asked(of=of)


def test_another_due_date_is_later_and_not_past() -> None:
    for day in (SOON, SOON - timedelta(1), date(2200, 1, 1)):
        with pytest.raises(Invalid) as refused:
            asked(due_on=day)
        assert refused.value.field == "due_on"
    long_ago = action(due_on=cases.TODAY - timedelta(10))
    with pytest.raises(Invalid, match="today on"):
        asked(of=due(long_ago), due_on=cases.TODAY - timedelta(1))
    assert asked(of=due(long_ago), due_on=cases.TODAY).due_on == cases.TODAY


@given(strategies.lists(strategies.tuples(strategies.integers(1, 100), strategies.booleans()), max_size=8))
def test_the_first_due_date_and_the_count_are_kept(wishes: list[tuple[int, bool]]) -> None:
    one = action()
    for days, granted in wishes:
        wish = asked(of=due(one), due_on=one.due_on + timedelta(days))
        outcome = extensions.decide(Asked(wish, due(one)), granted=granted, reason="Why", by=cases.QUINN, at=cases.AT)
        decided = cases.one(outcome, Extension)
        assert (decided.status, decided.decided_by) == ("granted" if granted else "denied", cases.QUINN.person_id)
        one = cases.one(outcome, Action) if granted else one
    assert one.original_due_on == SOON
    assert one.extensions == sum(granted for _, granted in wishes)
    assert one.due_on == SOON + timedelta(sum(days for days, granted in wishes if granted))


def test_a_denial_says_why_and_moves_nothing() -> None:
    wish = Asked(extension(), due())
    with pytest.raises(Invalid, match="Say why"):
        extensions.decide(wish, granted=False, reason=None, by=cases.QUINN, at=cases.AT)
    outcome = extensions.decide(wish, granted=False, reason="Too risky", by=cases.QUINN, at=cases.AT)
    assert [type(row) for row in outcome.saves] == [Extension]


@pytest.mark.parametrize("of", [due(over=True), due(due_on=LATER), due(due_on=LATER + timedelta(1))])
def test_more_time_is_granted_only_while_it_is_more(of: extensions.Due) -> None:
    with pytest.raises(Conflict):
        extensions.decide(Asked(extension(), of), granted=True, reason=None, by=cases.QUINN, at=cases.AT)
    assert cases.one(extensions.decide(Asked(extension(), of), granted=False, reason="No", by=cases.QUINN, at=cases.AT), Extension)


@pytest.mark.clause("11.10(g)")
def test_nobody_decides_about_their_own_extension() -> None:
    for mine in (Asked(extension(cases.QUINN), due()), Asked(extension(), due(owner_id=cases.QUINN.person_id))):
        for granted in (True, False):
            with pytest.raises(Forbidden, match="somebody else must decide"):
                extensions.decide(mine, granted=granted, reason="Why", by=cases.QUINN, at=cases.AT)


def test_the_review_of_a_document_moves_with_its_version_in_force() -> None:
    found = cases.effective(due_on=SOON)
    what = due(kind="record", row=found.record, owner_id=found.record.owner_id, version=found.current)
    about = extension(action_id=None, record_id=found.record.id)
    outcome = extensions.decide(Asked(about, what), granted=True, reason=None, by=cases.QUINN, at=cases.AT)
    assert cases.final(outcome, type(found.record)).due_on == LATER
    assert cases.final(outcome, Version).next_review_on == LATER


@pytest.mark.parametrize("named", [{}, {"action": cases.uid("a"), "record": cases.uid("b")}])
def test_one_thing_is_named(named: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="exactly one"):
        extensions.subject(**named)
    assert extensions.subject(action=None, record=cases.uid("b")) == ("record", cases.uid("b"))


def test_a_reply_joins_the_thread_that_it_answers() -> None:
    proposal = cases.proposal()
    first = comments.add(proposal, "Which?", None, None, None, by=cases.RUTH, at=cases.AT)
    reply = comments.add(proposal, "All", first, None, None, by=cases.AUTHOR, at=cases.AT)
    deeper = comments.add(proposal, "Say so", reply, None, None, by=cases.RUTH, at=cases.AT)
    assert (first.parent_id, reply.parent_id, deeper.parent_id) == (None, first.id, first.id)
    with pytest.raises(Conflict, match="This is a reply"):
        comments.resolve(comments.Remark(reply, proposal.authors), by=cases.AUTHOR, at=cases.AT)
    done = comments.resolve(comments.Remark(first, proposal.authors), by=cases.AUTHOR, at=cases.AT)
    assert (done.status, done.resolved_by, done.resolved_at) == ("resolved", cases.AUTHOR.person_id, cases.AT)


def test_a_comment_is_about_what_is_in_the_change() -> None:
    proposal = cases.proposal()
    [record_id] = proposal.dossiers
    made = comments.add(proposal, "Which?", None, record_id, "content.summary", by=cases.RUTH, at=cases.AT)
    assert (made.record_id, made.field) == (record_id, "content.summary")
    for about, field in ((cases.uid("elsewhere"), None), (None, "content.summary")):
        with pytest.raises(Invalid):
            comments.add(proposal, "Which?", None, about, field, by=cases.RUTH, at=cases.AT)


@pytest.mark.parametrize("status", ["applied", "discarded"])
def test_what_is_decided_isnt_commented_on(status: str) -> None:
    with pytest.raises(Conflict, match=f"This change is {status}"):
        comments.add(cases.proposal(change=cases.change(status)), "Which?", None, None, None, by=cases.RUTH, at=cases.AT)


def test_comments_stand_in_threads_in_the_order_of_writing() -> None:
    rows = [("a", None), ("b", None), ("c", "a"), ("d", "b"), ("e", "a")]
    found = threads(as_answers(Reply, [{"id": one, "parent_id": parent} for one, parent in rows]))
    assert [(one["id"], [reply["id"] for reply in one["replies"]]) for one in found] == [("a", ["c", "e"]), ("b", ["d"])]


def test_open_comments_stand_in_the_way_of_submission() -> None:
    waits = cases.proposal(open_comments=2)
    with pytest.raises(Conflict, match="2 comments are open"):
        cases.submitted(waits)
    assert cases.submitted(replace(waits, open_comments=0)).status == "in_approval"


def test_a_comment_of_a_stranger_is_theirs_to_resolve() -> None:
    other = cases.member("Otto", Role.ACTION_OWNER)
    with pytest.raises(Forbidden, match="an author of the change or QA"):
        comments.resolve(comments.Remark(comment(), frozenset()), by=other, at=cases.AT)
