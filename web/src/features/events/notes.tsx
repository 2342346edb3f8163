import { useState } from "react";
import { useMay } from "../../shared/identity/me";
import { Alert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Download } from "../../shared/ui/download";
import { TextField } from "../../shared/ui/field";
import { Form, text } from "../../shared/ui/form";
import { Section } from "../../shared/ui/page";
import { Upload } from "../../shared/ui/upload";
import { moment } from "../../shared/words/dates";
import type { Event } from "./queries";
import { useNote } from "./steps";
import { say } from "./words";

/** Notes are added in any status, and none is altered. */
export function Notes({ event }: { event: Event }) {
  const may = useMay();
  return (
    <Section title={say("notes")}>
      {event.notes.length > 0 ? (
        <ul className="lines">
          {event.notes.map((each) => (
            <li key={each.id}>
              <small className="soft">
                {each.author.name} · {moment(each.created_at)}
              </small>
              {each.text}
              {each.files.map((file) => (
                <div key={file.id}>
                  <Download file={file}>{file.filename}</Download>
                </div>
              ))}
            </li>
          ))}
        </ul>
      ) : (
        <p className="soft">{say("noNotes")}</p>
      )}
      {may("add_note") ? <NewNote key={event.notes.length} event={event} /> : null}
    </Section>
  );
}

function NewNote({ event }: { event: Event }) {
  const note = useNote();
  const [files, setFiles] = useState<{ id: string; name: string }[]>([]);
  const send = (data: FormData) =>
    note.take({ id: event.id, text: text(data, "text") ?? "", file_ids: files.map(({ id }) => id) }, event.etag);
  return (
    <Form onSend={send} refusal={note.refusal} draft={`add_note ${event.id}`}>
      <TextField name="text" label={say("newNote")} rows={2} required />
      {files.map(({ id, name }) => (
        <Alert key={id} tone="good">
          {say("fileIs", { name })}
        </Alert>
      ))}
      <Upload label={say("noteFile")} several onDone={(file) => setFiles((former) => [...former, file])} />
      <div className="actions">
        <Button type="submit" busy={note.isTaking}>
          {say("addNote")}
        </Button>
      </div>
    </Form>
  );
}
