import type en from "./words.en";

export default {
  reason: "Reden",
  reasonHint: "Ze wordt mee ondertekend, en de betrokkenen lezen ze",
  password: "Uw wachtwoord",
  sign: "Ondertekenen: {meaning}",
  notNow: "Niet nu",
  seconds: "{count, plural, one {Nog # seconde} other {Nog # seconden}}",
  hash: "Waaraan de handtekening gebonden is (SHA-256)",
  notSigned: "Dit kan nu niet ondertekend worden. {why}",
  done: "Ondertekend.",
  wrong:
    "Dit is uw wachtwoord niet. {count, plural, one {Nog één fout wachtwoord vergrendelt} other {Nog # foute wachtwoorden vergrendelen}} het ondertekenen.",
  locked:
    "Ondertekenen is vergrendeld tot {until}, na te veel foute wachtwoorden. QA en de beheerders zijn verwittigd.",
  closed: "Dit kan nu niet ondertekend worden.",
  lockedNow: "Ondertekenen is vergrendeld.",
  many: "De aanmelddienst aanvaardt nu geen pogingen meer. Wacht enkele minuten.",
  unknown:
    "Er kwam geen antwoord: het is niet bekend of dit ondertekend is. Bekijk het record; zo niet, geef uw wachtwoord opnieuw. Het telt één keer.",
  policyFirst: "Voor u de eerste keer ondertekent, aanvaardt u wat uw handtekening hier betekent.",
  iAccept: "Ik aanvaard",
  noSignature: "Nog niemand heeft ondertekend.",
  round: "ronde {round}",
  onBehalf: "Namens iemand die afwezig is",
  invalid: "Deze handtekening geldt niet meer.",
  signedBy: "{name} ondertekende «{meaning}» op {at} ({zone}).",
  youSign: "U tekent als",
  meaning: "betekenis",
  someSigned:
    "{done, plural, =0 {Niets is getekend} one {# is getekend} other {# zijn getekend}}; {left, plural, one {# niet} other {# niet}}",
  someHint: "Wat geweigerd werd, weigert alleen zichzelf; wat getekend is, blijft getekend.",
  goOn: "Verder",
  signLeft: "De rest tekenen",
  lookAgain: "Het is gewijzigd sinds u het las. Sluit dit, lees wat nieuw is en teken dan.",
} satisfies Record<keyof typeof en, string>;
