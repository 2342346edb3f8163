import type en from "./words.en";

export default {
  title: "Piste d’audit",
  oneRecord: "L’histoire d’un enregistrement",
  person: "Qui",
  anybody: "Tout le monde",
  to: "Jusqu’au",
  allRecords: "Tous les enregistrements",
  clear: "Tout montrer",
  nothingFound: "Rien ne s’est passé dans ces limites.",
  when: "Quand",
  who: "Qui",
  system: "Le système",
  what: "Quoi",
  record: "Enregistrement",
  why: "Pourquoi",
  story: "Son histoire",
  empty: "rien",
  verify: "Vérifier la piste",
  verifyAgain: "Vérifier de nouveau",
  intact: "La piste est intacte : {count, plural, one {# entrée comparée} other {# entrées comparées}}.",
  broken:
    "La piste n’est pas intacte. {count, plural, one {# entrée comparée} other {# entrées comparées}} ; voici la première différence :",
  sealed: "{count, plural, one {# sceau, posé} other {# sceaux, le dernier posé}} {moment}.",
  unsealed: "Elle n’est pas encore scellée.",
  restored: "Restaurée {moment} par {name} : {reason}",
  from: "Du",
} satisfies Record<keyof typeof en, string>;
