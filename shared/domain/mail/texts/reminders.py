"""The text of the reminder digest, in Dutch, French and English."""

from __future__ import annotations

from shared.domain.kernel.values import dataclass
from shared.domain.mail.occasions import Occasion, Text


@dataclass(frozen=True)
class Words:
    """The words of a digest in one language: headings by recipient of an escalation, and phrases for dates."""

    headings: dict[str, str]
    coming: str
    tomorrow: str
    today: str
    yesterday: str
    past: str
    more: str
    optional: str


WORDS = {
    "nl": Words(
        headings={
            "qa": "Te laat bij anderen",
            "admins": "Nog steeds te laat bij anderen",
        },
        coming="over {days} dagen",
        tomorrow="morgen",
        today="vandaag",
        yesterday="1 dag te laat",
        past="{days} dagen te laat",
        more="En nog {more} andere in QFacts.",
        optional="De herinneringen 10 en 3 dagen vooraf en die voor documenten kunt u in uw profiel uitschakelen.",
    ),
    "fr": Words(
        headings={
            "qa": "En retard chez d'autres",
            "admins": "Toujours en retard chez d'autres",
        },
        coming="dans {days} jours",
        tomorrow="demain",
        today="aujourd'hui",
        yesterday="1 jour de retard",
        past="{days} jours de retard",
        more="Et {more} autres dans QFacts.",
        optional="Les rappels 10 et 3 jours à l'avance et ceux des documents peuvent être désactivés dans votre profil.",
    ),
    "en": Words(
        headings={
            "qa": "Overdue with others",
            "admins": "Still overdue with others",
        },
        coming="in {days} days",
        tomorrow="tomorrow",
        today="today",
        yesterday="1 day overdue",
        past="{days} days overdue",
        more="And {more} more in QFacts.",
        optional="The reminders 10 and 3 days ahead and those of documents can be switched off in your profile.",
    ),
}

OCCASIONS = {
    "reminder_digest": Occasion(
        page="/",
        nl=Text(
            "Herinneringen bij {organisation}: {count}",
            ("Dit vraagt uw aandacht bij {organisation}, op {today}.",),
            "QFacts openen",
        ),
        fr=Text(
            "Rappels chez {organisation} : {count}",
            ("Voici ce qui demande votre attention chez {organisation}, le {today}.",),
            "Ouvrir QFacts",
        ),
        en=Text(
            "Reminders at {organisation}: {count}",
            ("This needs your attention at {organisation}, on {today}.",),
            "Open QFacts",
        ),
        lists=("things",),
    ),
}
