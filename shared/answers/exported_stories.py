"""The exports of a change and of a training assignment: their whole story, as JSON, CSV or PDF."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.change_items import ChangeItem
from shared.answers.changes import Material as OfChange
from shared.answers.changes import PlannedFollowUp, Round, change
from shared.answers.exports import (
    Exportable,
    ExportedEntry,
    ExportedFile,
    ExportedJson,
    ExportedOrganisation,
    Form,
    as_file,
    as_json,
    printed,
)
from shared.answers.parts import Named, Pointer
from shared.answers.records import Link
from shared.answers.rows import as_answer
from shared.answers.signatures import Signature
from shared.answers.trainings import Assignment, AssignmentBrief, QuizState
from shared.answers.trainings import Material as ToLearn
from shared.domain.kernel.canonical import Json
from shared.domain.kernel.errors import Conflict
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass
from shared.domain.people.organisations import Organisation
from shared.domain.reports import exports
from shared.domain.trainings import quizzes


class ExportedChange(TypedDict):
    """The change as it is now."""

    id: str
    kind: str
    number: str
    title: str
    status: str
    version: int
    round: int
    etag: str
    owner: Named | None
    authors: list[Named]
    reason: str
    impact: str | None
    risk: str | None
    effective_on: str | None
    follow_ups: list[PlannedFollowUp]
    created_at: str
    updated_at: str


class ChangeCounts(TypedDict):
    """The number of rows in each part of a change's export, as the database counts them."""

    items: int
    rounds: int
    approval_requests: int
    signatures: int
    attachments: int
    links: int
    comments: int
    actions: int
    extensions: int
    trail: int


class StoredFile(TypedDict):
    """A file that belongs to what is exported; download_file serves its bytes."""

    id: str
    filename: str
    media_type: str
    size: int
    sha256: str
    uploaded_by: Named | None
    uploaded_at: str | None


class ChangeJson(TypedDict):
    """Everything about a change; `names` gives the names of its ids, `sha256` is the hash of all other members (RFC 8785)."""

    format: Literal["json"]
    organisation: ExportedOrganisation
    exported_at: str
    exported_by: Named
    record: ExportedChange
    items: list[ChangeItem]
    rounds: list[Round]
    approval_requests: list[dict[str, Any]]
    signatures: list[Signature]
    attachments: list[StoredFile]
    links: list[Link]
    comments: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    extensions: list[dict[str, Any]]
    trail: list[ExportedEntry]
    names: dict[str, str]
    counts: ChangeCounts
    sha256: str


class ExportedAssignment(AssignmentBrief):
    """The assignment as it is now; `number` and `title` are those of what is learnt."""

    number: str
    title: str
    method: str
    description: str | None
    material: ToLearn | None
    trainer: Named | None
    quiz: QuizState | None


class AssignmentCounts(TypedDict):
    """The number of rows in each part of an assignment's export, as the database counts them."""

    attempts: int
    signatures: int
    attachments: int
    extensions: int
    trail: int


class LearntFile(TypedDict):
    """A file of what is learnt; download_file serves its bytes."""

    id: str
    filename: str
    media_type: str
    size: int
    sha256: str
    field: str


class AssignmentJson(TypedDict):
    """Everything about a training assignment; `sha256` is the hash of all other members (RFC 8785)."""

    format: Literal["json"]
    organisation: ExportedOrganisation
    exported_at: str
    exported_by: Named
    record: ExportedAssignment
    attempts: list[dict[str, Any]]
    signatures: list[Signature]
    attachments: list[LearntFile]
    extensions: list[dict[str, Any]]
    trail: list[ExportedEntry]
    names: dict[str, str]
    counts: AssignmentCounts
    sha256: str


OF_A_CHANGE = tuple(ExportedChange.__annotations__)
OF_AN_ASSIGNMENT = tuple(name for name in ExportedAssignment.__annotations__ if name not in ("number", "title"))


@dataclass(frozen=True)
class Story:
    """What every export is made of besides its own parts."""

    form: Form
    trail: Sequence[Json]
    names: Mapping[str, str]
    asked: quizzes.Asked
    organisation: Organisation
    by: Mapping[str, object]
    at: datetime

    def sealed(self, found: Mapping[str, Json], kind: str) -> exports.Export:
        """These parts with the trail, reconciled; raises Conflict where they aren't whole, or would give answers of a quiz away."""
        exports.refuse_given_away(self.trail, self.asked)
        return exports.sealed(found, exports.PARTS_OF[kind], self.trail, self.names, organisation=self.organisation, by=self.by, at=self.at)


@dataclass(frozen=True)
class ChangeMaterial:
    """A change, read with its parts; its items are compared when the transaction is over."""

    story: Story
    change: OfChange
    parts: Mapping[str, Any]

    @property
    def form(self) -> Form:
        """The form that was asked for."""
        return self.story.form

    def whole(self) -> exports.Export:
        """The export as JSON data; raises Conflict if it wouldn't be whole."""
        shown: Mapping[str, Any] = change(self.change)
        record = {name: shown[name] for name in OF_A_CHANGE}
        out = [one for one in shown["links"] if one["direction"] == "out"]
        counted = {**self.parts["counted"], "links": self.parts["counted"]["links"] + len(out)}
        parts = {
            **self.parts,
            "items": shown["items"],
            "rounds": shown["rounds"],
            "links": [*out, *self.parts["links"]],
            "counted": counted,
        }
        return self.story.sealed({**parts, "record": record}, "change")


@dataclass(frozen=True)
class AssignmentMaterial:
    """A training assignment, read with its parts."""

    story: Story
    assignment: Assignment
    parts: Mapping[str, Any]

    @property
    def form(self) -> Form:
        """The form that was asked for."""
        return self.story.form

    def whole(self) -> exports.Export:
        """The export as JSON data; raises Conflict if it wouldn't be whole, or if its quiz is yet to be passed by the exporter."""
        shown: Mapping[str, Any] = self.assignment
        if str(shown["record_id"]) in self.story.asked:
            raise Conflict(
                Sentence(
                    "export_holds_chosen_answers",
                    "An export holds what was answered to this training's quiz; complete your own assignment of it first.",
                )
            )
        training = as_answer(Pointer, shown["training"])
        record = {name: shown[name] for name in OF_AN_ASSIGNMENT} | {"number": training["number"], "title": training["title"]}
        attached = [{name: one[name] for name in LearntFile.__annotations__} for one in shown["files"]]
        parts = {**self.parts, "signatures": shown["signatures"], "attachments": attached, "record": record}
        return self.story.sealed(parts, "assignment")


def export(material: Exportable) -> ExportedJson | ChangeJson | AssignmentJson | ExportedFile:
    """The export in the form that was asked for; raises Conflict if it wouldn't be whole, or is too large for an answer."""
    made = material.whole()
    if material.form == "csv":
        from shared.domain.reports.csv_export import sheet

        return as_file("csv", made, sheet(made))
    if material.form == "pdf":
        return as_file("pdf", made, printed(made))
    kind = made["record"]["kind"]
    shape = {"change": ChangeJson, "assignment": AssignmentJson}.get(kind, ExportedJson)
    return as_answer(shape, as_json(made))
