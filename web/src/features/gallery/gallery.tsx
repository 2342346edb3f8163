// Each component in each of its states, for who builds screens; the words here are English alone.
import { useState } from "react";
import { Refusal } from "../../shared/api/problem";
import { Alert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Choice, Choices } from "../../shared/ui/choice";
import { Dialog } from "../../shared/ui/dialog";
import { Difference } from "../../shared/ui/difference";
import { Field, TextField } from "../../shared/ui/field";
import { Form } from "../../shared/ui/form";
import { Menu } from "../../shared/ui/menu";
import { Empty, Page, Section } from "../../shared/ui/page";
import { Skeleton } from "../../shared/ui/skeleton";
import { Status } from "../../shared/ui/status";
import { type OpenStep, Steps } from "../../shared/ui/step";
import { Table } from "../../shared/ui/table";
import { Tabs } from "../../shared/ui/tabs";
import { Upload } from "../../shared/ui/upload";

const STATUSES = "draft in_approval approved effective superseded suspended recalled retired overdue void".split(" ");
const BAD = new Refusal({
  status: 422,
  title: "Bad fields",
  detail: "",
  errors: [
    { field: "title", detail: "A title is missing." },
    { field: "kind", detail: "Choose a kind." },
  ],
});
const STEP = { gate: "direct", subject_kind: "change", meaning: null, needs_reason: false, code: null } as const;
const STEPS: OpenStep[] = [
  { ...STEP, step: "submit", function: "submit_change", open: true, closed_by: null, why_not: null },
  { ...STEP, step: "discard", function: "discard_change", open: true, closed_by: null, why_not: null },
  {
    ...STEP,
    step: "withdraw",
    function: "withdraw_change",
    open: false,
    closed_by: "state",
    why_not: "Only a change in approval can be withdrawn.",
  },
];
const OPTIONS = [
  { value: "minor", label: "Minor", hint: "No effect on the product" },
  { value: "major", label: "Major" },
];
const BEFORE =
  "Purpose\nThe store is kept at 2 to 8 °C.\nScope\nAll stores.\nReading\nRead twice a day.\nSign each reading.";
const AFTER = BEFORE.replace("twice a day", "every four hours").replace("All stores.", "All cold stores.");

export function Screen() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Page
      title="Gallery"
      above="For who builds screens"
      beside={<Status of="draft" />}
      action={<Button kind="main">Main</Button>}
    >
      <Section title="Buttons and menu">
        <div className="actions">
          <Button kind="main">Main</Button>
          <Button>Plain</Button>
          <Button kind="quiet">Quiet</Button>
          <Button kind="danger">Danger</Button>
          <Button kind="main" busy>
            Busy
          </Button>
          <Button why="Two signatures are missing.">Closed</Button>
          <Menu label="Menu" kind="plain">
            <button type="button" className="button quiet">
              One
            </button>
            <button type="button" className="button quiet">
              Two
            </button>
          </Menu>
          <Button onClick={() => setOpen(true)}>Dialogue</Button>
        </div>
        {isOpen ? (
          <Dialog title="A dialogue" onClose={() => setOpen(false)}>
            <p>Escape closes it, and the focus goes back.</p>
            <Button kind="main" onClick={() => setOpen(false)}>
              Done
            </Button>
          </Dialog>
        ) : null}
      </Section>
      <Section title="Steps of a record">
        <Steps steps={STEPS} onTake={() => undefined} />
      </Section>
      <Section title="Statuses">
        <div className="actions">
          {STATUSES.map((each) => (
            <Status key={each} of={each} />
          ))}
        </div>
      </Section>
      <Section title="Alerts">
        {(["danger", "warning", "good", "info"] as const).map((tone) => (
          <Alert key={tone} tone={tone} title={tone}>
            <p>What happened, and what to do.</p>
          </Alert>
        ))}
      </Section>
      <Section title="Form, with two bad fields">
        <Form onSend={async () => undefined} refusal={BAD}>
          <Field name="title" label="Title" required hint="What it is about" />
          <Choice name="kind" label="Kind" options={OPTIONS} />
          <Choices name="severity" legend="Severity" options={OPTIONS} defaultValue="minor" />
          <TextField name="reason" label="Reason" />
          <Upload label="Photograph" onDone={() => undefined} />
        </Form>
      </Section>
      <Section title="Tabs and table">
        <Tabs
          label="Parts"
          current="one"
          tabs={[
            { name: "one", label: "One" },
            { name: "two", label: "Two" },
          ]}
        />
        <Table
          caption="Records"
          rows={[{ number: "SOP-2026-0001", title: "Cold stores", status: "effective" }]}
          id={(row) => row.number}
          columns={[
            { name: "number", head: "Number", sort: "number", cell: (row) => row.number },
            { name: "title", head: "Title", sort: "title", cell: (row) => row.title },
            { name: "status", head: "Status", cell: (row) => <Status of={row.status} /> },
          ]}
        />
      </Section>
      <Section title="Difference">
        <Difference label="The text" before={BEFORE} after={AFTER} />
      </Section>
      <Section title="Loading, and nothing">
        <Skeleton lines={2} />
        <Empty action={<Button>Report an event</Button>}>No event was reported yet.</Empty>
      </Section>
    </Page>
  );
}
