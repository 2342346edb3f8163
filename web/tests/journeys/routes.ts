// The addresses of the table of routes, read from it: a new screen is looked at from the day on which it has a line there.
import { readFileSync } from "node:fs";
import type { Caller } from "./people";

const TABLE = new URL("../../src/app/routes.tsx", import.meta.url);
/** Pages that all kinds of record share are written once, with this in place of the folder; they are seen with the first kind. */
const FOLDER = `\${folder}`;

export function routes(): string[] {
  const code = readFileSync(TABLE, "utf8");
  const folders = [...code.matchAll(/\bofRecord\("([^"]+)"\)/g)].map(([, folder]) => folder as string);
  const paths = [...code.matchAll(/\bpath: ["`]([^"`]+)["`]/g)].map(([, path]) => path as string);
  if (paths.length !== code.match(/\bpath:/g)?.length) throw new Error("routes.tsx writes a path in another way now.");
  return paths.flatMap((path) =>
    path.startsWith(FOLDER) ? folders.slice(0, 1).map((folder) => folder + path.slice(FOLDER.length)) : [path],
  );
}

/** The function that lists the records of a page; a page with an id needs a line here. */
const LISTS: Record<string, string> = {
  documents: "list_documents",
  changes: "list_changes",
  approvals: "list_approval_requests",
};

/** The addresses of a route, its record being the newest one; without an id, too, where the route lets it be left out. */
export async function addresses(route: string, caller: Caller): Promise<string[]> {
  if (route === "$") return ["/there/is/nothing/here"];
  const [id] = route.match(/\{-\$\w+\}|\$\w+/) ?? [];
  if (!id) return [route];
  const area = route.split("/")[1] ?? "";
  const list = LISTS[area];
  if (!list) throw new Error(`Say in ${import.meta.filename} where the records of ${route} are listed.`);
  const [first] = (await caller.read(list)).items;
  if (!first) throw new Error(`There is no record to show at ${route}.`);
  const shown = route.replace(id, first.id);
  return id.startsWith("{-") ? [route.replace(`/${id}`, ""), shown] : [shown];
}
