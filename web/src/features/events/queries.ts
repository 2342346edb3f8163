import type { Parameters, Read } from "../../shared/api/names";
import { pages, read } from "../../shared/api/reads";

export type Event = Read<"get_event">;
export type EventBrief = Read<"list_events">["items"][number];
type Filter = Omit<Parameters<"list_events">, "cursor" | "limit">;
export type Severity = NonNullable<Filter["severity"]>;

export const STATUSES = ["reported", "triaged", "under_investigation", "permitted", "closed", "cancelled"];
export type Reportable = NonNullable<Event["content"]["reportable"]>;

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

/** The rules by which an authority is told; the server computes the deadline of each but the last. */
export const RULES = [
  "mdr_serious_incident",
  "mdr_public_health_threat",
  "mdr_death_or_deterioration",
  "mdr_field_safety_corrective_action",
  "ivdr_serious_incident",
  "ivdr_public_health_threat",
  "ivdr_death_or_deterioration",
  "fda_device_report",
  "fda_device_five_day_report",
  "fda_correction_or_removal",
  "fda_field_alert",
  "other",
] as const satisfies readonly NonNullable<Reportable["rule"]>[];

export const events = (filter: Filter) => pages("events", "list_events", filter);

/** Nothing of another event stays on the screen while this one is asked for. */
export const event = (id: string) => ({ ...read("events", "get_event", { id }), placeholderData: undefined });
