// What a person can decide about an approval request, from the steps that the server offers.
import type { Area, StepName } from "../../shared/api/names";
import type { ToSign } from "../../shared/signing/ceremony";
import type { OpenStep } from "../../shared/ui/step";
import { day } from "../../shared/words/dates";
import type { Request } from "./queries";
import { say } from "./words";

export type Meaning = "approved" | "rejected";

export const MEANINGS: readonly Meaning[] = ["approved", "rejected"];
/** The step by whose word a person knows the meaning. */
export const WORDS: Record<Meaning, string> = { approved: "approve", rejected: "reject" };
const FUNCTIONS: Record<Meaning, StepName> = { approved: "approve_request", rejected: "reject_request" };

/** What a decision may alter: an approved change is applied to its records at once. */
export const APPLIES: readonly Area[] = [
  "approvals",
  "changes",
  "documents",
  "trainings",
  "events",
  "investigations",
  "capa_plans",
];

/** The step that a signature with this meaning takes: the open one, else the one that says why not; none of another role. */
export function stepMeaning(request: Request, meaning: Meaning): OpenStep | undefined {
  const steps = request.open_steps.filter((each) => each.gate === "signed" && each.meaning === meaning);
  return steps.find((each) => each.open) ?? steps.find((each) => each.closed_by !== "role");
}

export function toSign(request: Request, meaning: Meaning): ToSign {
  return {
    subject_kind: "approval_request",
    subject_id: request.id,
    meaning,
    title: say("subject", { number: request.number, round: request.round, title: request.title }),
    function: FUNCTIONS[meaning],
    body: { approval_request_id: request.id },
    etag: request.etag,
  };
}

/** What follows from the signature, in words. */
export function follows(request: Request, step: OpenStep): string {
  const { change } = request;
  if (step.meaning === "rejected")
    return say("followsReject", { names: change.authors.map((each) => each.name).join(", ") });
  if (step.step === "sign") return say("followsMore");
  const from = change.effective_on ? ` ${say("followsFrom", { on: day(change.effective_on) })}` : "";
  return say("followsLast", { count: change.items.length }) + from;
}
