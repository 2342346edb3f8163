import type en from "./words.en";

export default {
  title: "Start",
  mine: "Wat op u wacht",
  team: "Mijn teams",
  everybody: "Iedereen",
  whose: "Wiens werk",
  overdue: "Te laat",
  today: "Vandaag",
  week: "In de komende 7 dagen",
  later: "Later",
  noDate: "Zonder datum",
  nothing: "Er wacht niets op u.",
  nothingOfOthers: "Er wacht niets.",
  due: "uiterlijk {when}",
  waitsFor: "wacht op {names}",
  searchDocuments: "Documenten zoeken",
  search: "Zoeken",
  nextTask: "Volgende taak",
  formerTask: "Vorige taak",
} satisfies Record<keyof typeof en, string>;
