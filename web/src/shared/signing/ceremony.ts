// What is about to be signed, as the server says it: a challenge that is good for two minutes.
import { queryOptions } from "@tanstack/react-query";
import { takeStep } from "../api/client";
import type { StepName, Taken } from "../api/names";
import type { Refusal } from "../api/problem";
import { organisationId } from "../identity/membership";

export type Ceremony = Taken<"start_signing">;
export type Told = Record<string, unknown>;

/** One thing to sign: what start_signing takes, and the step that the signature is for. */
export interface ToSign {
  subject_kind: string;
  subject_id: string;
  meaning: string;
  /** What it is, as the screen names it. */
  title: string;
  function: StepName;
  /** What the step takes beside the challenge, such as the id of its subject. */
  body: Told;
  /** What the signature covers beside its subject; the step is told it too. */
  arguments?: Told;
  /** The etag of what is shown. */
  etag: string;
}

/** The seconds after which a challenge, which is good for 120, is fetched anew. */
export const RENEWED_AFTER = 110;

/** A challenge over these subjects; `told` goes with each, and `round` counts those that were fetched before. */
export function ceremony(subjects: readonly ToSign[], told: Told, round: number) {
  const wished = subjects.map(({ subject_kind, subject_id, meaning, arguments: its }) => ({
    subject_kind,
    subject_id,
    meaning,
    arguments: { ...its, ...told },
  }));
  const etags = subjects.map((each) => each.etag);
  return queryOptions<Ceremony, Refusal>({
    queryKey: ["signing", organisationId(), wished, etags, round],
    queryFn: () => takeStep<Ceremony>("start_signing", { subjects: wished }, crypto.randomUUID()),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnReconnect: false,
  });
}
