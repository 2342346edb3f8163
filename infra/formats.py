"""The forms of what answers hold, by the names of their fields: ids, days, moments, and the statuses of a shape."""

from __future__ import annotations

from typing import Any, Final

from shared.domain.capa import actions, capa_plans, extensions
from shared.domain.changes import changes, comments
from shared.domain.changes.proposals import RequestStatus
from shared.domain.documents import documents
from shared.domain.events import events
from shared.domain.files import files
from shared.domain.people.invitations import InvitationStatus
from shared.domain.people.people import MemberStatus
from shared.domain.records.kind import SUPERSEDED
from shared.domain.records.kinds import KINDS
from shared.domain.records.lifecycles import WORKFLOWS
from shared.domain.trainings import assignments

Json = dict[str, Any]
ID, DAY, MOMENT = "uuid", "date", "date-time"
# The form of a text by the end of its field's name, and by the whole of it.
BY_END: Final = {"_id": ID, "_on": DAY, "_at": MOMENT}
BY_NAME: Final = {
    "id": ID,
    "on": DAY,
    "date": DAY,
    "valid_until": DAY,
    "role_until": DAY,
    "at": MOMENT,
    "since": MOMENT,
    "auth_time": MOMENT,
    "locked_until": MOMENT,
}
OF_RECORDS: Final = tuple(dict.fromkeys([*(str(one) for kind in KINDS.values() for one in kind.workflow.statuses), SUPERSEDED]))
ALL: Final = tuple(
    dict.fromkeys(
        [
            *OF_RECORDS,
            *(str(one) for workflow in WORKFLOWS.values() for one in workflow.statuses),
            *map(str, RequestStatus),
            *map(str, MemberStatus),
            *map(str, InvitationStatus),
        ]
    )
)
# The statuses of a shape; a shape that isn't here holds things of any kind.
STATUSES: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("Change", "ChangeBrief", "ExportedChange"), changes.WORKFLOW.statuses),
    **dict.fromkeys(("ApprovalRequest", "RequestWithChange"), tuple(map(str, RequestStatus))),
    **dict.fromkeys(("Assignment", "ListedAssignment", "ExportedAssignment", "Trained"), assignments.WORKFLOW.statuses),
    **dict.fromkeys(("Action", "PlannedAction"), actions.WORKFLOW.statuses),
    **dict.fromkeys(("Extension", "ListedExtension"), extensions.WORKFLOW.statuses),
    **dict.fromkeys(("Comment", "Reply"), comments.WORKFLOW.statuses),
    **dict.fromkeys(("Member", "ListedMember"), tuple(map(str, MemberStatus))),
    **dict.fromkeys(("Invitation", "ListedInvitation"), tuple(map(str, InvitationStatus))),
    **dict.fromkeys(("Brief", "PastVersion", "ExportedVersion"), OF_RECORDS),
    "DocumentBrief": documents.WORKFLOW.statuses,
    "EventBrief": events.WORKFLOW.statuses,
    "CapaPlanBrief": capa_plans.WORKFLOW.statuses,
    "File": tuple(map(str, files.Status)),
}


def formed(name: str, schema: Json) -> Json:
    """A published shape with the form of every id, day, moment and status in it."""
    properties: Json = schema.get("properties", {})
    kind = properties.get("kind", {}).get("const")
    among = KINDS[kind].workflow.statuses if kind in KINDS else STATUSES.get(name, ALL)
    return {**schema, "properties": {field: _formed(field, part, among) for field, part in properties.items()}} if properties else schema


def form_of(field: str) -> str | None:
    """The format of a text in a field of this name; None where it has none."""
    return BY_NAME.get(field) or next((form for end, form in BY_END.items() if field.endswith(end)), None)


def _formed(field: str, part: Json, among: tuple[str, ...]) -> Json:
    if "anyOf" in part:
        return {**part, "anyOf": [_formed(field, one, among) for one in part["anyOf"]]}
    if part.get("type") != "string" or not part.keys().isdisjoint({"format", "enum", "const"}):
        return part
    if field == "status":
        return {**part, "enum": list(map(str, among))}
    form = form_of(field)
    return part if form is None else {**part, "format": form}
