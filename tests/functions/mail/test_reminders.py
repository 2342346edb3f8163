"""Reminders through the function's own door: one digest a person, in their language, once, and on a working morning only."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from tests.builders import Colleague, Company, as_superuser, at_once, document, effective_document, event, mails, submitted, triage
from tests.functions.deliveries import Deliver, deliver, slot
from tests.functions.mail.mornings import AWAKE, HOUR, awake, today
from tests.product import Answer, Product
from tests.product import own_product as product

__all__ = ["deliver", "product"]

NIGHT = next(zone for hours in range(-12, 15) if 1 <= (HOUR + hours) % 24 <= 5 for zone in [f"Etc/GMT{-hours:+d}"])


def owes(product: Product, firm: Company, who: Colleague, record: dict[str, Any], days: int) -> str:
    """An open assignment that is due so many days from today; its id."""
    made = str(uuid4())
    sql = (
        "insert into assignments (organisation_id, id, record_id, version, person_id, cause, due_on)"
        " values (:o, :id, :record, 1, :person, 'test', :due)"
    )
    as_superuser(product, sql, firm.id, o=firm.id, id=made, record=record["id"], person=who.id, due=today() + timedelta(days=days))
    return made


def digests(product: Product, who: Colleague) -> list[dict[str, Any]]:
    """The digests owed to a person, newest first."""
    return [facts for template, facts in mails(product, who.email) if template == "reminder_digest"]


def things(product: Product, who: Colleague) -> list[tuple[str, str, str]]:
    """What the one digest that a person got tells: what is to be done, to whom as what, and the day."""
    [digest] = digests(product, who)
    return [(one["what"], one["told"], one["due_on"]) for one in digest["things"]]


def another_day(product: Product, firm: Company, days: int = 1) -> None:
    """The last digests went out so many days ago."""
    sql = "update reminder_days set day = cast(:today as date) - :days::int, since = cast(:today as date) - :days::int - 1"
    as_superuser(product, f"{sql} where organisation_id = :o", firm.id, today=today(), days=days, o=firm.id)


def day(days: int) -> str:
    return str(today() + timedelta(days=days))


def test_each_person_gets_one_digest_in_their_language_and_nothing_the_second_time(product: Product, deliver: Deliver) -> None:
    firm = awake(product, "qa", "action_owner", "operator")
    record = effective_document(firm.action_owner, firm.qa)
    for who, language in ((firm.operator, "nl"), (firm.action_owner, "fr")):
        who.post("update_me", language=language).ok
        owes(product, firm, who, record, 3)
    counts = deliver("send_reminders", slot()).ok
    assert counts["mails"] >= 2
    assert things(product, firm.operator) == [("learn", "owner", day(3))]
    languages = dict(as_superuser(product, "select to_email, language from mails where template = 'reminder_digest'"))
    assert (languages[firm.operator.email], languages[firm.action_owner.email]) == ("nl", "fr")
    assert digests(product, firm.qa) == [], "who has nothing to do gets nothing"
    for minutes in (1, 2):
        assert deliver("send_reminders", slot(minutes)).ok["mails"] == 0
    assert len(digests(product, firm.operator)) == 1
    another_day(product, firm)
    assert deliver("send_reminders", slot(3)).ok["mails"] >= 2, "another day tells of its own milestones"


def test_ten_at_once_owe_each_digest_once(product: Product, deliver: Deliver) -> None:
    firm = awake(product, "qa", "action_owner", "operator")
    owes(product, firm, firm.operator, effective_document(firm.action_owner, firm.qa), 0)
    product.client("send_reminders")

    def send(number: int, own: Product) -> Answer:
        return deliver("send_reminders", slot(10 + number), own)

    answers = at_once(product, *(partial(send, number) for number in range(10)))
    assert {one.status for one in answers} <= {200, 503}
    assert len(digests(product, firm.operator)) == 1


def test_quiet_days_put_off_and_what_fell_on_them_is_told_on_the_next_working_day(product: Product, deliver: Deliver) -> None:
    firm = awake(product, "qa", "action_owner", "operator", holidays=[str(today())])
    record = effective_document(firm.action_owner, firm.qa)
    owes(product, firm, firm.operator, record, -1)
    as_superuser(
        product,
        "insert into reminder_days (organisation_id, day, since) values (:o, :day, :since)",
        firm.id,
        o=firm.id,
        day=today() - timedelta(days=3),
        since=today() - timedelta(days=4),
    )
    deliver("send_reminders", slot()).ok
    assert digests(product, firm.operator) == [], "a holiday"
    weekday = today().strftime("%A").lower()
    firm.admin.post("update_organisation", holidays=[], weekend=[weekday]).ok
    deliver("send_reminders", slot(1)).ok
    assert digests(product, firm.operator) == [], "a weekend"
    firm.admin.post("update_organisation", weekend=[], time_zone=NIGHT).ok
    deliver("send_reminders", slot(2)).ok
    assert digests(product, firm.operator) == [], "night"
    firm.admin.post("update_organisation", time_zone=AWAKE).ok
    deliver("send_reminders", slot(3)).ok
    assert things(product, firm.operator) == [("learn", "owner", day(-1))]


def test_what_is_long_overdue_is_told_to_qa_and_then_to_the_admins_but_not_to_themselves(product: Product, deliver: Deliver) -> None:
    firm = awake(product, "qa", "second_qa", "action_owner", "operator")
    record, other = (effective_document(firm.action_owner, firm.qa, title) for title in ("One", "Two"))
    owes(product, firm, firm.operator, record, -8)
    owes(product, firm, firm.qa, record, -8)
    owes(product, firm, firm.operator, other, -15)
    deliver("send_reminders", slot()).ok
    assert things(product, firm.qa) == [("learn", "owner", day(-8)), ("learn", "qa", day(-8))]
    assert things(product, firm.second_qa) == [("learn", "qa", day(-8))] * 2
    assert things(product, firm.admin) == [("learn", "admins", day(-15))]
    [digest] = digests(product, firm.admin)
    assert digest["things"][0]["person"] == firm.operator.get("get_me").ok["name"]


def test_who_unsubscribed_gets_what_is_mandatory_only(product: Product, deliver: Deliver) -> None:
    firm = awake(product, "qa", "action_owner", "operator")
    record, other, third = (effective_document(firm.action_owner, firm.qa, title) for title in ("One", "Two", "Three"))
    firm.action_owner.post("update_me", unsubscribed=["marketing"]).refused(422, "mandatory")
    me = firm.action_owner.post("update_me", unsubscribed=["early_reminders", "document_reviews"]).ok["person"]
    assert me["unsubscribed"] == ["document_reviews", "early_reminders"]
    for who in (firm.action_owner, firm.operator):
        owes(product, firm, who, record, 10)
        owes(product, firm, who, other, 3)
        owes(product, firm, who, third, -1)
    as_superuser(product, "update records set due_on = :day where id = :id", firm.id, day=today(), id=record["id"])
    deliver("send_reminders", slot()).ok
    assert things(product, firm.operator) == [("learn", "owner", day(days)) for days in (-1, 3, 10)]
    assert things(product, firm.action_owner) == [("learn", "owner", day(-1))]
    firm.action_owner.post("update_me", unsubscribed=[]).ok
    another_day(product, firm)
    deliver("send_reminders", slot(1)).ok
    assert {one["what"] for one in digests(product, firm.action_owner)[0]["things"]} == {"learn", "review"}


def test_an_approval_reminds_those_whose_signature_would_count(product: Product, deliver: Deliver) -> None:
    firm = awake(product, "qa", "second_qa", "third_qa", "action_owner")
    free = submitted(firm.action_owner, document(firm.action_owner, "Free")["change"])["approval_request"]
    own = submitted(firm.third_qa, document(firm.third_qa, "Own")["change"])["approval_request"]
    until = datetime.now(ZoneInfo(AWAKE)).replace(hour=23, minute=59) + timedelta(days=3)
    as_superuser(product, "update approval_requests set expires_at = :at where organisation_id = :o", firm.id, at=until, o=firm.id)
    named = "update approval_requests set approver_ids = array[:who::uuid] where id = :id"
    as_superuser(product, named, firm.id, who=firm.qa.id, id=own["id"])
    window = {"starts_on": day(0), "ends_on": day(1)}
    policy = {"document": {"delegates": [{"approver_id": firm.qa.id, "delegate_id": firm.second_qa.id, **window}]}}
    firm.admin.post("update_organisation", approval_policy=policy).ok
    deliver("send_reminders", slot()).ok
    told = {name: {one["id"] for one in digests(product, firm.people[name])[0]["things"]} for name in ("qa", "second_qa", "third_qa")}
    assert told == {"qa": {free["id"], own["id"]}, "second_qa": {free["id"], own["id"]}, "third_qa": {free["id"]}}
    assert digests(product, firm.action_owner) == []


def test_invitations_and_reviews_remind_who_sent_and_who_owns_them(product: Product, deliver: Deliver) -> None:
    firm = awake(product, "qa", "action_owner")
    record = effective_document(firm.action_owner, firm.qa)
    firm.admin.post("invite_member", email="new@test.qfacts.example", role="operator").ok
    until = datetime.now(ZoneInfo(AWAKE)).replace(hour=12) + timedelta(days=3)
    as_superuser(product, "update invitations set expires_at = :at where organisation_id = :o", firm.id, at=until, o=firm.id)
    as_superuser(product, "update records set due_on = :day where id = :id", firm.id, day=today(), id=record["id"])
    deliver("send_reminders", slot()).ok
    assert things(product, firm.admin) == [("renew_invitation", "owner", day(3))]
    assert things(product, firm.action_owner) == [("review", "owner", day(0))]


def test_actions_and_requests_for_more_time_remind_who_must_act(product: Product, deliver: Deliver) -> None:
    firm = awake(product, "qa", "action_owner")
    record, action = effective_document(firm.action_owner, firm.qa), str(uuid4())
    as_superuser(
        product,
        "insert into actions (organisation_id, id, record_id, key, number, kind, description, owner_id, due_on, original_due_on)"
        " values (:o, :id, :record, 'a1', 'CAPA-1/a1', 'corrective', 'Replace the jaw', :owner, :due, :due)",
        firm.id,
        o=firm.id,
        id=action,
        record=record["id"],
        owner=firm.action_owner.id,
        due=today() + timedelta(days=3),
    )
    as_superuser(
        product,
        "insert into extensions (organisation_id, id, action_id, requested_by, reason, due_on_before, due_on)"
        " values (:o, :id, :action, :by, 'The part is late', :due, :later)",
        firm.id,
        o=firm.id,
        id=str(uuid4()),
        action=action,
        by=firm.action_owner.id,
        due=today() + timedelta(days=3),
        later=today() + timedelta(days=9),
    )
    deliver("send_reminders", slot()).ok
    assert things(product, firm.action_owner) == [("act", "owner", day(3))]
    assert things(product, firm.qa) == [("decide_extension", "owner", day(3))]
    assert digests(product, firm.qa)[0]["things"][0]["number"] == "CAPA-1/a1"


def test_what_somebody_is_told_of_in_their_digest_stands_there_once(product: Product, deliver: Deliver) -> None:
    firm = awake(product, "qa", "second_qa", "action_owner")
    firm.qa.post("set_telling", what="triage", way="in_digest").ok
    made, gone = event(firm.action_owner), event(firm.action_owner, "Another seal")
    triage(firm.second_qa, gone).ok
    deliver("send_reminders", slot()).ok
    [digest] = digests(product, firm.qa)
    assert [(one["what"], one["id"]) for one in digest["things"]] == [("triage", made["id"])], "what is done isn't told"
    told_of = {one["what"] for facts in digests(product, firm.second_qa) for one in facts["things"] if one["due_on"] == day(3)}
    assert told_of == {"triage"}, "a milestone of a thing that is due in three days"
    as_superuser(product, "update records set status_since = now() - interval '2 days' where id = :id", firm.id, id=made["id"])
    another_day(product, firm)
    deliver("send_reminders", slot(1)).ok
    assert len(digests(product, firm.qa)) == 1


def test_who_chose_not_to_be_told_isnt_reminded_but_of_what_escalates(product: Product, deliver: Deliver) -> None:
    firm = awake(product, "qa", "second_qa", "action_owner")
    record = effective_document(firm.action_owner, firm.qa)
    firm.action_owner.post("set_telling", what="review", way="not").ok
    firm.qa.post("set_telling", what="review", way="not").ok
    as_superuser(product, "update records set due_on = :day where id = :id", firm.id, day=day(-8), id=record["id"])
    deliver("send_reminders", slot()).ok
    assert digests(product, firm.action_owner) == []
    assert things(product, firm.qa) == things(product, firm.second_qa) == [("review", "qa", day(-8))]


def test_nobody_is_told_who_left_nor_of_what_is_done(product: Product, deliver: Deliver) -> None:
    firm = awake(product, "qa", "action_owner", "operator")
    record, other = (effective_document(firm.action_owner, firm.qa, title) for title in ("One", "Two"))
    owes(product, firm, firm.operator, record, 0)
    done = owes(product, firm, firm.action_owner, record, 0)
    owes(product, firm, firm.action_owner, other, 1)
    sql = "update assignments set status = 'withdrawn', closed_at = now() where id = :id"
    as_superuser(product, sql, firm.id, id=done)
    as_superuser(product, "update members set status = 'deactivated' where person_id = :id", firm.id, id=firm.operator.id)
    deliver("send_reminders", slot()).ok
    assert digests(product, firm.operator) == digests(product, firm.action_owner) == []


def test_a_long_digest_lists_fifty_and_counts_the_rest(product: Product, deliver: Deliver) -> None:
    firm = awake(product, "qa", "action_owner", "operator")
    record = effective_document(firm.action_owner, firm.qa)
    sql = (
        "insert into actions (organisation_id, id, record_id, key, number, kind, description, owner_id, due_on, original_due_on)"
        " select :o, gen_random_uuid(), :record, 'a' || n, 'CAPA-1/a' || n, 'corrective', 'Do it', :owner, :due, :due"
        " from generate_series(1, 60) n"
    )
    as_superuser(product, sql, firm.id, o=firm.id, record=record["id"], owner=firm.action_owner.id, due=today())
    deliver("send_reminders", slot()).ok
    [digest] = digests(product, firm.action_owner)
    assert (len(digest["things"]), digest["count"]) == (50, "60")


def test_pages_of_people_leave_nobody_out(product: Product, deliver: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.queries import reminders as store

    monkeypatch.setattr(store, "PAGE", 2)
    firm = awake(product, "qa", "second_qa", "action_owner", "operator")
    record = effective_document(firm.action_owner, firm.qa)
    for who in firm.people.values():
        owes(product, firm, who, record, 0)
    deliver("send_reminders", slot()).ok
    assert [len(digests(product, who)) for who in firm.people.values()] == [1] * 5


def test_one_company_never_reads_of_another(product: Product, deliver: Deliver) -> None:
    ours, theirs = awake(product, "qa", "action_owner"), awake(product, "qa", "action_owner")
    for firm in (ours, theirs):
        owes(product, firm, firm.action_owner, effective_document(firm.action_owner, firm.qa), -8)
    deliver("send_reminders", slot()).ok
    for firm in (ours, theirs):
        assert [one["person"] for one in digests(product, firm.qa)[0]["things"]] == [firm.action_owner.get("get_me").ok["name"]]
