"""The text of mail about people and their accounts, in Dutch, French and English."""

from __future__ import annotations

from shared.domain.mail.occasions import Occasion, Text

PEOPLE = {
    "address_changed": Occasion(
        page="/me",
        nl=Text(
            "Uw adres bij {organisation} is gewijzigd",
            (
                "{person} meldt zich voortaan aan met {present} in plaats van {former}.",
                "Was u dat niet, verwittig dan meteen een beheerder van {organisation}.",
            ),
            "Mijn gegevens bekijken",
        ),
        fr=Text(
            "Votre adresse chez {organisation} a changé",
            (
                "{person} se connecte désormais avec {present} au lieu de {former}.",
                "Si ce n'était pas vous, prévenez tout de suite un administrateur de {organisation}.",
            ),
            "Voir mes données",
        ),
        en=Text(
            "Your address at {organisation} has changed",
            (
                "{person} now signs in with {present} instead of {former}.",
                "If this wasn't you, tell an admin of {organisation} at once.",
            ),
            "See my details",
        ),
    ),
    "member_address_changed": Occasion(
        page="/members",
        nl=Text(
            "Een lid van {organisation} heeft een ander adres",
            ("{person} meldt zich voortaan aan met {present} in plaats van {former}.", "Vraag na of dat klopt."),
            "Leden bekijken",
        ),
        fr=Text(
            "Un membre de {organisation} a une autre adresse",
            ("{person} se connecte désormais avec {present} au lieu de {former}.", "Vérifiez auprès de cette personne."),
            "Voir les membres",
        ),
        en=Text(
            "A member of {organisation} has another address",
            ("{person} now signs in with {present} instead of {former}.", "Ask the person whether that is right."),
            "See the members",
        ),
    ),
}
