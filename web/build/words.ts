// Compiles the words of each area (`words.<language>.ts`) at build time: ICU messages become what Lingui's runtime interpolates, so no parser
// reaches the browser. What is missing in a language, or speaks of other things than the English sentence does, doesn't build.
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import type { Plugin } from "vite";

type Messages = Record<string, string>;
type Token = string | [string] | [string, string] | [string, string, unknown];

const WORDS = /\/words\.(?:en|nl|fr)\.ts$/;
const LANGUAGES = ["en", "nl", "fr"];

async function messages(file: string): Promise<Messages> {
  const module: { default: Messages } = await import(`${pathToFileURL(file)}?${process.hrtime.bigint()}`);
  return module.default;
}

function names(compiled: unknown, found = new Set<string>()): Set<string> {
  if (!Array.isArray(compiled)) return found;
  for (const token of compiled as Token[]) {
    if (!Array.isArray(token)) continue;
    found.add(token[0]);
    for (const branch of Object.values(token[2] ?? {})) names(branch, found);
  }
  return found;
}

async function complaints(folder: string): Promise<string[]> {
  const english = await messages(join(folder, "words.en.ts"));
  const found: string[] = [];
  for (const language of LANGUAGES) {
    const theirs = await messages(join(folder, `words.${language}.ts`));
    for (const key of new Set([...Object.keys(english), ...Object.keys(theirs)])) {
      const [here, there] = [english[key], theirs[key]];
      if (here === undefined || there === undefined) found.push(`${language}: ${key} is only in one of the languages`);
      else if ([...names(compileMessage(here))].sort().join() !== [...names(compileMessage(there))].sort().join())
        found.push(`${language}: ${key} names other things than the English one`);
    }
  }
  return found;
}

export function words(): Plugin {
  return {
    name: "qfacts-words",
    enforce: "pre",
    async transform(_code, id) {
      const file = id.split("?")[0] ?? id;
      if (!WORDS.test(file)) return null;
      const folder = dirname(file);
      for (const each of await readdir(folder)) if (WORDS.test(`/${each}`)) this.addWatchFile(join(folder, each));
      const wrong = await complaints(folder);
      if (wrong.length > 0) this.error(`${folder}/${basename(file)}\n${wrong.join("\n")}`);
      const area = basename(folder);
      const compiled = Object.entries(await messages(file)).map(([key, text]) => [
        `${area}.${key}`,
        compileMessage(text),
      ]);
      return { code: `export default ${JSON.stringify(Object.fromEntries(compiled))};`, map: null };
    },
  };
}
