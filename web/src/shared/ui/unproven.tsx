import { useEffect } from "react";
import { useStep } from "../api/steps";
import { lookAgain, useSession } from "../identity/session";
import { Alert, RefusalAlert } from "./alert";
import { Button } from "./button";
import { say } from "./words";

/** Nobody has proven yet that the address is theirs: another mail with the link. */
export function Unproven() {
  const { state, email, proven } = useSession();
  const mail = useStep("send_address_verification", { refreshes: ["organisations"] });
  useEffect(() => {
    if (state === "in" && !proven) lookAgain(); // it may have been proven elsewhere meanwhile
  }, [state, proven]);
  if (state !== "in" || proven) return null;
  if (mail.done) return <Alert tone="good">{say("proofSent", { email })}</Alert>;
  return (
    <Alert tone="warning" title={say("unproven", { email })}>
      <p>{say("unprovenWhy")}</p>
      <RefusalAlert refusal={mail.refusal} />
      <Button busy={mail.isTaking} onClick={() => mail.take({})}>
        {say("mailProof")}
      </Button>
    </Alert>
  );
}
