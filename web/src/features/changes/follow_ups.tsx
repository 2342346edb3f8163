import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Change } from "../../shared/change/names";
import { Button } from "../../shared/ui/button";
import { Choice } from "../../shared/ui/choice";
import { Field } from "../../shared/ui/field";
import { day } from "../../shared/words/dates";
import type { Editing, Part } from "./editing";
import { members } from "./queries";
import { say } from "./words";

type FollowUp = Change["follow_ups"][number];

const NEW: FollowUp = { description: "", owner_id: "", due_on: "" };
const inOrder = ({ description, owner_id, due_on }: FollowUp) => ({ description, owner_id, due_on });

/** What is done once the change is applied: each becomes an action of its owner. */
export function FollowUps({ change, editing }: { change: Change; editing: Editing }) {
  const [rows, setRows] = useState<FollowUp[]>(change.follow_ups);
  const people = useQuery(members());
  const options = (people.data?.items ?? []).map((each) => ({ value: each.person_id, label: each.name }));
  const line = ({ description, owner_id, due_on }: FollowUp) =>
    [description, options.find(({ value }) => value === owner_id)?.label, day(due_on)].join(" · ");
  const part: Part = {
    name: "follow_ups",
    form: "facts",
    label: say("followUps"),
    read: (from) => JSON.stringify(from.follow_ups.map(inOrder)),
    inWords: (value) => (JSON.parse(value) as FollowUp[]).map(line).join("\n"),
    body: (value) => ({ follow_ups: JSON.parse(value) }),
  };
  const put = (at: number, more: Partial<FollowUp>) =>
    setRows((former) => former.map((each, place) => (place === at ? { ...each, ...more } : each)));
  const save = (all: readonly FollowUp[]) => {
    const whole = all.filter((each) => each.description && each.owner_id && each.due_on);
    editing.save(part, JSON.stringify(whole.map(inOrder)));
  };
  return (
    <fieldset className="follow-ups">
      <legend>{say("followUps")}</legend>
      {rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other name than its place
        <div key={at} className="filters">
          <div className="search">
            <Field
              name={`follow_ups.${at}.description`}
              label={say("what")}
              value={row.description}
              onChange={(event) => put(at, { description: event.currentTarget.value })}
              onBlur={() => save(rows)}
            />
          </div>
          <Choice
            name={`follow_ups.${at}.owner_id`}
            label={say("who")}
            options={options}
            value={row.owner_id}
            onChange={(event) => put(at, { owner_id: event.currentTarget.value })}
            onBlur={() => save(rows)}
          />
          <Field
            name={`follow_ups.${at}.due_on`}
            type="date"
            label={say("due")}
            value={row.due_on}
            onChange={(event) => put(at, { due_on: event.currentTarget.value })}
            onBlur={() => save(rows)}
          />
          <Button
            kind="quiet"
            onClick={() => {
              const left = rows.filter((_, place) => place !== at);
              setRows(left);
              save(left);
            }}
          >
            {say("remove")}
          </Button>
        </div>
      ))}
      <Button onClick={() => setRows([...rows, NEW])}>{say("addFollowUp")}</Button>
    </fieldset>
  );
}
