import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Refusal } from "../api/problem";
import { Alert, Help, Sentence } from "./alert";
import { Button } from "./button";
import { Page } from "./page";
import { Skeleton } from "./skeleton";
import { say } from "./words";

interface Props<Answer> {
  of: UseQueryResult<Answer, Refusal>;
  /** How many grey lines hold its place. */
  lines?: number;
  /** It is a whole page, which has its heading where there is nothing to show too. */
  page?: boolean;
  children: (answer: Answer) => ReactNode;
}

/** What was read, once it is there; former data stay while newer come, and a refusal says its sentence. */
export function Loaded<Answer>({ of, lines = 5, page = false, children }: Props<Answer>) {
  if (of.data !== undefined) {
    return (
      <>
        {of.error ? <Refused refusal={of.error} onAgain={of.refetch} /> : null}
        {children(of.data)}
      </>
    );
  }
  if (!of.error) return <Skeleton lines={lines} />;
  const refused = <Refused refusal={of.error} onAgain={of.refetch} titled={!page} />;
  return page ? <Page title={titleOf(of.error) ?? say("notShown")}>{refused}</Page> : refused;
}

function titleOf({ status }: Refusal): string | undefined {
  if (status === 404) return say("notFound");
  return status === 403 ? say("notYours") : undefined;
}

function Refused({ refusal, onAgain, titled = true }: { refusal: Refusal; onAgain: () => void; titled?: boolean }) {
  const isFinal = refusal.status === 403 || refusal.status === 404;
  return (
    <Alert tone={isFinal ? "info" : "danger"} title={titled ? titleOf(refusal) : undefined}>
      <p>{refusal.status === 404 ? say("notFoundWhy") : <Sentence refusal={refusal} />}</p>
      <Help refusal={refusal} />
      {isFinal ? null : <Button onClick={onAgain}>{say("tryAgain")}</Button>}
    </Alert>
  );
}
