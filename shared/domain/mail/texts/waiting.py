"""The text of mail that tells somebody at once what waits for them, and what is to be done in words, in three languages."""

from __future__ import annotations

from collections.abc import Mapping

from shared.domain.mail.occasions import Occasion, Text

# What is to be done, by the name of the wait (shared/domain/waiting/waits.py).
TASKS: Mapping[str, Mapping[str, str]] = {
    "nl": {
        "triage": "te beoordelen",
        "report_to_authority": "te melden aan de overheid",
        "close_event": "af te handelen en te sluiten",
        "conclude": "te onderzoeken en af te sluiten",
        "plan": "het plan te maken en in te dienen",
        "implement": "uit te voeren",
        "verify_plan": "het uitgevoerde plan te verifiëren",
        "check_effectiveness": "de doeltreffendheid na te gaan",
        "review": "te herzien",
        "lift": "de opschorting op te heffen of het document in te trekken",
        "submit": "af te werken en in te dienen",
        "approve": "goed te keuren of af te wijzen",
        "close_change": "af te sluiten met het resultaat",
        "hindered_change": "te verplaatsen of terug te roepen: de dag is voorbij en er staat iets in de weg",
        "learn": "te leren",
        "assess": "de opgeleide te beoordelen",
        "reassign": "opnieuw toe te wijzen",
        "act": "de actie uit te voeren",
        "verify_action": "de uitgevoerde actie te verifiëren",
        "decide_extension": "over het uitstel te beslissen",
        "renew_invitation": "de uitnodiging te hernieuwen of in te trekken",
        "mend_address": "het adres na te gaan: e-mail komt niet aan",
    },
    "fr": {
        "triage": "à évaluer",
        "report_to_authority": "à déclarer à l'autorité",
        "close_event": "à traiter et à clôturer",
        "conclude": "à investiguer et à conclure",
        "plan": "plan à établir et à soumettre",
        "implement": "à mettre en œuvre",
        "verify_plan": "plan exécuté à vérifier",
        "check_effectiveness": "efficacité à contrôler",
        "review": "à réviser",
        "lift": "suspension à lever ou document à retirer",
        "submit": "à terminer et à soumettre",
        "approve": "à approuver ou à rejeter",
        "close_change": "à clôturer avec le résultat",
        "hindered_change": "à déplacer ou à rappeler : le jour est passé et quelque chose s'y oppose",
        "learn": "à apprendre",
        "assess": "personne formée à évaluer",
        "reassign": "à attribuer de nouveau",
        "act": "action à réaliser",
        "verify_action": "action réalisée à vérifier",
        "decide_extension": "délai supplémentaire à décider",
        "renew_invitation": "invitation à renouveler ou à retirer",
        "mend_address": "adresse à vérifier : le courrier n'arrive pas",
    },
    "en": {
        "triage": "to be triaged",
        "report_to_authority": "to be reported to the authority",
        "close_event": "to be dealt with and closed",
        "conclude": "to be investigated and concluded",
        "plan": "the plan to be made and submitted",
        "implement": "to be carried out",
        "verify_plan": "the plan that was carried out to be verified",
        "check_effectiveness": "its effectiveness to be checked",
        "review": "to be reviewed",
        "lift": "its suspension to be lifted, or the document to be retired",
        "submit": "to be finished and submitted",
        "approve": "to be approved or rejected",
        "close_change": "to be closed with its result",
        "hindered_change": "to be moved or recalled: its day passed and something stands against it",
        "learn": "to be learnt",
        "assess": "the trained person to be assessed",
        "reassign": "to be assigned again",
        "act": "the action to be carried out",
        "verify_action": "the action that was done to be verified",
        "decide_extension": "more time to be decided about",
        "renew_invitation": "the invitation to be renewed or revoked",
        "mend_address": "the address to be checked: mail doesn't arrive",
    },
}

OCCASIONS = {
    "work_waiting": Occasion(
        page="/{page}/{subject_id}",
        nl=Text(
            "Wacht op u: {number} {title}",
            ("{number}, {title}, wacht op u bij {organisation}: {task}.", "U vindt alles wat op u wacht op uw startpagina."),
            "Bekijken",
        ),
        fr=Text(
            "En attente de vous : {number} {title}",
            ("{number}, {title}, vous attend chez {organisation} : {task}.", "Votre page d'accueil montre tout ce qui vous attend."),
            "Voir",
        ),
        en=Text(
            "Waits for you: {number} {title}",
            ("{number}, {title}, waits for you at {organisation}: {task}.", "Your home page shows everything that waits for you."),
            "See it",
        ),
    ),
    "much_work_waiting": Occasion(
        page="/",
        nl=Text(
            "{count} zaken wachten op u bij {organisation}",
            ("{count} zaken wachten voortaan op u bij {organisation}.", "U vindt ze op uw startpagina."),
            "Bekijken",
        ),
        fr=Text(
            "{count} choses vous attendent chez {organisation}",
            ("{count} choses vous attendent désormais chez {organisation}.", "Votre page d'accueil les montre."),
            "Voir",
        ),
        en=Text(
            "{count} things wait for you at {organisation}",
            ("{count} things wait for you at {organisation} from now on.", "Your home page shows them."),
            "See them",
        ),
    ),
}
