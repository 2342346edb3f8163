"""The effects on trainings of steps on people and records, as system steps in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from shared.domain.kernel.errors import Conflict, Invalid
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import replace
from shared.domain.records.kinds import KINDS
from shared.domain.trainings import audiences, trainings
from shared.queries.audiences import hold_audiences, hold_materials, learners_of, load_standing, load_standing_of_person
from shared.queries.links import links_between
from shared.queries.teams import missing_teams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.app.call import Call
    from shared.app.run import Run
    from shared.domain.changes.proposals import Proposal
    from shared.domain.records.dossiers import Dossier
    from shared.domain.trainings.audiences import Requirement, Standing

LEARNT = ("document", "training")


def settle_change(call: Call | Run, proposal: Proposal, cause: str, *, waits: bool = False) -> None:
    """Link, assign and withdraw trainings after a step of a change; where it `waits` for its day, for what is learnt before."""
    items = [item for item in proposal.items if item.kind in LEARNT and not (waits and item.step not in KINDS[item.kind].waits)]
    found = [proposal.dossiers[item.record_id].record for item in items]
    if not found:
        return
    documents = [record.id for record in found if record.kind == "document"]
    for item in items:
        if item.kind == "training":
            contents = (proposal.record(item.record_id).content, item.content)
            documents += [one for one in map(trainings.document_of, contents) if one is not None]
    if not waits and (former := trainings.former_material(proposal)):
        call.record(trainings.unlinked(links_between(call.tx, former, "trains"), cause))
    settle_records(call, [record.id for record in found], documents, cause)


def settle_records(call: Call | Run, records: Sequence[UUID], documents: Sequence[UUID], cause: str) -> None:
    """Begin and end the assignments to these records, and to the trainings on these documents."""
    hold_materials(call.tx, [*records, *documents])
    standing = load_standing(call.tx, records, documents)
    call.record(audiences.settle(standing, cause=cause, today=call.today, at=call.now))


def settle_person(call: Call, person_id: UUID, cause: str) -> None:
    """Begin and end the assignments of one person who joined, changed role or team, or left."""
    hold_audiences(call.tx)
    found = load_standing_of_person(call.tx, person_id)
    left = replace(found, requirements=found.requirements if found.learners else ())
    call.record(audiences.settle(left, cause=cause, today=call.today, at=call.now))


def by_hand(call: Call, found: Dossier, person_ids: Sequence[UUID], team_ids: Sequence[UUID]) -> tuple[Requirement, Standing, list[UUID]]:
    """The requirement of a training, the state of training, and the people that QA chose; raises Invalid naming who can't be trained."""
    record = found.record
    if team_ids and (missing := missing_teams(call.tx, team_ids)):
        raise Invalid("team_ids", Sentence("no_team_named", "There is no team {team} in this organisation.", team=missing[0]))
    chosen = [*dict.fromkeys((*person_ids, *(learners_of(call.tx, team_ids) if team_ids else ())))]
    if not chosen:
        raise Invalid("person_ids", Sentence("nobody_to_train", "Name people, or teams with members who can be trained."))
    material = trainings.document_of(record.content)
    hold_materials(call.tx, [record.id] if material is None else [record.id, material])
    standing = load_standing(call.tx, [record.id], people=chosen)
    for index, person in enumerate(person_ids):
        if person not in standing.learners:
            raise Invalid(
                f"person_ids.{index}",
                Sentence("cannot_be_trained", "This person isn't an active Operator, Action Owner or QA of this organisation."),
            )
    if record.status != trainings.Status.ACTIVE:
        raise Conflict(
            Sentence(
                "training_not_active",
                "{number} is {status}; only an active training is assigned.",
                number=record.number,
                status=Term(record.status),
            ),
            status=record.status,
        )
    need = next((one for one in standing.requirements if one.record_id == record.id), None)
    if need is None:
        raise Conflict(Sentence("material_not_approved", "The document that {number} is about isn't approved yet.", number=record.number))
    if need.held:
        raise Conflict(
            Sentence(
                "material_suspended", "The document that {number} is about is suspended; nobody begins to learn it.", number=record.number
            )
        )
    return need, standing, chosen
