import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMe } from "../../shared/identity/me";
import { Alert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Choice } from "../../shared/ui/choice";
import { Field, TextField } from "../../shared/ui/field";
import { Form, text, useFilled } from "../../shared/ui/form";
import { Page } from "../../shared/ui/page";
import { pathOf } from "../../shared/ui/paths";
import { Upload } from "../../shared/ui/upload";
import { typeWord } from "../../shared/words/vocabulary";
import { members, TYPES, teams } from "./queries";
import { useCreate } from "./steps";
import { say } from "./words";

const MONTHS = "24"; // as most procedures are reviewed; the form says it, and it can be changed

/** A draft and the change that will make it version 1, where one lands. */
export function Screen() {
  const create = useCreate();
  const navigate = useNavigate();
  const send = async (data: FormData) => {
    const [summary, file_id, months] = [text(data, "summary"), text(data, "file_id"), text(data, "review_months")];
    const [owner_id, team_id, reason] = [text(data, "owner_id"), text(data, "team_id"), text(data, "reason")];
    const made = await create.take({
      title: text(data, "title") ?? "",
      type: text(data, "type") ?? "",
      content: {
        ...(summary ? { summary } : {}),
        ...(file_id ? { file_id } : {}),
        ...(months ? { review_interval_months: Number(months) } : {}),
        ...external(data),
      },
      ...(owner_id ? { owner_id } : {}),
      ...(team_id ? { team_id } : {}),
      ...(reason ? { reason } : {}),
    });
    if (made) await navigate({ to: pathOf({ kind: "change", id: made.change.id }) as string });
    return made;
  };
  return (
    <Page title={say("create")} narrow>
      <Form onSend={send} refusal={create.refusal} draft="create_document" className="panel">
        <Fields />
        <div className="actions">
          <Button kind="main" type="submit" busy={create.isTaking}>
            {say("createIt")}
          </Button>
        </div>
      </Form>
    </Page>
  );
}

function external(data: FormData): { issuer?: string; edition?: string } {
  const [issuer, edition] = [text(data, "issuer"), text(data, "edition")];
  return { ...(issuer ? { issuer } : {}), ...(edition ? { edition } : {}) };
}

function Fields() {
  const typed = useFilled("type").typed;
  const [type, setType] = useState(typed ?? "");
  const me = useMe().data;
  const people = useQuery(members()).data?.items ?? [];
  const found = useQuery(teams()).data?.items ?? [];
  const owners = people.filter((each) => each.status === "active" && each.person_id !== me?.id && writes(each.role));
  return (
    <>
      <Choice
        name="type"
        label={say("type")}
        required
        defaultValue={type}
        onChange={(event) => setType(event.currentTarget.value)}
        options={TYPES.map((value) => ({ value, label: typeWord(value) }))}
      />
      <Field name="title" label={say("name")} hint={say("titleHint")} required />
      <TextField name="summary" label={say("summary")} hint={say("summaryHint")} rows={2} optional />
      <BodyFile />
      {type === "external" ? (
        <>
          <Field name="issuer" label={say("issuer")} />
          <Field name="edition" label={say("edition")} />
        </>
      ) : null}
      <Field name="review_months" type="number" min={1} max={120} label={say("reviewMonths")} defaultValue={MONTHS} />
      <Choice
        name="team_id"
        label={say("team")}
        empty={say("noTeam")}
        options={found.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <Choice
        name="owner_id"
        label={say("owner")}
        empty={say("mine")}
        options={owners.map(({ person_id, name }) => ({ value: person_id, label: name }))}
      />
      <TextField name="reason" label={say("createReason")} rows={2} optional />
    </>
  );
}

const writes = (role: string | null) => role === "action_owner" || role === "qa";

/** The file is uploaded at once; its id and name go with the form, so that a draft has it still. */
function BodyFile() {
  const kept = { id: useFilled("file_id").typed, name: useFilled("filename").typed };
  const { wrong } = useFilled("content.file_id");
  const [file, setFile] = useState(kept.id ? { id: kept.id, name: kept.name ?? "" } : null);
  return (
    <fieldset className="choices">
      <legend>{say("file")}</legend>
      <p className="hint">{say("fileHint")}</p>
      {wrong ? <p className="error">{wrong}</p> : null}
      {file ? <Alert tone="good">{say("fileIs", { name: file.name })}</Alert> : null}
      <Upload label={file ? say("otherFile") : say("file")} onDone={setFile} />
      <input type="hidden" name="file_id" value={file?.id ?? ""} />
      <input type="hidden" name="filename" value={file?.name ?? ""} />
    </fieldset>
  );
}
