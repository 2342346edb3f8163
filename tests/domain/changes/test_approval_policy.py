"""Who must sign a round, who may, for whom, and when nobody eligible is left (four eyes by person)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.changes import approval_policy as approvers_of
from shared.domain.changes import approvals
from shared.domain.changes.approval_policy import Approvers
from shared.domain.changes.proposals import Proposal
from shared.domain.kernel.errors import Invalid
from shared.domain.people.people import Member, Role
from tests.domain import cases
from tests.domain.cases import AUTHOR, QUINN, RUTH, SAM, TODAY, approvers, delegation

TOM = cases.member("Tom")
NOBODY = "Nobody eligible can approve this: it needs QA who didn't write, edit or submit any of it."
NAMED_GONE = "Nobody eligible can approve this: a named approver isn't active QA, or wrote part of it, and has no delegate today."
DAY = timedelta(days=1)


def ids(*people: Member) -> frozenset[Any]:
    """The people's ids."""
    return frozenset(one.person_id for one in people)


def round_of(policy: Approvers, *authors: Member) -> Proposal:
    """A round in approval under this policy."""
    return cases.submitted(cases.proposal(policy=policy, authors=ids(AUTHOR, *authors)))


@pytest.mark.parametrize(
    ("policy", "authors", "why_not"),
    [
        (approvers(), (), NOBODY),
        (approvers(QUINN), (), None),
        (approvers(QUINN), (QUINN,), NOBODY),
        (approvers(QUINN, RUTH), (QUINN,), None),
        (approvers(QUINN, required=2), (), "Nobody eligible can approve this: 2 signatures are needed and 1 QA may sign."),
        (approvers(QUINN, RUTH, required=2), (RUTH,), "Nobody eligible can approve this: 2 signatures are needed and 1 QA may sign."),
        (approvers(QUINN, RUTH, required=2), (), None),
        (approvers(QUINN, RUTH, SAM, required=5), (), "Nobody eligible can approve this: 5 signatures are needed and 3 QA may sign."),
        (approvers(QUINN, RUTH, named=(RUTH,)), (), None),
        (approvers(QUINN, named=(RUTH,)), (), NAMED_GONE),
        (approvers(QUINN, RUTH, named=(RUTH,)), (RUTH,), NAMED_GONE),
        (approvers(QUINN, named=(RUTH,), delegations=(delegation(RUTH, QUINN),)), (), None),
        (approvers(QUINN, SAM, named=(RUTH,), delegations=(delegation(RUTH, QUINN),)), (QUINN,), NAMED_GONE),
        (approvers(QUINN, named=(RUTH,), delegations=(delegation(RUTH, SAM),)), (), NAMED_GONE),
        (approvers(QUINN, named=(RUTH,), delegations=(delegation(SAM, QUINN),)), (), NAMED_GONE),
    ],
)
def test_the_sentence_says_whether_anybody_eligible_can_approve(
    policy: Approvers, authors: tuple[Member, ...], why_not: str | None
) -> None:
    assert policy.why_not(ids(AUTHOR, *authors)) == why_not


@pytest.mark.parametrize(
    ("starts", "ends", "open_today"),
    [(0, 0, True), (-5, 0, True), (0, 5, True), (-5, 5, True), (1, 5, False), (-5, -1, False), (5, -5, False)],
)
def test_a_delegate_signs_within_the_window_both_days_included(starts: int, ends: int, open_today: bool) -> None:
    window = delegation(RUTH, QUINN, TODAY + starts * DAY, TODAY + ends * DAY)
    policy = approvers(QUINN, SAM, named=(RUTH,), delegations=(window,))
    assert policy.stand_ins(RUTH.person_id, ()) == (ids(QUINN) if open_today else frozenset())
    assert policy.why_not(()) == (None if open_today else NAMED_GONE)


def test_one_delegate_cannot_sign_for_two_named_approvers() -> None:
    both = (delegation(RUTH, QUINN), delegation(SAM, QUINN))
    policy = approvers(QUINN, TOM, required=2, named=(RUTH, SAM), delegations=both)
    assert policy.why_not(()) == NAMED_GONE
    assert replace(policy, delegations=(*both, delegation(RUTH, TOM))).why_not(()) is None


def test_a_named_approver_who_is_also_the_only_delegate_fills_one_place() -> None:
    policy = approvers(QUINN, TOM, required=2, named=(QUINN, RUTH), delegations=(delegation(RUTH, QUINN),))
    assert policy.why_not(()) == NAMED_GONE
    assert replace(policy, delegations=(*policy.delegations, delegation(QUINN, TOM))).why_not(()) is None


PEOPLE = [QUINN, RUTH, SAM, TOM]
PAIRS = [(named, delegate) for named in PEOPLE for delegate in PEOPLE if named is not delegate]


@given(
    st.sets(st.sampled_from(range(4)), min_size=1), st.lists(st.sampled_from(range(4)), unique=True), st.sets(st.sampled_from(range(12)))
)
def test_every_place_is_filled_exactly_where_different_people_can_fill_them(qa: set[int], named: list[int], pairs: set[int]) -> None:
    delegations = tuple(delegation(*PAIRS[number]) for number in pairs)
    policy = approvers(*(PEOPLE[number] for number in qa), named=tuple(PEOPLE[number] for number in named), delegations=delegations)
    hands = [policy.stand_ins(one, ()) for one in policy.named]
    possible = any(all(person in hand for person, hand in zip(order, hands, strict=False)) for order in permutations(policy.qa, len(hands)))
    assert policy.seated(()) == (possible and len(policy.qa) >= len(hands))


@given(
    st.sets(st.sampled_from(range(4))), st.lists(st.sampled_from(range(4)), unique=True), st.sets(st.sampled_from(range(12))), st.randoms()
)
def test_a_round_that_can_be_submitted_can_be_decided_whoever_signs_first(
    qa: set[int], named: list[int], pairs: set[int], chance: Any
) -> None:
    delegations = tuple(delegation(*PAIRS[number]) for number in pairs)
    policy = approvers(
        *(PEOPLE[number] for number in qa),
        required=max(1, len(named)),
        named=tuple(PEOPLE[number] for number in named),
        delegations=delegations,
    )
    if policy.why_not(ids(AUTHOR)) is not None:
        return
    waits, order = round_of(policy), list(PEOPLE)
    for _ in range(len(PEOPLE)):
        chance.shuffle(order)
        request = approvals.request_of(waits)
        able = [
            one
            for one in order
            if one.person_id in policy.qa - {row.person_id for row in waits.signatures} and not request.why_not_by(waits, one)
        ]
        assert able, "nobody is left who may sign"
        if request.complete_with(waits, able[0]):
            return
        waits = cases.signed(waits, able[0])
        assert approvals.why_lapse(waits, at=cases.AT) is None
    raise AssertionError("the round was never complete")


def test_naming_people_adds_them_to_the_policys_own_and_raises_the_number() -> None:
    policy = approvers(QUINN, RUTH, SAM, named=(QUINN,), required=1)
    named = policy.naming([RUTH.person_id, QUINN.person_id, RUTH.person_id])
    assert named.named == (QUINN.person_id, RUTH.person_id)
    assert (named.required, policy.naming([]).required) == (2, 1)
    assert approvers(QUINN, RUTH, required=3).naming([QUINN.person_id]).required == 3


@pytest.mark.parametrize(
    ("person", "authors", "sentence"),
    [
        (RUTH, (), "This person isn't active QA of this organisation."),
        (cases.member("Nobody"), (), "This person isn't active QA of this organisation."),
        (QUINN, (QUINN,), "This person wrote or edited part of the change."),
    ],
)
def test_a_person_named_at_submission_must_be_able_to_sign(person: Member, authors: tuple[Member, ...], sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        approvals.name_approvers([SAM.person_id, person.person_id], ids(QUINN, SAM), ids(*authors))
    assert (refused.value.field, refused.value.sentence) == ("approver_ids.1", sentence)


SETTINGS: dict[str, Any] = {
    "document": {"signatures": 2, "approver_ids": [str(QUINN.person_id)]},
    "training": {"signatures": 3, "approver_ids": [str(RUTH.person_id), str(QUINN.person_id)]},
    "event": {"approver_ids": [str(one.person_id) for one in PEOPLE]},
    "capa_plan": {"signatures": None, "approver_ids": None, "delegates": None},
}


@pytest.mark.parametrize(
    ("kinds", "required", "named"),
    [
        ((), 1, ()),
        (("investigation",), 1, ()),
        (("capa_plan",), 1, ()),
        (("document",), 2, (QUINN,)),
        (("document", "training"), 3, (QUINN, RUTH)),
        (("document", "document"), 2, (QUINN,)),
        (("event",), 4, (QUINN, RUTH, SAM, TOM)),
        (("document", "investigation"), 2, (QUINN,)),
    ],
)
def test_a_change_takes_the_strictest_policy_of_its_kinds(kinds: tuple[str, ...], required: int, named: tuple[Member, ...]) -> None:
    policy = approvers_of.policy(cases.organisation(approval_policy=SETTINGS), kinds, ids(QUINN), TODAY)
    assert (policy.required, policy.named) == (required, tuple(one.person_id for one in named))
    assert (policy.qa, policy.today) == (ids(QUINN), TODAY)


def test_without_a_policy_one_signature_of_any_qa_is_needed() -> None:
    policy = approvers_of.policy(cases.organisation(), ["document"], ids(QUINN), TODAY)
    assert (policy.required, policy.named, policy.delegations) == (1, (), ())


def test_delegates_are_read_from_the_settings() -> None:
    row = {"approver_id": str(RUTH.person_id), "delegate_id": str(QUINN.person_id), "starts_on": "2026-11-22", "ends_on": "2026-11-30"}
    policy = approvers_of.policy(cases.organisation(approval_policy={"document": {"delegates": [row]}}), ["document"], ids(QUINN), TODAY)
    assert policy.delegations == (delegation(RUTH, QUINN, TODAY, TODAY + 8 * DAY),)


def test_the_policy_is_frozen_at_submission() -> None:
    waits = round_of(approvers(QUINN, RUTH, SAM, required=2, named=(QUINN,)))
    today = approvers(QUINN, RUTH, SAM, TOM, required=1, named=(TOM,))
    frozen = approvals.policy_at_submission(today, approvals.request_of(waits))
    assert (frozen.required, frozen.named) == (2, (QUINN.person_id,))
    assert frozen.qa == today.qa


@pytest.mark.parametrize(
    ("signed", "by", "why_not"),
    [
        ((), QUINN, None),
        ((), RUTH, None),
        ((RUTH,), QUINN, None),
        ((RUTH,), SAM, "The signatures still missing are those of the named approvers."),
        ((QUINN,), SAM, None),
    ],
)
def test_a_place_that_belongs_to_a_named_approver_stays_theirs(signed: tuple[Member, ...], by: Member, why_not: str | None) -> None:
    waits = cases.signed(round_of(approvers(QUINN, RUTH, SAM, required=2, named=(QUINN,))), *signed)
    assert approvals.request_of(waits).why_not_by(waits, by) == why_not


@pytest.mark.parametrize(
    ("required", "named", "signed", "by", "last"),
    [
        (1, (), (), QUINN, True),
        (2, (), (), QUINN, False),
        (2, (), (RUTH,), QUINN, True),
        (3, (), (RUTH,), QUINN, False),
        (2, (QUINN,), (RUTH,), QUINN, True),
        (2, (QUINN,), (), QUINN, False),
        (2, (QUINN,), (QUINN,), SAM, True),
        (2, (QUINN, RUTH), (QUINN,), RUTH, True),
        (1, (QUINN,), (), SAM, False),
    ],
)
def test_the_last_signature_is_the_one_that_leaves_nothing_missing(
    required: int, named: tuple[Member, ...], signed: tuple[Member, ...], by: Member, last: bool
) -> None:
    waits = cases.signed(round_of(approvers(QUINN, RUTH, SAM, required=required, named=named)), *signed)
    assert approvals.request_of(waits).complete_with(waits, by) == last
    assert approvals.verdict(waits, by) == ("approve" if last else "sign")


def test_a_delegate_signs_in_their_own_name_for_the_one_who_is_named() -> None:
    waits = round_of(approvers(QUINN, SAM, named=(RUTH,), delegations=(delegation(RUTH, QUINN),)))
    request = approvals.request_of(waits)
    assert request.on_behalf_of(waits, QUINN) == RUTH.person_id
    assert request.on_behalf_of(waits, SAM) is request.on_behalf_of(waits, RUTH) is None
    made = cases.under(waits, QUINN)
    assert (made.person_id, made.on_behalf_of, made.printed_name) == (QUINN.person_id, RUTH.person_id, "Quinn")
    assert request.missing((made,)) == ()
    assert request.complete_with(waits, QUINN)


def test_a_named_approver_signs_for_themselves_first() -> None:
    waits = round_of(
        approvers(QUINN, RUTH, named=(QUINN, RUTH), required=2, delegations=(delegation(RUTH, QUINN), delegation(QUINN, RUTH)))
    )
    for by in (QUINN, RUTH):
        assert approvals.request_of(waits).on_behalf_of(waits, by) is None


def test_a_delegate_takes_the_place_that_nobody_else_can_fill() -> None:
    hands = (delegation(RUTH, QUINN), delegation(RUTH, TOM), delegation(SAM, QUINN))
    waits = round_of(approvers(QUINN, TOM, required=2, named=(RUTH, SAM), delegations=hands))
    assert approvals.request_of(waits).on_behalf_of(waits, QUINN) == SAM.person_id
    signed = cases.signed(waits, QUINN)
    assert approvals.request_of(waits).on_behalf_of(signed, TOM) == RUTH.person_id
    assert approvals.verdict(signed, TOM) == "approve"


def test_a_named_approver_leaves_their_own_place_to_a_delegate_where_only_they_can_fill_another() -> None:
    hands = (delegation(QUINN, TOM), delegation(RUTH, QUINN))
    waits = round_of(approvers(QUINN, TOM, required=2, named=(QUINN, RUTH), delegations=hands))
    assert approvals.request_of(waits).on_behalf_of(waits, QUINN) == RUTH.person_id
    assert approvals.request_of(waits).on_behalf_of(waits, TOM) == QUINN.person_id


def test_an_author_is_nobodys_delegate() -> None:
    waits = round_of(approvers(QUINN, SAM, RUTH, named=(RUTH,), delegations=(delegation(RUTH, QUINN),)), QUINN)
    assert approvals.request_of(waits).on_behalf_of(waits, QUINN) is None


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ACTION_OWNER, Role.INSPECTOR, None])
def test_a_delegate_must_be_qa_themselves(role: Role | None) -> None:
    other = cases.member("Vera", role)
    policy = approvers(QUINN, named=(RUTH,), delegations=(delegation(RUTH, other),))
    assert policy.why_not(()) == NAMED_GONE
