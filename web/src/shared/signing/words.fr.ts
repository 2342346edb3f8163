import type en from "./words.en";

export default {
  reason: "Motif",
  reasonHint: "Il est signé avec le reste, et les personnes concernées le lisent",
  password: "Votre mot de passe",
  sign: "Signer : {meaning}",
  notNow: "Pas maintenant",
  seconds: "{count, plural, one {Encore # seconde} other {Encore # secondes}}",
  hash: "Ce à quoi la signature est liée (SHA-256)",
  notSigned: "Ceci ne peut pas être signé maintenant. {why}",
  done: "Signé.",
  wrong:
    "Ce n’est pas votre mot de passe. {count, plural, one {Encore une erreur bloque} other {Encore # erreurs bloquent}} la signature.",
  locked:
    "La signature est bloquée jusqu’au {until}, après trop de mots de passe erronés. L’AQ et les administrateurs sont prévenus.",
  closed: "Ceci ne peut pas être signé maintenant.",
  lockedNow: "La signature est bloquée.",
  many: "Le service de connexion n’accepte plus d’essais pour le moment. Attendez quelques minutes.",
  unknown:
    "Aucune réponse : on ne sait pas si c’est signé. Regardez l’enregistrement ; sinon, redonnez votre mot de passe. Cela ne compte qu’une fois.",
  policyFirst: "Avant de signer pour la première fois, vous acceptez ce que votre signature signifie ici.",
  iAccept: "J’accepte",
  noSignature: "Personne n’a encore signé.",
  round: "tour {round}",
  onBehalf: "Au nom d’une personne absente",
  invalid: "Cette signature n’est plus valable.",
  signedBy: "{name} a signé «{meaning}» le {at} ({zone}).",
  youSign: "Vous signez en tant que",
  meaning: "signification",
  someSigned:
    "{done, plural, =0 {Rien n’est signé} one {# est signé} other {# sont signés}} ; {left, plural, one {# ne l’est pas} other {# ne le sont pas}}",
  someHint: "Un refus ne touche que son objet ; ce qui est signé le reste.",
  goOn: "Continuer",
  signLeft: "Signer le reste",
  lookAgain: "Cela a changé depuis votre lecture. Fermez, lisez ce qui est nouveau, puis signez.",
} satisfies Record<keyof typeof en, string>;
