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

/** How many days a calendar day lies ahead; negative once it has passed. */
export function daysUntil(iso: string): number {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());
  return Math.round((Date.parse(iso.slice(0, 10)) - Date.parse(today)) / DAY);
}

/** `today`, `in 3 days`, `2 days ago`. */
export function fromToday(iso: string): string {
  return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(daysUntil(iso), "day");
}
