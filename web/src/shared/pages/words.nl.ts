import type en from "./words.en";

export default {
  pages: "Pagina’s",
  tools: "Pagina’s: zoeken, zoomen, afdrukken, downloaden",
  page: "Pagina {page}",
  pageNotInForce: "Pagina {page}: {word}",
  pageOf: "Pagina {page} van {pages}",
  opening: "Het bestand wordt geopend: {percent} %",
  find: "Zoeken in dit bestand",
  foundOf: "{current} van {total}",
  notFound: "Niet gevonden",
  smaller: "Kleiner",
  larger: "Groter",
  fit: "Passend maken op de breedte",
  percent: "{percent} %",
  print: "Afdrukken",
  preparing: "Pagina {page} van {pages} wordt klaargemaakt",
  download: "Downloaden",
  again: "Opnieuw proberen",
  notShown: "Dit bestand kan hier niet worden getoond",
  notShownWhy: "Het kwam niet volledig aan, of het is geen leesbare PDF. Probeer het opnieuw of download het.",
} satisfies Record<keyof typeof en, string>;
