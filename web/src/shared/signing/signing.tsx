import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Area, Shape } from "../api/names";
import { useMe, useMembership } from "../identity/me";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field, TextField } from "../ui/field";
import { Form, secret, text } from "../ui/form";
import { moment } from "../words/dates";
import { meaningWord } from "../words/vocabulary";
import type { Told, ToSign } from "./ceremony";
import { lockedUntil } from "./lock";
import { Policy } from "./policy";
import { Results } from "./results";
import "./signing.css";
import { Subject } from "./subject";
import { type Outcome, type Trouble, useSigning } from "./use_signing";
import { say } from "./words";

interface Props {
  /** What is done by signing, as the dialogue's title: "Approve". */
  title: string;
  subjects: readonly ToSign[];
  reason?: "needed" | "optional" | undefined;
  /** What follows from the signature. */
  follows?: ReactNode;
  refreshes: readonly Area[];
  onClose: () => void;
  onSigned: (outcomes: ReadonlyMap<string, Outcome>) => void;
}

/** The signing dialogue: who signs what, with which meaning and what follows; then the reason and the password. */
export function Signing(props: Props) {
  const membership = useMembership();
  const close = useRef(props.onClose);
  close.current = props.onClose;
  return (
    <Dialog title={props.title} onClose={() => close.current()}>
      {membership && !membership.policy_accepted_at ? <Policy /> : <Ceremony {...props} />}
    </Dialog>
  );
}

function Ceremony({ subjects, reason, follows, refreshes, onClose, onSigned }: Props) {
  const { data: me } = useMe();
  const [words, setWords] = useState<Told>({});
  const form = useRef<HTMLDivElement>(null);
  const isReady = reason !== "needed" || words.reason !== undefined;
  const act = useSigning({ subjects, refreshes, isReady, words, onSigned });
  const meanings = [...new Set(subjects.map((each) => meaningWord(each.meaning)))].join(", ");
  const signs = act.begun.data?.signs;
  const isClosed = CLOSED.has(act.begun.error?.status ?? 0) || signs?.every((each) => each.why_not);
  const isOther = act.refusal?.status === 412;
  const until = act.refusal?.problem.code === "signing_locked" ? lockedUntil() : null;
  const locked =
    act.trouble?.sort === "wrong" ? act.trouble.told.locked_until : act.refusal?.problem.code === "signing_locked";
  const why = locked ? say("lockedNow") : isOther ? say("lookAgain") : isClosed ? say("closed") : null;

  useEffect(() => {
    const first = form.current?.querySelector<HTMLElement>("textarea, [name=password]");
    first?.focus(); // also where the policy came first
  }, []);
  useEffect(() => {
    if (act.trouble && !act.busy) passwordIn(form.current)?.focus();
  }, [act.trouble, act.busy]);
  const sign = async (data: FormData) => {
    const said = reasonOf(data);
    setWords(said);
    const done = await act.sign(secret(data, "password"), said);
    const field = passwordIn(form.current);
    if (field) field.value = "";
    return done;
  };
  if (act.isTold)
    return (
      <Results subjects={subjects} outcomes={act.outcomes} onAgain={act.goOn} onClose={() => onSigned(act.outcomes)} />
    );
  return (
    <div ref={form} className="signing">
      <p>
        {say("youSign")} <b>{me?.name}</b>
      </p>
      <ul className="subjects">
        {subjects.map((each) => (
          <Subject
            key={each.subject_id}
            subject={each}
            shown={signs?.find((one) => one.subject_id === each.subject_id)}
            outcome={subjects.length > 1 ? act.outcomes.get(each.subject_id) : undefined}
          />
        ))}
      </ul>
      {follows ? <p>{follows}</p> : null}
      <Form onSend={sign} refusal={until ? null : act.refusal}>
        {until ? <Alert tone="danger">{say("locked", { until: moment(until) })}</Alert> : null}
        {act.trouble ? <TroubleAlert trouble={act.trouble} /> : null}
        {reason ? (
          <TextField
            name="reason"
            label={say("reason")}
            hint={say("reasonHint")}
            required={reason === "needed"}
            optional={reason === "optional"}
            rows={3}
            onBlur={(event) =>
              setWords(event.currentTarget.value.trim() ? { reason: event.currentTarget.value.trim() } : {})
            }
          />
        ) : null}
        <input type="hidden" name="email" autoComplete="username" value={me?.email ?? ""} readOnly />
        <Field
          name="password"
          type="password"
          label={say("password")}
          hint={me?.email}
          autoComplete="current-password"
          required
        />
        <div className="actions">
          <Button kind="main" type="submit" busy={act.busy} why={why}>
            {say("sign", { meaning: meanings })}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {say("notNow")}
          </Button>
          {signs && act.seconds > 0 ? (
            <span className="soft seconds" role="timer">
              {say("seconds", { count: act.seconds })}
            </span>
          ) : null}
        </div>
      </Form>
    </div>
  );
}

const CLOSED = new Set([403, 404, 409]);

function TroubleAlert({ trouble }: { trouble: Trouble }) {
  if (trouble.sort !== "wrong") return <Alert tone="warning">{say(trouble.sort)}</Alert>;
  const { left, locked_until: until } = trouble.told;
  if (until) return <Alert tone="danger">{say("locked", { until: moment(until) })}</Alert>;
  return <Alert tone="danger">{say("wrong", { count: left })}</Alert>;
}

function passwordIn(form: HTMLElement | null): HTMLInputElement | null | undefined {
  return form?.querySelector("[name=password]");
}

function reasonOf(data: FormData): Told {
  const reason = text(data, "reason");
  return reason ? { reason } : {};
}

/** A signature in one sentence, for what confirms a step. */
export function signatureLine(signature: Shape<"Signature">): string {
  const { printed_name: name, meaning, local_time: at, time_zone: zone } = signature;
  return say("signedBy", { name, meaning: meaningWord(meaning), at: at.slice(0, 19).replace("T", " "), zone });
}
