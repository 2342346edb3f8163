import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Refusal } from "../api/problem";
import { Alert, Sentence } from "./alert";
import { Button } from "./button";
import { Skeleton } from "./skeleton";
import { say } from "./words";

interface Props<Answer> {
  of: UseQueryResult<Answer, Refusal>;
  /** How many grey lines hold its place. */
  lines?: number;
  children: (answer: Answer) => ReactNode;
}

/** What was read, once it is there; former data stay while newer come, and a refusal says its sentence. */
export function Loaded<Answer>({ of, lines = 5, children }: Props<Answer>) {
  if (of.data !== undefined) {
    return (
      <>
        {of.error ? <Refused refusal={of.error} onAgain={of.refetch} /> : null}
        {children(of.data)}
      </>
    );
  }
  return of.error ? <Refused refusal={of.error} onAgain={of.refetch} /> : <Skeleton lines={lines} />;
}

function Refused({ refusal, onAgain }: { refusal: Refusal; onAgain: () => void }) {
  if (refusal.status === 404)
    return (
      <Alert tone="info" title={say("notFound")}>
        <p>{say("notFoundWhy")}</p>
      </Alert>
    );
  const title = refusal.status === 403 ? say("notYours") : undefined;
  return (
    <Alert tone={refusal.status === 403 ? "info" : "danger"} title={title}>
      <p>
        <Sentence refusal={refusal} />
      </p>
      {refusal.status === 403 ? null : <Button onClick={onAgain}>{say("tryAgain")}</Button>}
    </Alert>
  );
}
