// The addresses of the table of routes, read from it: a new screen is looked at from the day on which it has a line there.
import { readFileSync } from "node:fs";
import { scene, type Who } from "./scene";

const TABLE = new URL("../../src/app/routes.tsx", import.meta.url);
/** Pages that all kinds of record share are written once, with this in place of the folder. */
const FOLDER = `\${folder}`;
const ID = /\/?(\{-\$\w+\}|\$\w+)/;

export function routes(): string[] {
  const code = readFileSync(TABLE, "utf8");
  const folders = [...code.matchAll(/\bofRecord\("([^"]+)"\)/g)].map(([, folder]) => folder as string);
  const paths = [...code.matchAll(/\bpath: ["`]([^"`]+)["`]/g)].map(([, path]) => path as string);
  if (paths.length !== code.match(/\bpath:/g)?.length) throw new Error("routes.tsx writes a path in another way now.");
  return paths.flatMap((path) =>
    path.startsWith(FOLDER) ? folders.map((folder) => folder + path.slice(FOLDER.length)) : [path],
  );
}

/** Who looks at the pages of a folder; nobody is signed in where one comes to sign in. */
const LOOKERS: Record<string, Who | null> = {
  "sign-in": null,
  forgotten: null,
  account: null,
  "accept-invitation": null,
  welcome: "stranger",
  approvals: "qa",
  assignments: "operator",
  audit_trail: "qa",
  members: "admin",
  invitations: "admin",
};

/** Pages that look otherwise by the search part of their address. */
const MORE: Record<string, string[]> = {
  "/documents/$id": ["?version=1"],
  "/documents/$id/links": ["?view=list"],
};

export function looker(route: string): Who | null {
  const found = LOOKERS[route.split("/")[1] ?? ""];
  return found === undefined ? "owner" : found;
}

/** The addresses of a route, with the scene's record; without an id, too, where the route lets it be left out. */
export function addresses(route: string): string[] {
  if (route === "$") return ["/there/is/nothing/here"];
  const [id] = route.match(ID) ?? [];
  if (!id) return [route];
  const shown = scene.shown[route.split("/")[1] ?? ""];
  if (!shown) throw new Error(`tests/journeys/scene.py has no record to show at ${route}: give it one.`);
  const full = route.replace(ID, `/${shown}`);
  const found = (MORE[route] ?? []).map((search) => full + search);
  return id.includes("{-") ? [route.replace(ID, ""), full] : [full, ...found];
}

/** Whether another kind's page is the same one: written once, and looked at in all looks with the first kind. */
export function isSeenAlready(route: string): boolean {
  const [, folder, , page] = route.split("/");
  return folder !== "documents" && page !== undefined && routes().includes(`/documents/$id/${page}`);
}
