// Steps: the one way to change anything.
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { takeStep } from "./client";
import type { Area, Body, StepName, Taken } from "./names";
import type { Refusal } from "./problem";

interface Act<Name extends StepName> {
  body: Body<Name>;
  /** The etag that the person saw, so that nobody overwrites what they haven't read. */
  etag?: string | undefined;
}

interface Options<Name extends StepName> {
  /** The areas that are read again afterwards; the lists of tasks and records always are. */
  refreshes: Area[];
  onDone?: (answer: Taken<Name>) => void;
}

export interface StepInHand<Name extends StepName> {
  take: (body: Body<Name>, etag?: string) => Promise<Taken<Name> | undefined>;
  isTaking: boolean;
  refusal: Refusal | null;
  done: Taken<Name> | undefined;
  reset: () => void;
}

/**
 * A step in a person's hand. One intention has one Idempotency-Key: it is kept over retries, and new once the body or the etag is another.
 * Nothing is queued while offline, so no signature leaves without its signer; `take` gives undefined where the step was refused.
 */
export function useStep<Name extends StepName>(name: Name, { refreshes, onDone }: Options<Name>): StepInHand<Name> {
  const client = useQueryClient();
  const intention = useRef({ said: "", key: "" });
  const step = useMutation<Taken<Name>, Refusal, Act<Name>>({
    networkMode: "always",
    retry: 0,
    mutationFn: ({ body, etag }) => {
      const said = JSON.stringify([body, etag]);
      if (intention.current.said !== said) intention.current = { said, key: crypto.randomUUID() };
      return takeStep<Taken<Name>>(name, body, intention.current.key, etag);
    },
    onSuccess: (answer) => {
      intention.current = { said: "", key: "" };
      refresh(client, refreshes);
      onDone?.(answer);
    },
    onError: (refusal) => {
      if (refusal.status === 409 || refusal.status === 412) {
        for (const area of refreshes) client.invalidateQueries({ queryKey: [area] });
      }
    },
  });
  return {
    take: (body, etag) => step.mutateAsync({ body, etag }).catch(() => undefined),
    isTaking: step.isPending,
    refusal: step.error,
    done: step.data,
    reset: step.reset,
  };
}

/** Reads again what a step may have changed: these areas, and the lists of tasks and records. */
export function refresh(client: QueryClient, areas: readonly Area[]): void {
  for (const area of new Set<Area>([...areas, "organisations", "records"]))
    client.invalidateQueries({ queryKey: [area] });
}
