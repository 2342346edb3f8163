import { useQuery } from "@tanstack/react-query";
import type { Change } from "../../shared/change/names";
import { Alert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Choices } from "../../shared/ui/choice";
import { Dialog } from "../../shared/ui/dialog";
import { Form } from "../../shared/ui/form";
import type { OpenStep } from "../../shared/ui/step";
import { members } from "./queries";
import { useSubmit } from "./steps";
import { say } from "./words";

/** What is missing before a change can be submitted, with links to where it is mended. */
export function Missing({ change, step }: { change: Change; step: OpenStep }) {
  if (!step.why_not || step.closed_by !== "condition") return null;
  const items = change.items.filter((each) => step.why_not?.includes(each.number));
  const open = change.comments.filter((each) => each.status === "open");
  return (
    <Alert tone="warning" title={say("missing")}>
      <p>{step.why_not}</p>
      <ul>
        {items.map((each) => (
          <li key={each.record_id}>
            <a href={`#item-${each.record_id}`}>
              {each.number} {each.title}
            </a>
          </li>
        ))}
        {open.map((each) => (
          <li key={each.id}>
            <a href={`#${each.record_id ? `item-${each.record_id}` : "comments"}`}>
              {say("openComment", { name: each.author.name, text: each.text })}
            </a>
          </li>
        ))}
      </ul>
    </Alert>
  );
}

/** Submits the change; approvers may be named among those who can. */
export function Submission({ change, onClose }: { change: Change; onClose: () => void }) {
  const submit = useSubmit();
  const people = useQuery(members());
  const authors = change.authors.map((each) => each.id);
  const able = (people.data?.items ?? []).filter((each) => each.role === "qa" && !authors.includes(each.person_id));
  const send = async (data: FormData) => {
    const named = data.getAll("approver_ids").map(String);
    const done = await submit.take({ change_id: change.id, approver_ids: named }, change.etag);
    if (done) onClose();
    return done;
  };
  return (
    <Dialog title={say("submit")} onClose={onClose}>
      <p>{say("submitHint")}</p>
      <Form onSend={send} refusal={submit.refusal}>
        {able.length > 0 ? (
          <Choices
            name="approver_ids"
            legend={say("approvers")}
            several
            options={able.map((each) => ({ value: each.person_id, label: each.name }))}
          />
        ) : null}
        <div className="actions">
          <Button kind="main" type="submit" busy={submit.isTaking}>
            {say("submit")}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            {say("notNow")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
