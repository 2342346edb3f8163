import type en from "./words.en";

export default {
  title: "Audittrail",
  oneRecord: "Het verhaal van één record",
  person: "Wie",
  anybody: "Iedereen",
  to: "Tot en met",
  allRecords: "Alle records",
  clear: "Alles tonen",
  nothingFound: "Binnen deze grenzen gebeurde niets.",
  when: "Wanneer",
  who: "Wie",
  system: "Het systeem",
  what: "Wat",
  record: "Record",
  why: "Waarom",
  story: "Het verhaal ervan",
  empty: "niets",
  verify: "De trail verifiëren",
  verifyAgain: "Opnieuw verifiëren",
  intact: "De trail is ongeschonden: {count, plural, one {# regel} other {# regels}} vergeleken.",
  broken:
    "De trail is niet ongeschonden. {count, plural, one {# regel} other {# regels}} vergeleken; dit is de eerste afwijking:",
  sealed: "{count, plural, one {# zegel, gezet} other {# zegels, de laatste gezet}} {moment}.",
  unsealed: "Hij is nog niet verzegeld.",
  restored: "Teruggezet {moment} door {name}: {reason}",
  from: "Vanaf",
} satisfies Record<keyof typeof en, string>;
