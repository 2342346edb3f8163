import type { ReactNode } from "react";
import type { Refusal } from "../api/problem";
import { Numbered } from "./numbered";
import { RequestId } from "./request_id";
import { WhoHelps } from "./who_helps";
import { say } from "./words";

type Tone = "danger" | "warning" | "good" | "info";
const SIGNS: Record<Tone, string> = { danger: "!", warning: "!", good: "✓", info: "i" };

interface Props {
  tone: Tone;
  title?: ReactNode;
  children?: ReactNode;
}

/** Something to know; what is wrong is announced at once. */
export function Alert({ tone, title, children }: Props) {
  return (
    <div className={`alert ${tone}`} role={tone === "danger" ? "alert" : "status"}>
      <span className="sign" aria-hidden="true">
        {SIGNS[tone]}
      </span>
      <div>
        {title ? <strong>{title}</strong> : null}
        {children}
      </div>
    </div>
  );
}

/** The sentence of a refusal: the server's own, in its language, or ours where no answer came. */
export function Sentence({ refusal }: { refusal: Refusal }) {
  const { status, problem } = refusal;
  if (refusal.isOffline) return say("offline");
  if (status === 0) return say("lost");
  if (status === 503) return say("busy");
  if (status >= 500) return say("broken");
  if (status === 412) return say("stale");
  const said = problem.detail || problem.title;
  return <span lang={problem.language}>{status === 409 ? <Numbered>{said}</Numbered> : said}</span>;
}

/** What helps beyond the sentence: the number of what broke, or who can do what one's role can't. */
export function Help({ refusal: { status, problem } }: { refusal: Refusal }) {
  if (status >= 500 && status !== 503 && problem.request_id) return <RequestId id={problem.request_id} />;
  return status === 403 || status === 404 ? <WhoHelps /> : null;
}

/** A refusal where it was caused; bad fields are listed by the form. */
export function RefusalAlert({ refusal }: { refusal: Refusal | null }) {
  if (!refusal) return null;
  return (
    <Alert tone={refusal.status === 409 || refusal.status === 412 ? "warning" : "danger"}>
      <p>
        <Sentence refusal={refusal} />
      </p>
      <Help refusal={refusal} />
    </Alert>
  );
}
