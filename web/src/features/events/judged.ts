// QA's assessment as its form says it: what is left empty isn't sent, and risk is given whole or not at all.
import { text } from "../../shared/ui/form";

const SCORES = ["severity", "occurrence", "detection"];
const DECIDED = ["decision", "rule", "aware_on", "deadline", "reason", "reported_on", "reference"];
const PLAIN = ["severity", "containment", "disposition", "classification", "on_market", "due_on"];

export type Judged = Record<string, unknown>;

export function judged(data: FormData): Judged {
  const said = (names: readonly string[], under = "") =>
    Object.fromEntries(
      names.map((name) => [name, text(data, under + name)] as const).filter(([, value]) => value !== undefined),
    );
  const scores = Object.entries(said(SCORES, "risk.")).map(([name, score]) => [name, Number(score)] as const);
  const decided = said(DECIDED, "reportable.");
  return {
    ...said(PLAIN),
    ...(scores.length > 0 ? { risk: Object.fromEntries(scores) } : {}),
    ...(Object.keys(decided).length > 0 ? { reportable: decided } : {}),
  };
}
