import { Link } from "@tanstack/react-router";
import { Alert } from "../../shared/ui/alert";
import { day } from "../../shared/words/dates";
import { statusWord } from "../../shared/words/vocabulary";
import type { Reading } from "./queries";
import { say } from "./words";

interface Props {
  now: Reading;
  shown: Pick<Reading, "status" | "version" | "effective_on" | "signatures">;
}

/** What isn't in force says so and since when, and leads to the version that is. */
export function Band({ now, shown }: Props) {
  if (shown.status === "effective") return null;
  const suspension =
    shown.status === "suspended" ? shown.signatures.findLast((each) => each.meaning === "suspended") : undefined;
  return (
    <Alert tone={shown.status === "suspended" ? "danger" : "warning"} title={titleOf(shown, suspension?.signed_at)}>
      {suspension?.reason ? (
        <p>
          <q>{suspension.reason}</q> ({suspension.printed_name})
        </p>
      ) : null}
      {now.status === "effective" && now.version !== shown.version ? (
        <p>
          <Link to="/documents/$id" params={{ id: now.id }} search={{}}>
            {say("inForceIs", { version: now.version })}
          </Link>
        </p>
      ) : (
        <p>{say("noneInForce")}</p>
      )}
    </Alert>
  );
}

function titleOf(shown: Props["shown"], suspendedAt: string | undefined): string {
  if (suspendedAt) return say("suspendedSince", { day: day(suspendedAt) });
  if (shown.status === "approved" && shown.effective_on) return say("fromDay", { day: day(shown.effective_on) });
  return say("notInForce", { status: statusWord(shown.status) });
}
