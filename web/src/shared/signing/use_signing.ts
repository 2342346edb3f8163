// The act of signing: the password, a fresh sign-in, and then each step once.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { takeStep } from "../api/client";
import type { Area, Shape, Taken } from "../api/names";
import { Refusal } from "../api/problem";
import { refresh } from "../api/steps";
import { codeOf, isWrong, signInToSign } from "../identity/session";
import { ceremony, RENEWED_AFTER, type Told, type ToSign } from "./ceremony";
import { rememberLock } from "./lock";

/** What became of one subject. */
export interface Outcome {
  isSigned?: boolean;
  /** Where the step's answer tells it. */
  signature?: Shape<"Signature">;
  refusal?: Refusal;
  /** Why the server lets nobody sign it now: it wasn't sent. */
  why?: string;
}

export type Trouble = { sort: "wrong"; told: Taken<"report_failed_signing"> } | { sort: "many" } | { sort: "unknown" };

interface Signing {
  subjects: readonly ToSign[];
  /** The areas that are read again afterwards. */
  refreshes: readonly Area[];
  /** Whether everything that the signature covers is known, so that the challenge can be fetched. */
  isReady: boolean;
  words: Told;
  onSigned: (outcomes: ReadonlyMap<string, Outcome>) => void;
}

const AGAIN = new Set([401, 409, 412]); // the challenge is of no more use

export function useSigning({ subjects, refreshes, isReady, words: covered, onSigned }: Signing) {
  const client = useQueryClient();
  const [round, setRound] = useState(0);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [told, setTold] = useState(false);
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const keys = useRef(new Map<string, string>());
  const left = subjects.filter((each) => !outcomes.get(each.subject_id)?.isSigned);
  const begun = useQuery({ ...ceremony(left, covered, round), enabled: isReady && left.length > 0 && !told });
  const unbegun = begun.error?.status;
  useEffect(() => {
    if (unbegun === 409 || unbegun === 412) refresh(client, refreshes); // what is shown isn't what is there
  }, [unbegun, client, refreshes]);
  const seconds = useSecondsLeft(begun.dataUpdatedAt, !busy, () => setRound((former) => former + 1));

  /** One intention, the same challenge and content, has one key: pressed again after a lost answer, it counts once. */
  const take = async (one: ToSign, challenge: string, words: Told, proof: string): Promise<Outcome> => {
    const body = { ...one.body, ...one.arguments, ...words, challenge_id: challenge };
    const said = JSON.stringify([one.function, body, one.etag]);
    const key = keys.current.get(said) ?? crypto.randomUUID();
    keys.current.set(said, key);
    try {
      const answer = await takeStep<Pick<Outcome, "signature">>(one.function, body, key, one.etag, proof);
      return { isSigned: true, ...(answer.signature ? { signature: answer.signature } : {}) };
    } catch (error) {
      if (error instanceof Refusal) return { refusal: error };
      throw error;
    }
  };
  const failed = async (error: unknown, challenge: string | undefined) => {
    if (error instanceof Refusal) setRefusal(error);
    else if (isWrong(error) && challenge) {
      const counted = await takeStep<Taken<"report_failed_signing">>(
        "report_failed_signing",
        { challenge_id: challenge },
        crypto.randomUUID(),
      );
      setTrouble({ sort: "wrong", told: counted });
      if (counted.locked_until) rememberLock(counted.locked_until);
    } else if (codeOf(error) === "auth/too-many-requests") setTrouble({ sort: "many" });
    else setRefusal(new Refusal({ status: 0, title: "lost", detail: "", code: navigator.onLine ? "lost" : "offline" }));
  };
  const settle = (found: ReadonlyMap<string, Outcome>) => {
    const all = new Map([...outcomes, ...found]);
    setOutcomes(all);
    refresh(client, refreshes);
    if (subjects.every((each) => all.get(each.subject_id)?.isSigned)) return onSigned(all);
    const refused = [...found.values()].map((each) => each.refusal).filter((each) => each !== undefined);
    if (refused.some((each) => AGAIN.has(each.status))) setRound((former) => former + 1);
    if (subjects.length > 1) return setTold(true);
    if (refused[0]?.status === 0 && !refused[0].isOffline) setTrouble({ sort: "unknown" });
    else setRefusal(refused[0] ?? null);
  };
  /** Gives whether all of it is signed. */
  const sign = async (password: string, words: Told): Promise<boolean> => {
    let challenge: string | undefined;
    setBusy(true);
    setTrouble(undefined);
    setRefusal(null);
    try {
      const shown = await client.fetchQuery(ceremony(left, words, round));
      challenge = shown.challenge_id;
      const proof = await signInToSign(password);
      const found = new Map<string, Outcome>();
      for (const one of left) {
        const why = shown.signs.find((each) => each.subject_id === one.subject_id)?.why_not;
        found.set(one.subject_id, why ? { why } : await take(one, challenge, words, proof));
      }
      settle(found);
      return [...found.values()].every((each) => each.isSigned);
    } catch (error) {
      await failed(error, challenge).catch((other) => other instanceof Refusal && setRefusal(other));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return {
    begun,
    seconds,
    busy,
    trouble,
    refusal: begun.error ?? refusal,
    outcomes,
    sign,
    /** Of several, some aren't signed: what became of each is told before anything else is done. */
    isTold: told,
    goOn: () => setTold(false),
  };
}

/** Counts down to the moment at which the challenge is fetched anew; it isn't while nobody looks. */
function useSecondsLeft(from: number, isRunning: boolean, renew: () => void): number {
  const [now, setNow] = useState(Date.now);
  const act = useRef(renew);
  act.current = renew;
  useEffect(() => {
    if (!from || !isRunning) return;
    const ticking = window.setInterval(() => {
      setNow(Date.now());
      if (Date.now() - from < RENEWED_AFTER * 1000 || document.hidden) return;
      window.clearInterval(ticking);
      act.current();
    }, 1000);
    return () => window.clearInterval(ticking);
  }, [from, isRunning]);
  return Math.max(0, Math.ceil(RENEWED_AFTER - (Math.max(now, from) - from) / 1000));
}
