import type en from "./words.en";

export default {
  title: "Approbations",
  queue: "Ce qui attend votre signature",
  nothing: "Rien n’attend votre signature.",
  by: "par {name}",
  asked: "demandé {when}",
  expires: "expire {when}",
  round: "Tour {round}",
  submittedBy: "Soumis par {name}, {at}",
  needed: "{count, plural, one {# signature est nécessaire} other {# signatures sont nécessaires}}",
  signatures: "Signatures",
  comments: "Commentaires sur l’ensemble",
  followsLast:
    "Votre signature est la dernière : la modification s’applique aussitôt à {count, plural, one {son enregistrement} other {ses # enregistrements}}.",
  followsFrom: "Elle entre en vigueur le {on}.",
  followsMore: "Après la vôtre, d’autres signatures sont nécessaires.",
  followsReject: "La modification retourne à {names} comme projet. Ce tour et votre motif restent au dossier.",
  toNext: "Suivant : {title}",
  noneLeft: "Rien d’autre ne vous attend.",
  keys: "Touches : j k suivant et précédent, n p différences, a approuver, r rejeter, c commentaire",
  nextOne: "Demande suivante",
  formerOne: "Demande précédente",
  nextDifference: "Différence suivante",
  formerDifference: "Différence précédente",
  writeComment: "Commenter",
} satisfies Record<keyof typeof en, string>;
