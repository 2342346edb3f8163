import type en from "./words.en";

export default {
  title: "Documents",
  search: "Chercher",
  searchHint: "Numéro, titre ou mots du texte",
  status: "Statut",
  type: "Type",
  any: "Tous",
  number: "Numéro",
  name: "Titre",
  version: "Version",
  owner: "Responsable",
  team: "Équipe",
  changed: "Modifié",
  versionShort: "v{version}",
  nothing: "Il n’y a pas encore de documents.",
  nothingFound: "Aucun document ne convient. Retirez un mot ou élargissez le filtre.",
  clear: "Tout afficher",
} satisfies Record<keyof typeof en, string>;
