"""The text of mail about a sign-in, in Dutch, French and English."""

from __future__ import annotations

from shared.domain.mail.occasions import Occasion, Text

PASSWORD_RESET, ADDRESS_VERIFICATION = "password_reset", "address_verification"
OCCASIONS = {
    PASSWORD_RESET: Occasion(
        page="/account/action?mode=reset&code={code}",
        nl=Text(
            "Een ander wachtwoord voor QFacts",
            (
                "Iemand vroeg om een ander wachtwoord te kiezen voor de aanmelding met {address}.",
                "De link geldt één uur en één keer.",
                "Hebt u dat niet gevraagd, dan hoeft u niets te doen: uw wachtwoord blijft zoals het is.",
            ),
            "Een ander wachtwoord kiezen",
        ),
        fr=Text(
            "Un autre mot de passe pour QFacts",
            (
                "Quelqu'un a demandé de choisir un autre mot de passe pour se connecter avec {address}.",
                "Le lien est valable une heure et une seule fois.",
                "Si vous n'avez rien demandé, vous n'avez rien à faire : votre mot de passe ne change pas.",
            ),
            "Choisir un autre mot de passe",
        ),
        en=Text(
            "Another password for QFacts",
            (
                "Somebody asked to choose another password for signing in with {address}.",
                "The link works for one hour, and once.",
                "If it wasn't you, you needn't do anything: your password stays as it is.",
            ),
            "Choose another password",
        ),
    ),
    ADDRESS_VERIFICATION: Occasion(
        page="/account/action?mode=verify&code={code}",
        nl=Text(
            "Bevestig uw e-mailadres voor QFacts",
            ("Bevestig dat {address} uw e-mailadres is.", "De link geldt drie dagen en één keer."),
            "Adres bevestigen",
        ),
        fr=Text(
            "Confirmez votre adresse électronique pour QFacts",
            ("Confirmez que {address} est bien votre adresse électronique.", "Le lien est valable trois jours et une seule fois."),
            "Confirmer l'adresse",
        ),
        en=Text(
            "Confirm your e-mail address for QFacts",
            ("Confirm that {address} is your e-mail address.", "The link works for three days, and once."),
            "Confirm the address",
        ),
    ),
}
