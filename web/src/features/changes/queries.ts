import type { Parameters, Read } from "../../shared/api/names";
import { pages, read } from "../../shared/api/reads";

export type ChangeBrief = Read<"list_changes">["items"][number];
type Filter = Omit<Parameters<"list_changes">, "cursor" | "limit">;

const MOST = 100;

export const changes = (filter: Filter) => pages("changes", "list_changes", filter);
/** The other changes that are open about the same record. */
export const aboutRecord = (record: string) => read("changes", "list_changes", { record_id: record, limit: MOST });
/** The newest version of a record, alone. */
export const newest = (record: string) => read("records", "get_record_history", { id: record, limit: 1 });
export const between = (record: string, from: number, to: number) =>
  read("records", "compare_versions", { id: record, from, to });
export const members = () => read("organisations", "list_members", { status: "active", limit: MOST });
