// By urgency: what is overdue, today's, this week's, and the rest.
import { daysUntil } from "../../shared/words/dates";
import type { WorkItem } from "./queries";

export const URGENCIES = ["overdue", "today", "week", "later", "noDate"] as const;
export type Urgency = (typeof URGENCIES)[number];

const WEEK = 7;

function urgency(item: WorkItem): Urgency {
  if (!item.due_on) return "noDate";
  const days = daysUntil(item.due_on);
  if (item.overdue || days < 0) return "overdue";
  if (days === 0) return "today";
  return days <= WEEK ? "week" : "later";
}

export function byUrgency(items: readonly WorkItem[]): [Urgency, WorkItem[]][] {
  const groups = URGENCIES.map((each): [Urgency, WorkItem[]] => [each, items.filter((item) => urgency(item) === each)]);
  return groups.filter(([, found]) => found.length > 0);
}
