// What a person can decide about an approval request, from the steps that the server offers.
import type { StepName } from "../../shared/api/names";
import type { ToSign } from "../../shared/signing/ceremony";
import type { OpenStep } from "../../shared/ui/step";
import { day } from "../../shared/words/dates";
import type { Request } from "./queries";
import { say } from "./words";

export type Meaning = "approved" | "rejected";

/** The step that a signature with this meaning takes: the open one, else the one that says why not; none of another role. */
export function stepMeaning(request: Request, meaning: Meaning): OpenStep | undefined {
  const steps = request.open_steps.filter((each) => each.gate === "signed" && each.meaning === meaning);
  return steps.find((each) => each.open) ?? steps.find((each) => each.closed_by !== "role");
}

export function toSign(request: Request, step: OpenStep): ToSign {
  return {
    subject_kind: step.subject_kind ?? "",
    subject_id: request.id,
    meaning: step.meaning ?? "",
    title: `${request.number}, ${request.title}`,
    function: step.function as StepName,
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
