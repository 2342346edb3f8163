"""Where each kind of thing that waits stands in the database, and whom the relations of a step bar, in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shared.db import words
from shared.db.sql import sql
from shared.domain.capa import actions, capa_plans, extensions
from shared.domain.changes import changes
from shared.domain.events import events
from shared.domain.kernel.values import dataclass
from shared.domain.people import invitations
from shared.domain.trainings import assignments
from shared.domain.waiting.waits import LAPSE_SEEN_DAYS, OR_ELSE, POOLED, REVIEW_SEEN_DAYS, Condition, Holder, Wait
from shared.queries.names import NAME
from shared.queries.proposals import AUTHORS_AND_SIGNERS

NO_ONE: Final = "array[]::uuid[]"
# Those whom a relation of the step bars, by the kind of thing and the relation's name.
BARRED: Mapping[tuple[str, str], str] = {
    (events.WORKFLOW.kind, "not_reporter"): "array[x.created_by]",
    (capa_plans.WORKFLOW.kind, "not_contributor"): "array(select w.person_id from contributors w where w.record_id = x.id)",
    (
        capa_plans.WORKFLOW.kind,
        "not_doer",
    ): "array(select a.completed_by from actions a where a.record_id = x.id and a.completed_by is not null)",
    (actions.WORKFLOW.kind, "not_doer"): "array_remove(array[x.owner_id, x.completed_by], null)",
    (assignments.WORKFLOW.kind, "not_learner"): "array[x.person_id]",
    (assignments.WORKFLOW.kind, "trainer"): NO_ONE,  # a pool only where the training names nobody
    (extensions.WORKFLOW.kind, "not_requester"): "array_remove(array[x.requested_by, a.owner_id, g.person_id, r.owner_id], null)",
    (changes.WORKFLOW.kind, "not_author"): AUTHORS_AND_SIGNERS,
    (changes.WORKFLOW.kind, "not_signed"): NO_ONE,  # among the former
}
# Who wrote a change never closes it; who signed under it may.
AUTHORS = (
    "array(select a.person_id from change_authors a where a.change_id = x.id"
    " union select w.person_id from present_items i join contributors w on w.organisation_id = i.organisation_id"
    " and w.record_id = i.record_id where i.change_id = x.id)"
)
BARRED_FROM: Mapping[tuple[str, str], str] = {("close_change", "not_author"): AUTHORS}  # by the wait, where it differs
# A training pauses while its material must not be used.
GOES_ON = (
    "not exists (select from versions p where p.organisation_id = x.organisation_id and p.record_id = x.document_id"
    f" and p.version = x.document_version and p.status in {words.HELD_STATUS})"
)
CONDITIONS: Mapping[Condition, str] = {
    Condition.ALWAYS: "true",
    Condition.TO_REPORT: "x.content #>> '{reportable,decision}' = 'yes' and x.content #>> '{reportable,reference}' is null",
    Condition.ACTIONS_LEFT: "exists (select from actions a where a.record_id = x.id and a.closed_at is null)",
    Condition.ACTIONS_DONE: "not exists (select from actions a where a.record_id = x.id and a.closed_at is null)",
    Condition.REVIEW_NEAR: f"x.due_on <= :today::date + {REVIEW_SEEN_DAYS}",
    Condition.TO_SIGN: f"x.learner_signed_at is null and {GOES_ON}",
    Condition.TO_ASSESS: f"x.learner_signed_at is not null and {GOES_ON}",
    Condition.LAPSE_NEAR: f"(x.expires_at < (:today::date + {LAPSE_SEEN_DAYS + 1})::timestamp at time zone :zone or s.at is not null)",
    Condition.TO_CLOSE: "x.follow_ups <> '[]' and not exists (select from actions a where a.change_id = x.id and a.closed_at is null)",
    Condition.DAY_CAME: "x.effective_on < :today::date",
    Condition.UNREACHED: "true",  # only such members stand in its source
}
TRAINED = (
    "assignments x join records r on r.organisation_id = x.organisation_id and r.id = x.record_id"
    " join versions v on v.organisation_id = x.organisation_id and v.record_id = x.record_id and v.version = x.version"
    # Who may assess it; where the training names nobody who can, QA does.
    " left join members y on y.organisation_id = x.organisation_id and y.person_id = cast(v.content ->> 'trainer_id' as uuid)"
    f" and y.person_id <> x.person_id and y.status = {words.ACTIVE} and y.role in {words.LEARNERS}"
)


# The last reason why mail to an address isn't sent any more.
STOPPED = (
    "(select s.at from mail_suppressions s where s.organisation_id = x.organisation_id and s.address_sha256 = address_digest({})"
    " and s.lifted_at is null order by s.at desc limit 1)"
)
INVITED = (
    f"invitations x left join lateral (select {STOPPED.format('x.email')} as at) s on true"
    " left join members y on y.organisation_id = x.organisation_id and y.person_id = x.invited_by and y.admin"
    f" and y.status = {words.ACTIVE}"
)
# From the few addresses whose mail stopped to the members, not the other way round.
UNREACHED = (
    "(select s.organisation_id, s.address_sha256, max(s.at) as at from mail_suppressions s where s.lifted_at is null"
    " and s.organisation_id = cast(current_setting('app.organisation_id') as uuid) group by 1, 2) s"
    " join people p on address_digest(p.email) = s.address_sha256"
    " join members x on x.organisation_id = s.organisation_id and x.person_id = p.id"
)


@dataclass(frozen=True)
class Source:
    """Where things of a kind stand: SQL for what is told of one, `x`.

    `alone` is its table without what only tells more. `day` is its own day, a date or text in the form of one,
    and `moment` the moment on whose day it is due; where `always`, each has one.
    """

    table: str
    kind: str
    id: str = "x.id"
    number: str = "x.number"
    title: str = "x.title"
    owner: str = "x.owner_id"
    team: str = "null::uuid"
    record: str = "null::uuid"
    since: str = "x.created_at"
    day: str = ""
    moment: str = ""
    always: bool = False
    alone: str = ""
    where: str = ""


SINCE_CHANGED = "coalesce(x.status_since, x.updated_at)"
# Where it isn't since the thing's own beginning, and where the day is one that content gives: by the name of the wait.
SINCE_OF: Mapping[str, str] = {
    "review": f"(x.due_on - {REVIEW_SEEN_DAYS})::timestamp at time zone :zone",
    "assess": "x.learner_signed_at",
    "reassign": "x.updated_at",
    "verify_action": "x.completed_at",
    "hindered_change": "x.effective_on::timestamp at time zone :zone",
}
DAY_OF: Mapping[str, str] = {
    "report_to_authority": "(x.content #>> '{reportable,deadline}') collate \"C\"",
    "check_effectiveness": "(x.content #>> '{effectiveness,not_before}') collate \"C\"",
}


def source_of(wait: Wait) -> Source:
    """Where the things of a row of the table stand."""
    kind = wait.workflow.kind
    named = words.quoted(kind)
    if kind == actions.WORKFLOW.kind:
        return Source(
            "actions x",
            named,
            title="left(x.description, 300)",
            record="x.record_id",
            day="x.due_on",
            always=True,
            where="x.closed_at is null and ",
        )
    if kind == assignments.WORKFLOW.kind:
        return Source(
            TRAINED,
            named,
            alone="assignments x",
            number="r.number",
            title="r.title",
            record="x.record_id",
            day="x.due_on",
            always=True,
            where="x.closed_at is null and ",
        )
    if kind == extensions.WORKFLOW.kind:
        about = "coalesce(x.record_id, a.record_id, g.record_id)"
        return Source(
            sql("extended"),
            named,
            alone="extensions x",
            number="coalesce(a.number, r.number, c.number)",
            title="left(x.reason, 300)",
            record=about,
            day="x.due_on_before",
            always=True,
            where="x.decided_at is null and ",
        )
    if kind == invitations.WORKFLOW.kind:
        return Source(INVITED, named, number="''", title="x.email", moment="x.expires_at", always=True)
    if kind == invitations.MAILBOXES.kind:
        return Source(UNREACHED, named, id="x.person_id", number="''", title=NAME.replace("m.", "x."), since="s.at")
    if wait.holder is Holder.SIGNERS:
        where = "x.closed_at is null and x.expires_at > now() and "
        return Source("approval_requests x", "'approval_request'", moment="x.expires_at", always=True, where=where)
    if kind == changes.WORKFLOW.kind:
        return Source("changes x", named, since=SINCE_CHANGED)
    where = f"x.kind = {named} and "
    return Source(
        "records x", named, team="x.team_id", record="x.id", since=SINCE_CHANGED, day=DAY_OF.get(wait.what, "x.due_on"), where=where
    )


def holder_of(wait: Wait, source: Source) -> str:
    """SQL for the person for whom a thing waits; null where it waits for a pool."""
    people = {Holder.OWNER: source.owner, Holder.LEARNER: "x.person_id", Holder.TRAINER: "y.person_id", Holder.INVITER: "y.person_id"}
    return people.get(wait.holder, "null::uuid")


def pool_of(wait: Wait) -> str:
    """SQL for the group for any of whom a thing waits; null where it waits for one person."""
    if wait.holder in OR_ELSE:
        return f"case when y.person_id is null then '{OR_ELSE[wait.holder]}' end"
    return f"'{POOLED[wait.holder]}'" if wait.holder in POOLED else "null"


def barred_of(wait: Wait) -> str:
    """SQL for those of the pool whom a relation of the step bars."""
    if wait.holder not in {*POOLED, *OR_ELSE}:
        return NO_ONE
    barred = [BARRED_FROM.get((wait.what, one.name)) or BARRED[wait.workflow.kind, one.name] for one in wait.row.who.relations]
    return " || ".join(barred) or NO_ONE


def since_of(wait: Wait, source: Source) -> str:
    """SQL for since when a thing waits."""
    return SINCE_OF.get(wait.what, source.since)


def statuses_of(wait: Wait) -> tuple[str, ...]:
    """The statuses in which it waits, as SQL."""
    return (words.OPEN_REQUEST,) if wait.holder is Holder.SIGNERS else tuple(map(words.quoted, wait.statuses))
