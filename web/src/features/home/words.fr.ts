import type en from "./words.en";

export default {
  title: "Accueil",
  mine: "Ce qui vous attend",
  team: "Mes équipes",
  everybody: "Tout le monde",
  whose: "Le travail de qui",
  overdue: "En retard",
  today: "Aujourd’hui",
  week: "Dans les 7 jours",
  later: "Plus tard",
  noDate: "Sans date",
  nothing: "Rien ne vous attend.",
  nothingOfOthers: "Rien n’attend.",
  due: "échéance {when}",
  waitsFor: "attend {names}",
  searchDocuments: "Chercher un document",
  search: "Chercher",
  nextTask: "Tâche suivante",
  formerTask: "Tâche précédente",
} satisfies Record<keyof typeof en, string>;
