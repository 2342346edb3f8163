"""Invitations in a list, with the names of those whom they name."""

from collections.abc import Mapping
from typing import Any

from shared.answers.parts import Named, OpenStep, steps
from shared.answers.people import Invitation, MailProblem, invitation
from shared.answers.rows import as_answers
from shared.domain.people import invitations
from shared.domain.people.people import ADMIN, Member


class ListedInvitation(Invitation):
    """An invitation in the list; `mail_problem` says why mail to it stopped. Accepting it is for the invited alone."""

    invited_by_name: str | None
    accepted_by_name: str | None
    teams: list[Named]
    mail_problem: MailProblem | None
    open_steps: list[OpenStep]


def listed_invitation(row: invitations.Invitation, beside: Mapping[str, Any], by: Member) -> ListedInvitation:
    """An invitation with what its row in the list has beside it."""
    return {
        **invitation(row),
        "invited_by_name": (beside["inviter"] or {}).get("name"),
        "accepted_by_name": (beside["accepter"] or {}).get("name"),
        "teams": as_answers(Named, beside["teams"]),
        "mail_problem": beside["problem"],
        "open_steps": steps((one for one in invitations.WORKFLOW.open_steps(row, by) if one.row.who is ADMIN), by),
    }
