import type en from "./words.en";

export default {
  title: "Goedkeuringen",
  queue: "Wat op uw handtekening wacht",
  nothing: "Er wacht niets op uw handtekening.",
  by: "door {name}",
  asked: "gevraagd {when}",
  expires: "vervalt {when}",
  round: "Ronde {round}",
  submittedBy: "Ingediend door {name}, {at}",
  needed: "{count, plural, one {# handtekening is nodig} other {# handtekeningen zijn nodig}}",
  signatures: "Handtekeningen",
  comments: "Opmerkingen over het geheel",
  followsLast:
    "Uw handtekening is de laatste: de wijziging wordt meteen toegepast op {count, plural, one {haar record} other {alle # records}}.",
  followsFrom: "Ze gaat in op {on}.",
  followsMore: "Na de uwe zijn meer handtekeningen nodig voor ze wordt toegepast.",
  followsReject: "De wijziging gaat als concept terug naar {names}. Deze ronde en uw reden blijven bewaard.",
  toNext: "Volgende: {title}",
  noneLeft: "Er wacht niets anders op u.",
  keys: "Toetsen: j k volgende en vorige, n p verschillen, a goedkeuren, r afkeuren, c opmerking",
  nextOne: "Volgende aanvraag",
  formerOne: "Vorige aanvraag",
  nextDifference: "Volgend verschil",
  formerDifference: "Vorig verschil",
  writeComment: "Opmerking schrijven",
} satisfies Record<keyof typeof en, string>;
