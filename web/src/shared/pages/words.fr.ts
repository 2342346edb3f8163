import type en from "./words.en";

export default {
  pages: "Pages",
  tools: "Pages : chercher, agrandir, imprimer, télécharger",
  page: "Page {page}",
  pageNotInForce: "Page {page} : {word}",
  pageOf: "Page {page} sur {pages}",
  opening: "Ouverture du fichier : {percent} %",
  find: "Chercher dans ce fichier",
  foundOf: "{current} sur {total}",
  notFound: "Introuvable",
  smaller: "Réduire",
  larger: "Agrandir",
  fit: "Ajuster à la largeur",
  percent: "{percent} %",
  print: "Imprimer",
  preparing: "Préparation de la page {page} sur {pages}",
  download: "Télécharger",
  again: "Réessayer",
  notShown: "Ce fichier ne peut pas être affiché ici",
  notShownWhy: "Il n’est pas arrivé entier, ou ce n’est pas un PDF lisible. Réessayez ou téléchargez-le.",
} satisfies Record<keyof typeof en, string>;
