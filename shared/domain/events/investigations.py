"""Investigations: the causes of events, their extent and the evidence (ISO 13485 8.5.2, ICH Q10 3.2.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from shared.domain.kernel import text
from shared.domain.kernel.arguments import REASON
from shared.domain.kernel.content import Choice, Content, Fields, FileId, ListOf, Text, Tree, Type
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.untyped import as_list, as_object
from shared.domain.kernel.workflow import SAME, Actor, Gate, Phase, Step, Workflow
from shared.domain.people.people import ACTION_OWNERS, QA
from shared.domain.records.dossiers import NOT_CONTRIBUTOR, Dossier, not_in_approval
from shared.domain.records.kind import Kind


class Status(StrEnum):
    """The status of an investigation."""

    OPEN = "open"
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"


S = Status
CATEGORIES = ("man", "machine", "method", "material", "measurement", "environment")  # Ishikawa's six
METHODS = ("5_whys", "fishbone", "both", "other")
CERTAINTIES = ("confirmed", "probable", "not_found")
WHYS, BONES = 10, 5  # levels of a why-tree, and of the causes on one bone of a fishbone
WIDEST = 20  # answers to one why
CLOSED_EVENT = "closed"  # the status of an event that a change closed (events.Status)
NODE: Mapping[str, Type] = {"text": Text(text.REASON), "evidence": Text(text.REASON), "file_ids": ListOf(FileId(), 20)}
CONTENT = Fields(
    method=Choice(METHODS),
    problem_statement=Text(text.PROSE),
    why_tree=Tree("because", WHYS, WIDEST, **NODE),
    fishbone=Fields(**{category: ListOf(Tree("because", BONES, WIDEST, **NODE), 50) for category in CATEGORIES}),
    root_causes=ListOf(
        Fields(
            category=Choice(CATEGORIES),
            description=Text(text.REASON),
            certainty=Choice(CERTAINTIES),
            justification=Text(text.REASON),
        ),
        20,
    ),
    extent=Text(text.PROSE),
    conclusion=Text(text.PROSE),
    form_version=Text(text.NAME),
    attachments=ListOf(FileId(), 50),
)
InvestigationContent = Annotated[dict[str, Any], CONTENT]


def _no_event_closed(found: Dossier, _: Actor) -> Sentence | None:
    """Why it can't be reopened: an event was closed on its conclusion."""
    closed = tuple(one.number for one in found.related if one.type == "investigated_in" and not one.outgoing and one.status == CLOSED_EVENT)
    if not closed:
        return None
    return Sentence("event_closed_on_it", "{events} was closed on this conclusion; reopen that first (reopen_event).", events=closed)


WORKFLOW = Workflow[Dossier](
    "investigation",
    "investigation",
    {S.OPEN: Phase.OPEN, S.CONCLUDED: Phase.DONE, S.CANCELLED: Phase.ENDED},
    #    step         from             to           who                    gate          function           signature   needs
    Step("edit", (S.OPEN,), SAME, ACTION_OWNERS, Gate.DIRECT, "edit_record", None, (not_in_approval,)),
    Step("conclude", (S.OPEN,), S.CONCLUDED, ACTION_OWNERS, Gate.CHANGE, "propose_change", version=True),
    Step(
        "cancel",
        (S.OPEN,),
        S.CANCELLED,
        QA & NOT_CONTRIBUTOR,
        Gate.SIGNED,
        "cancel_investigation",
        "cancelled",
        (not_in_approval,),
        told=REASON,
    ),
    Step("reopen", (S.CONCLUDED,), S.OPEN, QA, Gate.SIGNED, "reopen_investigation", "reopened", (_no_event_closed,), told=REASON),
)


def unmet(found: Dossier, step: str, given: Content, _today: date) -> list[Sentence]:
    """One sentence for each thing that an investigation lacks before it is concluded."""
    if step != "conclude":
        return []
    number, needs = found.record.number, []
    causes = [as_object(one) for one in as_list(given.get("root_causes"))]
    if not causes:
        needs.append(
            Sentence(
                "root_causes_needed",
                "{number} needs its root causes (root_causes); where none was found, one that says so (not_found).",
                number=number,
            )
        )
    for place, cause in enumerate(causes, start=1):
        needs += _missing(number, place, cause)
    if not given.get("extent"):
        needs.append(Sentence("extent_needed", "{number} needs its extent: what else is affected.", number=number))
    if not given.get("conclusion"):
        needs.append(Sentence("conclusion_needed", "{number} needs a conclusion.", number=number))
    if not (given.get("attachments") or any(node.get("evidence") or node.get("file_ids") for node in nodes(given))):
        needs.append(
            Sentence(
                "investigation_evidence_needed",
                "{number} needs evidence: on a node of the why-tree or the fishbone, or attached.",
                number=number,
            )
        )
    return needs


def _missing(number: str, place: int, cause: Mapping[str, object]) -> list[Sentence]:
    """One sentence for each thing that a root cause lacks; human error needs a justification (EU GMP chapter 1, 1.4(xiv))."""
    said, at = str(cause.get("description") or ""), {"number": number, "place": place}
    found = [] if said else [Sentence("cause_needs_description", "{number}: root cause {place} needs a description.", **at)]
    if cause.get("certainty") is None:
        found.append(
            Sentence(
                "cause_needs_certainty", "{number}: root cause {place} needs its certainty: {certainties}.", certainties=CERTAINTIES, **at
            )
        )
    if cause.get("category") is None and cause.get("certainty") != "not_found":
        found.append(
            Sentence("cause_needs_category", "{number}: root cause {place} needs a category: {categories}.", categories=CATEGORIES, **at)
        )
    human = cause.get("category") == "man" or "human error" in said.casefold()
    if human and not cause.get("justification"):
        found.append(
            Sentence(
                "cause_blames_person",
                "{number}: root cause {place} blames a person: justify why it isn't the process, the training or the equipment"
                " (justification).",
                **at,
            )
        )
    return found


def nodes(given: Content) -> Iterator[Mapping[str, object]]:
    """Every node of the why-tree and of the fishbone."""
    bones = as_object(given.get("fishbone")).values()
    waiting = [given.get("why_tree"), *(node for bone in bones for node in as_list(bone))]
    while waiting:
        if node := as_object(waiting.pop()):
            yield node
            waiting += as_list(node.get("because"))


KIND = Kind(WORKFLOW, CONTENT, {None: "INV"}, unmet=unmet)
