import { Link } from "@tanstack/react-router";
import { Alert, RefusalAlert } from "../../shared/ui/alert";
import { Page, Section } from "../../shared/ui/page";
import { Upload } from "../../shared/ui/upload";
import type { Event } from "./queries";
import { useNote } from "./steps";
import { say } from "./words";

/** What one needs after reporting: the number, large, and a way to add what was photographed. */
export function Reported({ event, onChanged }: { event: Event; onChanged: (event: Event) => void }) {
  const note = useNote();
  const add = async ({ id, name }: { id: string; name: string }) => {
    const done = await note.take({ id: event.id, text: say("photographOf", { name }), file_ids: [id] }, event.etag);
    if (done?.event) onChanged(done.event);
  };
  return (
    <Page title={say("isReported")} narrow>
      <p className="drawn">{event.number}</p>
      <p>{event.title}</p>
      <Section title={say("addPhotograph")}>
        {event.notes.map((each) => (
          <Alert key={each.id} tone="good">
            {each.text}
          </Alert>
        ))}
        <Upload label={say("addPhotograph")} accept="image/*" onDone={add} />
        <RefusalAlert refusal={note.refusal} />
      </Section>
      <div className="actions">
        <Link to="/events/$id" params={{ id: event.id }} className="button main">
          {say("open")}
        </Link>
      </div>
    </Page>
  );
}
