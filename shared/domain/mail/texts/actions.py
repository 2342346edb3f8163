"""The text of mail about actions and extensions, in Dutch, French and English."""

from __future__ import annotations

from shared.domain.mail.occasions import Occasion, Text

ACTIONS = {
    "extension_requested": Occasion(
        page="/{page}/{subject_id}",
        nl=Text(
            "Uitstel gevraagd: {number}",
            (
                "{requester} vraagt bij {organisation} uitstel voor {number}, van {due_on_before} tot {due_on}.",
                "Reden: {reason}",
            ),
            "Over het uitstel beslissen",
        ),
        fr=Text(
            "Prolongation demandée : {number}",
            (
                "{requester} demande chez {organisation} une prolongation pour {number}, du {due_on_before} au {due_on}.",
                "Motif : {reason}",
            ),
            "Décider de la prolongation",
        ),
        en=Text(
            "Extension requested: {number}",
            (
                "{requester} asks at {organisation} for more time for {number}, until {due_on} instead of {due_on_before}.",
                "Reason: {reason}",
            ),
            "Decide about the extension",
        ),
    ),
    "extension_granted": Occasion(
        page="/{page}/{subject_id}",
        nl=Text(
            "Uitstel toegestaan: {number}",
            ("Uw uitstel voor {number} bij {organisation} is toegestaan: de nieuwe datum is {due_on}.",),
            "Bekijken",
        ),
        fr=Text(
            "Prolongation accordée : {number}",
            ("Votre prolongation pour {number} chez {organisation} est accordée : la nouvelle échéance est le {due_on}.",),
            "Consulter",
        ),
        en=Text(
            "Extension granted: {number}",
            ("You have more time for {number} at {organisation}: it is due on {due_on} now.",),
            "Have a look",
        ),
    ),
    "extension_denied": Occasion(
        page="/{page}/{subject_id}",
        nl=Text(
            "Uitstel geweigerd: {number}",
            ("Uw uitstel voor {number} bij {organisation} is geweigerd: de datum blijft {due_on}.", "Reden: {reason}"),
            "Bekijken",
        ),
        fr=Text(
            "Prolongation refusée : {number}",
            ("Votre prolongation pour {number} chez {organisation} est refusée : l'échéance reste le {due_on}.", "Motif : {reason}"),
            "Consulter",
        ),
        en=Text(
            "Extension denied: {number}",
            ("You don't get more time for {number} at {organisation}: it stays due on {due_on}.", "Reason: {reason}"),
            "Have a look",
        ),
    ),
    "action_returned": Occasion(
        page="/actions/{action_id}",
        nl=Text(
            "Teruggestuurd: actie {number}",
            ("Actie {number} is bij {organisation} naar u teruggestuurd.", "Reden: {reason}", "Rond ze af uiterlijk op {due_on}."),
            "Naar de actie",
        ),
        fr=Text(
            "Renvoyée : action {number}",
            ("L'action {number} vous a été renvoyée chez {organisation}.", "Motif : {reason}", "Terminez-la au plus tard le {due_on}."),
            "Voir l'action",
        ),
        en=Text(
            "Returned: action {number}",
            ("Action {number} was sent back to you at {organisation}.", "Reason: {reason}", "Complete it by {due_on}."),
            "Go to the action",
        ),
    ),
}
