"""The shapes of actions, extensions, comments, and of what a change has an impact on."""

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11

from shared.answers.parts import File, Named, OpenStep, Pointer


class Extension(TypedDict):
    """Somebody's wish for another due date; one of the three ids says of what."""

    id: str
    action_id: str | None
    assignment_id: str | None
    record_id: str | None
    requested_by: Named
    reason: str
    due_on_before: str
    due_on: str
    status: str
    decided_by: Named | None
    decided_at: str | None
    decision_reason: str | None
    open_steps: list[OpenStep]
    created_at: str
    updated_at: str
    etag: str


class Action(TypedDict):
    """What somebody must do by a day; `about` is the CAPA plan or the change that it belongs to."""

    id: str
    record_id: str | None
    change_id: str | None
    about: Pointer
    key: str
    number: str
    kind: str
    description: str
    owner_id: str
    owner: Named
    status: str
    due_on: str
    original_due_on: str
    extensions: int
    asked: list[Extension]
    evidence: str | None
    files: list[File]
    completed_by: Named | None
    completed_at: str | None
    verified_by: Named | None
    verified_at: str | None
    returned_reason: str | None
    closed_at: str | None
    open_steps: list[OpenStep]
    created_at: str
    updated_at: str
    etag: str


class AnAction(TypedDict):
    """The action changed."""

    action: Action


class AnExtension(TypedDict):
    """The extension changed."""

    extension: Extension


class Reply(TypedDict):
    """A comment as it is changed or as it stands in a thread."""

    id: str
    change_id: str
    parent_id: str | None
    record_id: str | None
    field: str | None
    text: str
    author_id: str
    author: Named
    status: str
    resolved_by: Named | None
    resolved_at: str | None
    open_steps: list[OpenStep]
    created_at: str
    updated_at: str
    etag: str


class Comment(Reply):
    """The comment that began a thread, with its replies."""

    replies: list[Reply]


class AComment(TypedDict):
    """The comment changed."""

    comment: Reply


class FollowUp(TypedDict):
    """What is to be done once a change is applied."""

    description: str
    owner_id: str
    due_on: str


class Concerned(Named):
    """Somebody whom a change concerns, and whether they are trained in all of it that is theirs."""

    trained: bool


class People(TypedDict):
    """How many people a change concerns, how many of them aren't trained now, and at most a hundred by name."""

    count: int
    untrained: int
    named: list[Concerned]


class Impact(TypedDict):
    """What a change has an impact on."""

    records: list[Pointer]
    trainings: list[Pointer]
    people: People
