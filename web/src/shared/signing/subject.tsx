import { Alert, Sentence } from "../ui/alert";
import { meaningWord } from "../words/vocabulary";
import type { Ceremony, ToSign } from "./ceremony";
import type { Outcome } from "./use_signing";
import { say } from "./words";

interface Props {
  subject: ToSign;
  shown: Ceremony["signs"][number] | undefined;
  outcome: Outcome | undefined;
}

/** One thing that is signed: what it is and means in the server's words, what could be compared of its files, and its hash. */
export function Subject({ subject, shown, outcome }: Props) {
  const why = shown?.why_not ?? outcome?.why;
  return (
    <li>
      <span>
        <b>{subject.title}</b>, {say("meaning")} <b>{meaningWord(subject.meaning)}</b>
      </span>
      {shown?.in_words ? <p>{shown.in_words}</p> : null}
      {why ? <Alert tone="warning">{say("notSigned", { why })}</Alert> : null}
      {outcome?.isSigned ? <Alert tone="good">{say("done")}</Alert> : null}
      {outcome?.refusal ? (
        <Alert tone="warning">
          {outcome.refusal.status === 0 && !outcome.refusal.isOffline ? (
            say("unknown")
          ) : (
            <Sentence refusal={outcome.refusal} />
          )}
        </Alert>
      ) : null}
      {shown?.compared.map((each) => (
        <p key={`${each.record_id}${each.field}`} className={each.state === "whole" ? "soft" : "partly"}>
          {each.number}: {each.in_words}
        </p>
      ))}
      {shown?.content_sha256 ? (
        <details>
          <summary>{say("hash")}</summary>
          <code>{shown.content_sha256}</code>
        </details>
      ) : null}
    </li>
  );
}
