import { Items } from "../../shared/change/items";
import type { Change } from "../../shared/change/names";
import { Alert } from "../../shared/ui/alert";
import { Form } from "../../shared/ui/form";
import { Section } from "../../shared/ui/page";
import { clock } from "../../shared/words/dates";
import { Base } from "./base";
import { ClashDialog } from "./clash";
import { type Part, useEditing } from "./editing";
import { FollowUps } from "./follow_ups";
import { ItemEditor } from "./item_editor";
import { PartField } from "./part_field";
import { say } from "./words";

/** A draft of one's own: every field is saved when it is left. */
export function Editor({ change }: { change: Change }) {
  const editing = useEditing(change);
  if (!editing.isReady) return null;
  const leave = async () => (document.activeElement as HTMLElement | null)?.blur(); // Enter saves as leaving does
  const field = (name: "reason" | "impact" | "risk" | "effective_on"): Part => ({
    name,
    form: "facts",
    label: say(name),
    read: (from) => from[name] ?? "",
    body: (value) => ({ [name]: value || null }),
  });
  return (
    <>
      <p className="soft saved" role="status">
        {editing.isSaving ? say("saving") : editing.savedAt ? say("saved", { at: clock(editing.savedAt) }) : null}
      </p>
      {Object.keys(editing.typed).length > 0 ? <Alert tone="info">{say("notSaved")}</Alert> : null}
      <Section title={say("why")}>
        <Form onSend={leave} refusal={editing.refusalOf("facts")}>
          <PartField part={field("reason")} change={change} editing={editing} hint={say("reasonHint")} />
          <PartField part={field("impact")} change={change} editing={editing} hint={say("impactHint")} />
          <PartField part={field("risk")} change={change} editing={editing} />
          <PartField part={field("effective_on")} change={change} editing={editing} hint={say("onHint")} sort="date" />
          <FollowUps change={change} editing={editing} />
        </Form>
      </Section>
      <Items
        change={change}
        editor={(item) => (
          <>
            <Base change={change} item={item} editing={editing} />
            <Form onSend={leave} refusal={editing.refusalOf(item.record_id)}>
              <ItemEditor item={item} change={change} editing={editing} />
            </Form>
          </>
        )}
      />
      {editing.clash ? <ClashDialog clash={editing.clash} change={change} editing={editing} /> : null}
    </>
  );
}
