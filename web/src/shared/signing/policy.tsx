import { useQuery } from "@tanstack/react-query";
import { read } from "../api/reads";
import { useStep } from "../api/steps";
import { RefusalAlert } from "../ui/alert";
import { Button } from "../ui/button";
import { Loaded } from "../ui/loaded";
import { say } from "./words";

/** Who signs for the first time accepts what a signature means, and goes on. */
export function Policy() {
  const accept = useStep("accept_signing_policy", { refreshes: ["organisations"] });
  const organisation = useQuery(read("organisations", "get_organisation"));
  return (
    <>
      <p>{say("policyFirst")}</p>
      <Loaded of={organisation} lines={2}>
        {({ settings }) => <blockquote>{String(settings.signing_policy ?? "")}</blockquote>}
      </Loaded>
      <RefusalAlert refusal={accept.refusal} />
      <div className="actions">
        <Button kind="main" busy={accept.isTaking} onClick={() => accept.take({})}>
          {say("iAccept")}
        </Button>
      </div>
    </>
  );
}
