// What the server names by field or id, in words.
import { useQuery } from "@tanstack/react-query";
import { wordOr } from "../../shared/words/say";
import { roleWord } from "../../shared/words/vocabulary";
import { members, teams } from "./queries";
import { say } from "./words";

/** `content.audience.team_ids.0` is said as its last part that has a name. */
export function fieldWord(field: string): string {
  const parts = field.split(".").filter((part) => !/^\d+$/.test(part));
  const last = parts.at(-1) ?? field;
  return wordOr("records", `field_${last}`, last.replaceAll("_", " "));
}

export const linkWord = (type: string) => wordOr("records", `link_${type}`, type.replaceAll("_", " "));

/** Says a value: people and teams by name, nothing as a word. */
export function useValueWord(): (field: string, value: unknown) => string {
  const people = useQuery(members()).data?.items ?? [];
  const found = useQuery(teams()).data?.items ?? [];
  const names = new Map([
    ...people.map((each) => [each.person_id, each.name] as const),
    ...found.map((each) => [each.id, each.name] as const),
  ]);
  const one = (field: string, value: unknown): string => {
    if (value === null || value === undefined || value === "") return say("nothing");
    if (Array.isArray(value)) return value.map((each) => one(field, each)).join(", ");
    if (typeof value === "object") return JSON.stringify(value, null, 1);
    return field.includes("roles") ? roleWord(String(value)) : (names.get(String(value)) ?? String(value));
  };
  return one;
}
