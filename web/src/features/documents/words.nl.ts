import type en from "./words.en";

export default {
  title: "Documenten",
  search: "Zoeken",
  searchHint: "Nummer, titel of woorden uit de tekst",
  status: "Status",
  type: "Soort",
  any: "Alle",
  number: "Nummer",
  name: "Titel",
  version: "Versie",
  owner: "Eigenaar",
  team: "Team",
  changed: "Gewijzigd",
  versionShort: "v{version}",
  nothing: "Er zijn nog geen documenten.",
  nothingFound: "Geen document past. Laat een woord weg of verruim het filter.",
  clear: "Alles tonen",
} satisfies Record<keyof typeof en, string>;
