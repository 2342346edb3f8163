import { useEffect, useRef } from "react";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import type { ToSign } from "./ceremony";
import { Subject } from "./subject";
import type { Outcome } from "./use_signing";
import { say } from "./words";

interface Props {
  subjects: readonly ToSign[];
  outcomes: ReadonlyMap<string, Outcome>;
  onAgain: () => void;
  onClose: () => void;
}

/** What became of several: which are signed, and of each other one why it isn't. */
export function Results({ subjects, outcomes, onAgain, onClose }: Props) {
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => top.current?.focus(), []);
  const found = subjects.map((each) => outcomes.get(each.subject_id));
  const done = found.filter((each) => each?.isSigned).length;
  const mayPass = found.some((each) => each?.refusal && (each.refusal.mayPass || each.refusal.isOffline));
  return (
    <div className="signing">
      <div ref={top} tabIndex={-1} className="summary">
        <Alert tone="warning" title={say("someSigned", { done, left: subjects.length - done })}>
          {say("someHint")}
        </Alert>
      </div>
      <ul className="subjects">
        {subjects.map((each) => (
          <Subject key={each.subject_id} subject={each} shown={undefined} outcome={outcomes.get(each.subject_id)} />
        ))}
      </ul>
      <div className="actions">
        <Button kind={mayPass ? "plain" : "main"} onClick={onClose}>
          {say("goOn")}
        </Button>
        {mayPass ? <Button onClick={onAgain}>{say("signLeft")}</Button> : null}
      </div>
    </div>
  );
}
