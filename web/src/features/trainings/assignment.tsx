import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { Download } from "../../shared/ui/download";
import { Loaded } from "../../shared/ui/loaded";
import { Page, Section } from "../../shared/ui/page";
import { SignatureList } from "../../shared/ui/signatures";
import { Status } from "../../shared/ui/status";
import { fromToday, moment } from "../../shared/words/dates";
import "./assignment.css";
import { type Assignment, type Attempt, assignment } from "./queries";
import { Quiz } from "./quiz";
import { QuizPart } from "./quiz_part";
import { SignPart } from "./sign_part";
import { say } from "./words";

export function Screen() {
  const { id = "" } = useParams({ strict: false });
  const shown = useQuery(assignment(id));
  return (
    <Loaded page of={shown} lines={8}>
      {(found) => <Shown key={found.id} assignment={found} />}
    </Loaded>
  );
}

/** What one does, in this order: read, answer the quiz where there is one, sign. */
function Shown({ assignment }: { assignment: Assignment }) {
  const [attempt, setAttempt] = useState<Attempt>();
  const { training, completed_at } = assignment;
  const due = completed_at
    ? say("completed", { at: moment(completed_at) })
    : say("due", { when: fromToday(assignment.due_on) });
  if (attempt?.questions)
    return <Quiz assignment={assignment} questions={attempt.questions} attempt={attempt} onEnd={setAttempt} />;
  return (
    <Page
      title={training.title}
      above={`${training.number} · ${say("ofPerson", { name: assignment.person.name })} · ${due}`}
      beside={<Status of={assignment.overdue ? "overdue" : assignment.status} />}
      action={
        completed_at ? (
          <Link to="/" className="button">
            {say("home")}
          </Link>
        ) : null
      }
      narrow
    >
      {assignment.description ? <p className="told">{assignment.description}</p> : null}
      <ol className="parts">
        <li>
          <ReadPart assignment={assignment} />
        </li>
        {assignment.quiz ? (
          <li>
            <QuizPart assignment={assignment} quiz={assignment.quiz} attempt={attempt} onBegun={setAttempt} />
          </li>
        ) : null}
        <li>
          <SignPart assignment={assignment} />
        </li>
      </ol>
      {assignment.signatures.length > 0 ? (
        <Section title={say("signatures")}>
          <SignatureList signatures={assignment.signatures} />
        </Section>
      ) : null}
    </Page>
  );
}

/** The document opens in the reader, at the version that is learnt; files are downloaded when asked for. */
function ReadPart({ assignment: { material, files } }: { assignment: Assignment }) {
  return (
    <Section title={say("read")}>
      {material || files.length > 0 ? <p className="soft">{say("readHint")}</p> : <p>{say("noMaterial")}</p>}
      {material ? (
        <>
          <p>
            {material.title} <Status of={material.status} />
          </p>
          <Link
            className="button"
            to="/documents/$id"
            params={{ id: material.id }}
            search={{ version: String(material.version) }}
          >
            {say("readIt", { number: material.number })}
          </Link>
        </>
      ) : null}
      {files.map((file) => (
        <Download key={file.id} file={file}>
          {file.filename}
        </Download>
      ))}
    </Section>
  );
}
