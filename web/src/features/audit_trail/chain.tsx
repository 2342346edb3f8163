import { useQuery } from "@tanstack/react-query";
import { Alert, RefusalAlert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { moment } from "../../shared/words/dates";
import { type Verdict, verdict } from "./queries";
import { say } from "./words";

/** Whether nobody altered the trail: every hash is computed anew and compared with the seals. */
export function Chain() {
  const found = useQuery(verdict());
  return (
    <>
      <RefusalAlert refusal={found.error} />
      {found.data ? <Judged of={found.data} /> : null}
      <div className="actions">
        <Button busy={found.isFetching} onClick={() => found.refetch()}>
          {say(found.data ? "verifyAgain" : "verify")}
        </Button>
      </div>
    </>
  );
}

function Judged({ of: { intact, entries, first_broken, sealed } }: { of: Verdict }) {
  return (
    <Alert tone={intact ? "good" : "danger"} title={say(intact ? "intact" : "broken", { count: entries })}>
      {first_broken ? <pre>{JSON.stringify(first_broken, null, 1)}</pre> : null}
      {sealed?.last_at ? (
        <p>{say("sealed", { count: sealed.checkpoints, moment: moment(sealed.last_at) })}</p>
      ) : (
        <p>{say("unsealed")}</p>
      )}
      {sealed?.restores.map((each) => (
        <p key={each.seal}>{say("restored", { moment: moment(each.at), name: each.by, reason: each.reason })}</p>
      ))}
    </Alert>
  );
}
