import type { Parameters, Read } from "../../shared/api/names";
import { pages, read } from "../../shared/api/reads";

export type Event = Read<"get_event">;
export type EventBrief = Read<"list_events">["items"][number];
type Filter = Omit<Parameters<"list_events">, "cursor" | "limit">;
export type Severity = NonNullable<Filter["severity"]>;

export const STATUSES = ["reported", "triaged", "under_investigation", "closed", "cancelled"];
export const SEVERITIES: readonly Severity[] = ["minor", "major", "critical"];
export const PLANNED = "planned_deviation"; // the one that may lie in the future
export const TYPES = [
  "deviation",
  PLANNED,
  "non_conformity",
  "out_of_specification",
  "complaint",
  "supplier_non_conformity",
  "incident",
  "near_miss",
  "audit_finding",
];

export const events = (filter: Filter) => pages("events", "list_events", filter);

/** Nothing of another event stays on the screen while this one is asked for. */
export const event = (id: string) => ({ ...read("events", "get_event", { id }), placeholderData: undefined });
