"""The text of mail about steps, in Dutch, French and English: a subject, sentences and a button for each occasion.

`{names}` in braces are facts; an occasion uses the same facts in every language (tests/domain/mail/test_mail.py).
"""

from __future__ import annotations

from shared.domain.mail.occasions import Occasion, Text
from shared.domain.mail.texts.actions import ACTIONS
from shared.domain.mail.texts.people import PEOPLE

OCCASIONS = {
    "invitation": Occasion(
        page="/accept-invitation?token={token}",
        nl=Text(
            "Uitnodiging voor {organisation} op QFacts",
            (
                "{inviter} nodigt u uit om mee te werken aan het kwaliteitssysteem van {organisation}.",
                "De uitnodiging geldt tot en met {expires_on} en alleen voor dit e-mailadres.",
                "Verwacht u deze uitnodiging niet, dan hoeft u niets te doen.",
            ),
            "Uitnodiging aannemen",
        ),
        fr=Text(
            "Invitation à rejoindre {organisation} sur QFacts",
            (
                "{inviter} vous invite à participer au système qualité de {organisation}.",
                "L'invitation est valable jusqu'au {expires_on} inclus, uniquement pour cette adresse électronique.",
                "Si vous n'attendiez pas cette invitation, vous n'avez rien à faire.",
            ),
            "Accepter l'invitation",
        ),
        en=Text(
            "Invitation to {organisation} on QFacts",
            (
                "{inviter} invites you to work on the quality system of {organisation}.",
                "The invitation holds until the end of {expires_on}, and for this e-mail address only.",
                "If you don't expect this invitation, you needn't do anything.",
            ),
            "Accept the invitation",
        ),
    ),
    "approval_requested": Occasion(
        page="/approvals/{approval_request_id}",
        nl=Text(
            "Goedkeuring gevraagd: {number} {title}",
            (
                "{submitter} vraagt uw goedkeuring voor wijziging {number}, {title}, bij {organisation}.",
                "De aanvraag vervalt na {expires_on}.",
            ),
            "Wijziging beoordelen",
        ),
        fr=Text(
            "Approbation demandée : {number} {title}",
            (
                "{submitter} demande votre approbation pour la modification {number}, {title}, chez {organisation}.",
                "La demande expire après le {expires_on}.",
            ),
            "Examiner la modification",
        ),
        en=Text(
            "Approval requested: {number} {title}",
            (
                "{submitter} asks for your approval of change {number}, {title}, at {organisation}.",
                "The request lapses after {expires_on}.",
            ),
            "Review the change",
        ),
    ),
    "change_approved": Occasion(
        page="/changes/{change_id}",
        nl=Text(
            "Goedgekeurd: {number} {title}",
            ("Wijziging {number}, {title}, is goedgekeurd bij {organisation}.",),
            "Wijziging bekijken",
        ),
        fr=Text(
            "Approuvée : {number} {title}",
            ("La modification {number}, {title}, a été approuvée chez {organisation}.",),
            "Voir la modification",
        ),
        en=Text(
            "Approved: {number} {title}",
            ("Change {number}, {title}, has been approved at {organisation}.",),
            "See the change",
        ),
    ),
    "change_rejected": Occasion(
        page="/changes/{change_id}",
        nl=Text(
            "Afgewezen: {number} {title}",
            (
                "{rejecter} heeft wijziging {number}, {title}, afgewezen bij {organisation}.",
                "Reden: {reason}",
                "U kunt de wijziging aanpassen en opnieuw indienen.",
            ),
            "Wijziging aanpassen",
        ),
        fr=Text(
            "Refusée : {number} {title}",
            (
                "{rejecter} a refusé la modification {number}, {title}, chez {organisation}.",
                "Motif : {reason}",
                "Vous pouvez adapter la modification et la soumettre à nouveau.",
            ),
            "Adapter la modification",
        ),
        en=Text(
            "Rejected: {number} {title}",
            (
                "{rejecter} has rejected change {number}, {title}, at {organisation}.",
                "Reason: {reason}",
                "You can edit the change and submit it again.",
            ),
            "Edit the change",
        ),
    ),
    "change_lapsed": Occasion(
        page="/changes/{change_id}",
        nl=Text(
            "Goedkeuring vervallen: {number} {title}",
            (
                "De aanvraag tot goedkeuring van wijziging {number}, {title}, is vervallen bij {organisation}.",
                "Oorzaak: {cause}",
                "De wijziging is weer een ontwerp; u kunt ze opnieuw indienen.",
            ),
            "Wijziging bekijken",
        ),
        fr=Text(
            "Demande d'approbation expirée : {number} {title}",
            (
                "La demande d'approbation de la modification {number}, {title}, a expiré chez {organisation}.",
                "Cause : {cause}",
                "La modification est de nouveau un projet ; vous pouvez la soumettre à nouveau.",
            ),
            "Voir la modification",
        ),
        en=Text(
            "Approval lapsed: {number} {title}",
            (
                "The request to approve change {number}, {title}, has lapsed at {organisation}.",
                "Cause: {cause}",
                "The change is a draft again; you can submit it once more.",
            ),
            "See the change",
        ),
    ),
    "role_granted": Occasion(
        page="/members",
        nl=Text(
            "{person} is nu QA bij {organisation}",
            (
                "{granter} heeft {person} de rol QA gegeven bij {organisation}.",
                "Wie QA is, keurt wijzigingen goed of af en tekent daarvoor.",
                "Klopt dit niet, meld het dan meteen aan een beheerder.",
            ),
            "Leden bekijken",
        ),
        fr=Text(
            "{person} est désormais QA chez {organisation}",
            (
                "{granter} a donné le rôle QA à {person} chez {organisation}.",
                "Une personne QA approuve ou refuse des modifications et signe pour cela.",
                "Si ce n'est pas correct, prévenez immédiatement un administrateur.",
            ),
            "Voir les membres",
        ),
        en=Text(
            "{person} is now QA at {organisation}",
            (
                "{granter} has given {person} the role QA at {organisation}.",
                "QA approves or rejects changes, and signs for it.",
                "If this isn't right, tell an admin at once.",
            ),
            "See the members",
        ),
    ),
    "printed_name_changed": Occasion(
        page="/members",
        nl=Text(
            "Uw naam bij handtekeningen is veranderd",
            (
                "{granter} heeft de naam bij uw handtekeningen bij {organisation} veranderd: {former} werd {name}.",
                "Reden: {reason}",
                "Handtekeningen die er al staan, behouden de vorige naam. Klopt dit niet, meld het dan meteen aan een beheerder.",
            ),
            "Leden bekijken",
        ),
        fr=Text(
            "Le nom imprimé auprès de vos signatures a changé",
            (
                "{granter} a changé le nom imprimé auprès de vos signatures chez {organisation} : {former} devient {name}.",
                "Motif : {reason}",
                "Les signatures existantes gardent l'ancien nom. Si ce n'est pas correct, prévenez immédiatement un administrateur.",
            ),
            "Voir les membres",
        ),
        en=Text(
            "The name printed beside your signatures has changed",
            (
                "{granter} has changed the name printed beside your signatures at {organisation}: {former} is now {name}.",
                "Reason: {reason}",
                "Signatures that stand keep the former name. If this isn't right, tell an admin at once.",
            ),
            "See the members",
        ),
    ),
    "signing_locked": Occasion(
        page="/members",
        nl=Text(
            "Waarschuwing: tekenen geblokkeerd voor {person}",
            (
                "Tekenen is geblokkeerd voor {person} bij {organisation}, na {failures} mislukte pogingen.",
                "Vraag {person} of zij of hij dit zelf was. Zo niet, deactiveer het lid en verander het wachtwoord.",
            ),
            "Leden bekijken",
        ),
        fr=Text(
            "Alerte : signature bloquée pour {person}",
            (
                "La signature est bloquée pour {person} chez {organisation}, après {failures} échecs.",
                "Demandez à {person} s'il s'agissait bien d'elle ou de lui. Sinon, désactivez le membre et changez le mot de passe.",
            ),
            "Voir les membres",
        ),
        en=Text(
            "Alert: signing is locked for {person}",
            (
                "Signing is locked for {person} at {organisation}, after {failures} failed attempts.",
                "Ask {person} whether it was them. If not, deactivate the member and change the password.",
            ),
            "See the members",
        ),
    ),
    "document_effective": Occasion(
        page="/documents/{record_id}",
        nl=Text(
            "Van kracht: {number} {title}, versie {version}",
            ("Versie {version} van {number}, {title}, is nu van kracht bij {organisation}.",),
            "Document lezen",
        ),
        fr=Text(
            "En vigueur : {number} {title}, version {version}",
            ("La version {version} de {number}, {title}, est désormais en vigueur chez {organisation}.",),
            "Lire le document",
        ),
        en=Text(
            "In force: {number} {title}, version {version}",
            ("Version {version} of {number}, {title}, is now in force at {organisation}.",),
            "Read the document",
        ),
    ),
    "training_assigned": Occasion(
        page="/trainings",
        nl=Text(
            "Opleiding voor u bij {organisation}: {trainings}",
            ("Bij {organisation} is voor u een opleiding voorzien: {trainings}.", "Rond ze af uiterlijk op {due_on}."),
            "Naar uw opleidingen",
        ),
        fr=Text(
            "Formation pour vous chez {organisation} : {trainings}",
            ("Une formation est prévue pour vous chez {organisation} : {trainings}.", "Terminez-la au plus tard le {due_on}."),
            "Voir vos formations",
        ),
        en=Text(
            "Training for you at {organisation}: {trainings}",
            ("You are assigned training at {organisation}: {trainings}.", "Complete it by {due_on}."),
            "Go to your trainings",
        ),
    ),
    "training_locked": Occasion(
        page="/assignments/{assignment_id}",
        nl=Text(
            "Opleiding geblokkeerd: {person}, {training}",
            ("{person} is bij {organisation} {attempts} keer niet geslaagd voor de vragen van {training}. Wijs de opleiding opnieuw toe.",),
            "Toewijzing bekijken",
        ),
        fr=Text(
            "Formation bloquée : {person}, {training}",
            ("{person} a échoué {attempts} fois au questionnaire de {training} chez {organisation}. Réattribuez la formation.",),
            "Voir l'attribution",
        ),
        en=Text(
            "Training locked: {person}, {training}",
            ("{person} has failed the quiz of {training} {attempts} times at {organisation}. Assign the training again.",),
            "See the assignment",
        ),
    ),
    **ACTIONS,
    **PEOPLE,
}

FOOTERS = {
    "nl": "U krijgt dit bericht omdat u met QFacts werkt of daarvoor bent uitgenodigd.",
    "fr": "Vous recevez ce message parce que vous utilisez QFacts ou y êtes invité.",
    "en": "You get this message because you work with QFacts or are invited to.",
}
