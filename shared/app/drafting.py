"""What proposing, editing and creating share: a draft change and its items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from shared.app.call import Call
from shared.domain.changes import changes, follow_ups, proposals
from shared.domain.changes.items import drafts, file_rows, place, taken_out, voided
from shared.domain.documents import documents
from shared.domain.files.files import refuse_as_body
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.outcomes import Following, Outcome, saved
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.untyped import as_list, as_object
from shared.domain.kernel.values import replace, stated
from shared.domain.records.kind import Kind, begin
from shared.domain.records.kinds import KINDS
from shared.domain.records.records import responsible, title_of
from shared.domain.trainings import trainings
from shared.queries.dossiers import draw_number, load_dossiers, load_ends
from shared.queries.files import load_finished_files
from shared.queries.organisations import load_members
from shared.queries.proposals import drafted_elsewhere, load_proposal, title_for_change
from shared.queries.teams import missing_teams

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.domain.changes.follow_ups import FollowUp
    from shared.domain.changes.items import Given
    from shared.domain.changes.proposals import Change, Item, Proposal
    from shared.domain.kernel.content import Content
    from shared.domain.records.records import Record

PREFIX = "CHG"


def draft(
    call: Call,
    change_id: UUID | None,
    *,
    title: str,
    reason: str,
    effective_on: date | None = None,
    impact: str | None = None,
    risk: str | None = None,
    follow_ups: Sequence[FollowUp] = (),
) -> Change:
    """A new draft change, or the caller's own draft `change_id`, which is to hold one more record."""
    if change_id is not None:
        proposal = load_proposal(call.tx, change_id)
        call.match_if_sent(proposal.change)
        changes.WORKFLOW.permit("edit", proposal, call.member)
        beside = [item.record_id for item in proposal.items]
        title = title_of(proposal.record(beside[0]), len(beside) + 1, call.organisation.language) if beside else title
        joined = replace(proposal.change, title=title, updated_at=call.now)
        call.save(joined)  # a new etag, so that nobody submits a version they haven't seen
        return joined
    number = draw_number(call.tx, PREFIX, call.today)
    change, author = changes.propose(
        call.organisation.id,
        number=number,
        title=title,
        reason=reason,
        impact=impact,
        risk=risk,
        effective_on=effective_on,
        today=call.today,
        by=call.member,
        at=call.now,
    )
    change = replace(change, follow_ups=owed(call, follow_ups))
    call.save(change, author)
    return change


def owed(call: Call, given: Sequence[FollowUp]) -> tuple[Mapping[str, object], ...]:
    """Check the follow-ups of a change and their owners."""
    owners = load_members(call.tx, [one.owner_id for one in given]) if given else {}
    return follow_ups.checked(given, owners, call.today)


def put_items(call: Call, change: Change, given: Sequence[Given], present: Sequence[Item] | None = None) -> Proposal:
    """Add or update items of a change, make the caller an author, and return the change as it is now.

    `present` are all items that the change ever had, if the caller knows them.
    """
    if present is None:
        proposal = load_proposal(call.tx, change.id)
        present = (*proposal.items, *proposal.removed)
    dossiers = load_dossiers(call.tx, [one.record_id for one in given])
    owners = load_members(call.tx, [owner_id for one in given if (owner_id := stated(one.owner_id)) is not None])
    items = place(change, present, given, dossiers, owners, at=call.now)
    teams = [team_id for one in given if (team_id := stated(one.team_id)) is not None]
    if missing := missing_teams(call.tx, [*teams, *(team_id for item in items for team_id in _audience(item))]):
        raise Invalid("items", Sentence("no_team_named", "There is no team {team} in this organisation.", team=missing[0]))
    for item in items:
        check_named(call, item.kind, item.content, f"items.{item.position}.content")
    bases = [dossiers[item.record_id].record.content for item in items]
    check_owners(call, {f"items.{at}.content": (item.kind, bases[at], item.content) for at, item in enumerate(items)})
    author = proposals.Author(change.organisation_id, change.id, call.person.id, call.now)
    call.record(Outcome(saves=(author, *items, *file_rows(items), *drafts(items, dossiers, call.now))))
    return load_proposal(call.tx, change.id)


def take_out(call: Call, proposal: Proposal, record_ids: Sequence[UUID], given: Sequence[Given]) -> tuple[Change, tuple[Item, ...]]:
    """Remove records from a change, and call it by what is left and given; return the change and all items that it ever had.

    A record that existed only in the change becomes void.
    """
    gone = taken_out(proposal.items, record_ids, given)
    kept = [item for item in proposal.items if item.record_id not in record_ids]
    left = dict.fromkeys([*(one.record_id for one in kept), *(one.record_id for one in given)])
    change = proposal.change
    if [*left] != [item.record_id for item in proposal.items]:
        change = replace(change, title=title_for_change(call.tx, [*left]))
    if not gone:
        return change, (*proposal.items, *proposal.removed)
    lonely = voided(gone, proposal.dossiers, drafted_elsewhere(call.tx, change.id), call.now)
    follows = (Following("void", f"taking out of {change.number}", lonely),) if lonely else ()
    call.record(Outcome(saves=gone, follows=follows))
    return change, (*kept, *proposal.removed, *map(saved, gone))


def numbered(
    call: Call,
    of: Kind,
    title: str,
    of_type: str | None,
    given: Content,
    status: str,
    *,
    owner_id: UUID | None = None,
    team_id: UUID | None = None,
) -> Record:
    """A new record at version 0, with the next number of its kind; the caller's, unless they name another owner."""
    if owner_id is not None:
        responsible(load_members(call.tx, [owner_id]).get(owner_id), "owner_id")
    if team_id is not None and missing_teams(call.tx, [team_id]):
        raise Invalid("team_id", Sentence("no_such_team", "There is no such team."))
    number = draw_number(call.tx, of.prefixes[of_type], call.today)
    record = begin(
        of, call.organisation.id, number=number, title=title, of_type=of_type, given=given, status=status, by=call.member, at=call.now
    )
    return replace(record, owner_id=owner_id or record.owner_id, team_id=team_id)


def check_owners(call: Call, given: Mapping[str, tuple[str, Content, Content]]) -> None:
    """Raise Invalid if content assigns work to somebody who can't own it.

    `given` holds, by field, the kind, the record's present content and its update.
    """
    named = {
        f"{field}.{path}": person
        for field, (kind, base, laid) in given.items()
        for path, (_, person) in KINDS[kind].owners(base, laid).items()
    }
    found = load_members(call.tx, [*named.values()]) if named else {}
    for path, person in named.items():
        responsible(found.get(person), path)


def check_training(call: Call, given: Content, field: str) -> None:
    """Raise Invalid if a training names somebody who isn't an active member, or a document that doesn't exist."""
    people, document_id = trainings.people_of(given), trainings.document_of(given)
    found = load_members(call.tx, people) if people else {}
    for person in people:
        if person not in found or not found[person].active:
            part = "trainer_id" if str(person) == given.get("trainer_id") else "audience.person_ids"
            raise Invalid(
                f"{field}.{part}", Sentence("no_active_member", "There is no active member {person} in this organisation.", person=person)
            )
    end = load_ends(call.tx, document_id).get(document_id) if document_id else None
    if document_id is not None and (end is None or end.kind != "document"):
        raise Invalid(
            f"{field}.material.document_id",
            Sentence("no_document_named", "There is no document {document} in this organisation.", document=document_id),
        )


def check_named(call: Call, kind: str, given: Content, field: str = "content") -> None:
    """Raise Invalid if content names a file that doesn't exist or isn't finished; of a training, check its people and document too."""
    kept = {name: value for name, value in given.items() if value is not None}
    if kind == trainings.KIND.name:
        check_training(call, kept, field)
    found = load_finished_files(call.tx, [file_id for _, file_id in KINDS[kind].content.files("", kept)], field)
    if kind == documents.KIND.name:
        for name, file_id in documents.bodies(kept):
            refuse_as_body(found[file_id], f"{field}.{name}")


def _audience(item: Item) -> list[UUID]:
    """The teams in the audience of an item's content."""
    return [UUID(one) for one in as_list(as_object(item.content.get("audience")).get("team_ids"))]
