"""Invitations in a list, with the names of those whom they name."""

from collections.abc import Mapping
from typing import Any

from shared.answers.parts import Named
from shared.answers.people import Invitation, MailProblem, invitation
from shared.answers.rows import as_answers
from shared.domain.people import invitations


class ListedInvitation(Invitation):
    """An invitation in the list; `mail_problem` says why mail to it stopped."""

    invited_by_name: str | None
    accepted_by_name: str | None
    teams: list[Named]
    mail_problem: MailProblem | None


def listed_invitation(row: invitations.Invitation, beside: Mapping[str, Any]) -> ListedInvitation:
    """An invitation with what its row in the list has beside it."""
    return {
        **invitation(row),
        "invited_by_name": (beside["inviter"] or {}).get("name"),
        "accepted_by_name": (beside["accepter"] or {}).get("name"),
        "teams": as_answers(Named, beside["teams"]),
        "mail_problem": beside["problem"],
    }
