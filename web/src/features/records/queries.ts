import type { Read } from "../../shared/api/names";
import { read } from "../../shared/api/reads";

export type History = Read<"get_record_history">;
export type Version = History["versions"][number];
export type Difference = Read<"compare_versions">["diff"][number];

const A_PAGE = 20; // each version carries its whole difference

export const trail = (id: string) => ({
  ...read("records", "get_record_history", { id, limit: 1 }),
  placeholderData: undefined,
});
export const comparison = (id: string, from: number, to: number) => ({
  ...read("records", "compare_versions", { id, from, to }),
  placeholderData: undefined,
});
export const members = () => read("organisations", "list_members", { limit: 100 });
export const teams = () => read("organisations", "list_teams", { limit: 100 });

/** The history as a list that goes on: one record's versions, newest first. */
export const history = (id: string) => ({
  ...read("records", "get_record_history", { id, limit: A_PAGE }),
  placeholderData: undefined,
});
