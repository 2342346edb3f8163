import type { Change } from "../../shared/change/names";
import { Alert } from "../../shared/ui/alert";
import { say } from "./words";

/** How the last round ended, where it sent the change back: who, and why. */
export function LastRound({ change }: { change: Change }) {
  const last = change.rounds.at(-1);
  if (change.status !== "draft" || !last?.outcome) return null;
  const by = change.signatures.find((each) => each.round === last.round && each.meaning === "rejected");
  const title = by
    ? say("rejected", { round: last.round, name: by.printed_name })
    : say("cameBack", { round: last.round });
  return (
    <Alert tone="warning" title={title}>
      {last.cause ? <p>{last.cause}</p> : null}
    </Alert>
  );
}
