// Names beside ids, and fields in words: what a difference is shown with.
import { useQuery } from "@tanstack/react-query";
import type { Shape } from "../api/names";
import { read } from "../api/reads";
import { wordOr } from "../words/say";

export type Change = Shape<"Change">;
export type Item = Change["items"][number];
export type NameOf = (id: string) => string | undefined;

const MOST = 100;

/** Finds the name of a person or team of the organisation, or of a file of the change. */
export function useNames(files: Change["files"]): NameOf {
  const members = useQuery(read("organisations", "list_members", { limit: MOST }));
  const teams = useQuery(read("organisations", "list_teams", { limit: MOST }));
  const names = new Map<string, string>(files.map((file) => [file.id, file.filename]));
  for (const member of members.data?.items ?? []) names.set(member.person_id, member.name);
  for (const team of teams.data?.items ?? []) names.set(team.id, team.name);
  return (id) => names.get(id);
}

const word = (name: string) => wordOr("change", `field_${name}`, name.replaceAll("_", " "));

/** `content.review_interval_months` in words; a place in a list counts from one. */
export function fieldWord(field: string): string {
  const parts = field.replace(/^content\./, "").split(".");
  return parts.map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : word(part))).join(" › ");
}

/** A value as lines of text, names instead of ids. */
export function inLines(value: unknown, nameOf: NameOf): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((each) => inLines(each, nameOf)).join("\n");
  if (typeof value === "object")
    return Object.entries(value)
      .filter(([, inner]) => inner !== null && inner !== undefined)
      .map(([name, inner]) => `${word(name)}: ${inLines(inner, nameOf)}`)
      .join("\n");
  if (typeof value === "boolean") return word(value ? "yes" : "no");
  return nameOf(String(value)) ?? String(value);
}
