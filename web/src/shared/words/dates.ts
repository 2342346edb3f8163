// Days and moments in the person's language and time zone.
import { language } from "./say";

const LOCALES = { en: "en-GB", nl: "nl-NL", fr: "fr-FR" };

let zone: string | undefined;

export function inZone(name: string): void {
  zone = name || undefined;
}

const DAY = 86_400_000;

/** A calendar day (`2026-11-28`) or the day of a moment. */
export function day(iso: string): string {
  const isDay = iso.length === 10;
  const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
  return new Intl.DateTimeFormat(LOCALES[language()], { ...options, timeZone: isDay ? "UTC" : zone }).format(
    new Date(iso),
  );
}

export function moment(iso: string): string {
  return new Intl.DateTimeFormat(LOCALES[language()], {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: zone,
  }).format(new Date(iso));
}

/** The time of day, for what happened just now. */
export function clock(iso: string): string {
  return new Intl.DateTimeFormat(LOCALES[language()], { timeStyle: "short", timeZone: zone }).format(new Date(iso));
}

/** The wall clock of the person's zone, as the platform's field for a moment has it: `2026-11-28T09:30`. */
function local(at: number): string {
  const options: Intl.DateTimeFormatOptions = { dateStyle: "short", timeStyle: "short", timeZone: zone };
  return new Intl.DateTimeFormat("sv-SE", options).format(at).replace(" ", "T");
}

export function localNow(): string {
  return local(Date.now());
}

/** The moment that a wall clock of the person's zone shows, to be sent. */
export function instant(shown: string): string {
  const wished = Date.parse(`${shown.slice(0, 16)}Z`);
  const offset = (at: number) => Date.parse(`${local(at)}Z`) - at;
  const near = wished - offset(wished);
  return new Date(wished - offset(near)).toISOString();
}

/** How many days a calendar day lies ahead; negative once it has passed. */
export function daysUntil(iso: string): number {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());
  return Math.round((Date.parse(iso.slice(0, 10)) - Date.parse(today)) / DAY);
}

/** `today`, `in 3 days`, `2 days ago`. */
export function fromToday(iso: string): string {
  return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(daysUntil(iso), "day");
}
