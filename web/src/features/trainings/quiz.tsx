import { useEffect, useRef, useState } from "react";
import type { Shape } from "../../shared/api/names";
import { dropDraft, keepDraft, readDraft, type Typed } from "../../shared/draft/draft";
import { useMe } from "../../shared/identity/me";
import { RefusalAlert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Choices } from "../../shared/ui/choice";
import { Form } from "../../shared/ui/form";
import { Page } from "../../shared/ui/page";
import type { Assignment, Attempt } from "./queries";
import { useAnswerQuiz } from "./steps";
import { say } from "./words";

type Question = Shape<"Question">;

interface Props {
  assignment: Assignment;
  attempt: Attempt;
  questions: readonly Question[];
  onEnd: (attempt: Attempt) => void;
}

/** One question a page; what was chosen is kept on this device, and looked over before it is sent. */
export function Quiz({ assignment, attempt, questions, onEnd }: Props) {
  const answer = useAnswerQuiz();
  const person = useMe().data?.id ?? "";
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState<Typed>();
  const draft = `quiz ${attempt.id}`;
  useEffect(() => {
    readDraft(person, draft).then((found) => setChosen(found ?? {}));
  }, [person, draft]);
  if (!chosen) return null;
  const question = questions[at];
  const choose = (key: string, options: string[]) => {
    const all = { ...chosen, [key]: options };
    setChosen(all);
    keepDraft(person, draft, all);
  };
  const send = async () => {
    const answers = questions.map(({ key }) => ({ question: key, options: chosen[key] ?? [] }));
    const done = await answer.take({ assignment_id: assignment.id, answers }, assignment.etag);
    if (!done) return;
    await dropDraft(person, draft);
    const texts = new Map(questions.map(({ key, text }) => [key, text]));
    onEnd({ ...done.attempt, wrong: (done.attempt.wrong ?? []).map((key) => texts.get(key) ?? key) });
  };
  if (question)
    return (
      <Page key={question.key} title={say("question", { number: at + 1, total: questions.length })} narrow>
        <Asked
          question={question}
          chosen={chosen[question.key] ?? []}
          onChosen={(options) => choose(question.key, options)}
          isLast={at === questions.length - 1}
          onNext={() => setAt(at + 1)}
          onBack={at > 0 ? () => setAt(at - 1) : undefined}
        />
      </Page>
    );
  return (
    <Page key="review" title={say("reviewTitle")} above={assignment.training.title} narrow>
      <ol className="answers">
        {questions.map((each, index) => (
          <li key={each.key}>
            <b>{each.text}</b>
            <p>{inWords(each, chosen[each.key])}</p>
            <Button kind="quiet" onClick={() => setAt(index)}>
              {say("change")}
            </Button>
          </li>
        ))}
      </ol>
      <RefusalAlert refusal={answer.refusal} />
      <div className="actions">
        <Button kind="main" busy={answer.isTaking} onClick={send}>
          {say("send")}
        </Button>
      </div>
    </Page>
  );
}

function inWords(question: Question, chosen: string[] = []): string {
  const found = question.options.filter((each) => chosen.includes(each.key)).map((each) => each.text);
  return found.length > 0 ? found.join(", ") : say("noAnswer");
}

interface AskedProps {
  question: Question;
  chosen: string[];
  onChosen: (options: string[]) => void;
  isLast: boolean;
  onNext: () => void;
  onBack: (() => void) | undefined;
}

function Asked({ question, chosen, onChosen, isLast, onNext, onBack }: AskedProps) {
  const rows = useRef<HTMLDivElement>(null);
  const several = question.kind === "multiple";
  const next = async () => onNext();
  const read = () => {
    const found = rows.current?.querySelectorAll<HTMLInputElement>("input:checked") ?? [];
    onChosen([...found].map((each) => each.value));
  };
  return (
    <Form onSend={next} className="panel">
      <div ref={rows} onChange={read}>
        <Choices
          name={question.key}
          legend={question.text}
          several={several}
          defaultValue={chosen}
          options={question.options.map(({ key, text }) => ({ value: key, label: text }))}
          required
        />
      </div>
      <p className="soft">{say(several ? "severalAnswers" : "oneAnswer")}</p>
      <div className="actions">
        <Button kind="main" type="submit">
          {say(isLast ? "review" : "next")}
        </Button>
        {onBack ? <Button onClick={onBack}>{say("back")}</Button> : null}
      </div>
    </Form>
  );
}
