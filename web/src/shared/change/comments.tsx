import { useState } from "react";
import { useStep } from "../api/steps";
import { useMay } from "../identity/me";
import { RefusalAlert } from "../ui/alert";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import { Form, text } from "../ui/form";
import { moment } from "../words/dates";
import { stepWord } from "../words/vocabulary";
import type { Change } from "./names";
import { say } from "./words";

type Thread = Change["comments"][number];

interface Props {
  change: Change;
  record?: string;
  field?: string;
  /** The fields that have their own place: the others' comments stand with the record. */
  fields?: readonly string[];
}

const DECIDED = ["approved", "applied", "closed", "recalled", "discarded"];

/** The threads about one field, one record, or the whole change; and a place to write the next. */
export function Comments({ change, record, field, fields = [] }: Props) {
  const may = useMay();
  const [isWriting, setWriting] = useState(false);
  const threads = change.comments.filter(
    (each) =>
      each.record_id === (record ?? null) &&
      (field ? each.field === field : each.field === null || !fields.includes(each.field)),
  );
  const canWrite = may("add_comment") && !DECIDED.includes(change.status);
  if (threads.length === 0 && !canWrite) return null;
  return (
    <div className="comments">
      {threads.map((each) => (
        <ThreadShown key={each.id} change={change} thread={each} />
      ))}
      {canWrite && !isWriting ? (
        <Button kind="quiet" data-comment="" onClick={() => setWriting(true)}>
          {record && !field ? say("commentRecord") : say("comment")}
        </Button>
      ) : null}
      {isWriting ? <Writing change={change} record={record} field={field} onDone={() => setWriting(false)} /> : null}
    </div>
  );
}

function ThreadShown({ change, thread }: { change: Change; thread: Thread }) {
  const resolve = useStep("resolve_comment", { refreshes: ["changes", "approvals"] });
  const [isWriting, setWriting] = useState(false);
  const step = thread.open_steps.find((each) => each.open);
  return (
    <article className={thread.status === "open" ? "thread" : "thread resolved"}>
      {[thread, ...thread.replies].map((each) => (
        <p key={each.id}>
          <b>{each.author.name}</b> <small className="soft">{moment(each.created_at)}</small>
          <br />
          {each.text}
        </p>
      ))}
      {thread.resolved_by ? <p className="soft">{say("resolvedBy", { name: thread.resolved_by.name })}</p> : null}
      {step ? (
        <div className="actions">
          <Button
            kind="quiet"
            busy={resolve.isTaking}
            onClick={() => resolve.take({ comment_id: thread.id }, thread.etag)}
          >
            {stepWord(step.step)}
          </Button>
          <Button kind="quiet" onClick={() => setWriting(true)}>
            {say("reply")}
          </Button>
        </div>
      ) : null}
      <RefusalAlert refusal={resolve.refusal} />
      {isWriting ? <Writing change={change} parent={thread.id} onDone={() => setWriting(false)} /> : null}
    </article>
  );
}

interface Written {
  change: Change;
  record?: string | undefined;
  field?: string | undefined;
  parent?: string;
  onDone: () => void;
}

function Writing({ change, record, field, parent, onDone }: Written) {
  const add = useStep("add_comment", { refreshes: ["changes", "approvals"], onDone });
  const send = (data: FormData) => {
    const about = parent ? { parent_id: parent } : { record_id: record ?? null, field: field ?? null };
    return add.take({ change_id: change.id, text: text(data, "text") ?? "", ...about }, change.etag);
  };
  const draft = `comment ${change.id} ${parent ?? ""} ${record ?? ""} ${field ?? ""}`;
  return (
    <Form onSend={send} refusal={add.refusal} draft={draft}>
      <div ref={(place) => place?.querySelector("textarea")?.focus()}>
        <TextField name="text" label={say("comment")} rows={2} required />
      </div>
      <div className="actions">
        <Button type="submit" busy={add.isTaking}>
          {say("send")}
        </Button>
        <Button kind="quiet" onClick={onDone}>
          {say("notNow")}
        </Button>
      </div>
    </Form>
  );
}
