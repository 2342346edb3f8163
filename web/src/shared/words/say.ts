// What the application says, in the person's language. Each area has its words beside its screens (`words.<language>.ts`, in ICU's form); the
// build compiles them, and only one language of the areas in use is loaded.
import { i18n, type Messages } from "@lingui/core";

export const LANGUAGES = { en: "English", nl: "Nederlands", fr: "Français" } as const;
export type Language = keyof typeof LANGUAGES;

const REMEMBERED = "language";
const files = import.meta.glob<{ default: Messages }>("/src/**/words.*.ts");
const loaded = new Set<string>();

/** A name is written small; what stands in a branch of a plural is a phrase, or begins with a capital. */
type Plain<Inner extends string> = Inner extends `${string} ${string}` | `#${string}`
  ? never
  : Inner extends Uncapitalize<Inner>
    ? Inner
    : never;
type Named<Inner extends string> = Inner extends `${infer Name},${string}` ? Plain<Name> : Plain<Inner>;
type NamesOf<Text extends string> = Text extends `${string}{${infer Rest}`
  ? Rest extends `${infer Inner}}${infer After}`
    ? Named<Inner> | NamesOf<After>
    : never
  : never;
type Given<Text extends string> = [NamesOf<Text>] extends [never] ? [] : [{ [Name in NamesOf<Text>]: string | number }];

/** The sayer of an area: its keys are those of the English words, and what a sentence needs is asked for by name. */
export function wordsOf<Words extends Record<string, string>>(area: string) {
  return <Key extends keyof Words & string>(key: Key, ...given: Given<Words[Key]>): string =>
    i18n._(`${area}.${key}`, given[0] ?? {});
}

/** A word that may be missing, because the server names what it is about. */
export function wordOr(area: string, key: string, otherwise: string): string {
  const id = `${area}.${key}`;
  return id in i18n.messages ? i18n._(id) : otherwise;
}

export function language(): Language {
  return i18n.locale in LANGUAGES ? (i18n.locale as Language) : "en";
}

/** The words of these areas, `app` or a folder of features/ or shared/, in the language in use. */
export async function loadWords(...areas: string[]): Promise<void> {
  const wanted = areas.filter((area) => !loaded.has(`${language()}/${area}`));
  await Promise.all(
    wanted.map(async (area) => {
      const ending = `/${area}/words.${language()}.ts`;
      const file = Object.keys(files).find((path) => path.endsWith(ending));
      const words = file ? await files[file]?.() : undefined;
      if (words) i18n.load(language(), words.default);
      loaded.add(`${language()}/${area}`);
    }),
  );
}

/** The language remembered on this device, else the browser's, else English. */
export async function startWords(...areas: string[]): Promise<void> {
  const asked = [localStorage.getItem(REMEMBERED), ...navigator.languages].map((each) => each?.slice(0, 2) ?? "");
  await speak((asked.find((each) => each in LANGUAGES) ?? "en") as Language, ...areas);
}

async function speak(chosen: Language, ...areas: string[]): Promise<void> {
  i18n.activate(chosen);
  document.documentElement.lang = chosen;
  await loadWords(...areas);
}

/** Turns to another language: the page is loaded anew, so that nothing of the former one stays. */
export function turnTo(chosen: string): void {
  if (!(chosen in LANGUAGES) || chosen === language()) return;
  localStorage.setItem(REMEMBERED, chosen);
  window.location.reload();
}
