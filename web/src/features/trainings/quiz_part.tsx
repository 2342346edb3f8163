import type { Shape } from "../../shared/api/names";
import { Alert, RefusalAlert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Section } from "../../shared/ui/page";
import type { Assignment, Attempt } from "./queries";
import { useStartQuiz } from "./steps";
import { say } from "./words";

interface Props {
  assignment: Assignment;
  quiz: Shape<"QuizState">;
  /** The attempt that ended last, with what was wrong. */
  attempt: Attempt | undefined;
  onBegun: (attempt: Attempt) => void;
}

/** What the quiz asks for, how the last attempt ended, and the way into it. */
export function QuizPart({ assignment, quiz, attempt, onBegun }: Props) {
  const start = useStartQuiz();
  const step = assignment.open_steps.find((each) => each.function === "start_quiz");
  const last = quiz.results.at(-1);
  const begin = async () => {
    const begun = await start.take({ assignment_id: assignment.id }, assignment.etag);
    if (begun) onBegun(begun.attempt);
  };
  return (
    <Section title={say("quiz")}>
      {quiz.passed ? null : (
        <p className="soft">
          {say("quizRule", { questions: quiz.questions, mark: quiz.pass_mark })}{" "}
          {say("attemptsLeft", { count: quiz.attempts_left })}
        </p>
      )}
      {last ? (
        <Alert tone={last.passed ? "good" : "warning"}>
          <p>{say(last.passed ? "passed" : "failed", { correct: last.correct, total: last.total })}</p>
          {!last.passed && attempt?.wrong?.length ? (
            <>
              <p>{say("readAgain")}</p>
              <ul>
                {attempt.wrong.map((each) => (
                  <li key={each}>{each}</li>
                ))}
              </ul>
            </>
          ) : null}
        </Alert>
      ) : null}
      {assignment.status === "locked" ? <p>{say("locked")}</p> : null}
      <RefusalAlert refusal={start.refusal} />
      {!quiz.passed && step && (step.open || step.closed_by !== "role") ? (
        <div className="actions">
          <Button why={step.why_not} busy={start.isTaking} onClick={begin}>
            {say(quiz.begun ? "goOn" : "startQuiz")}
          </Button>
        </div>
      ) : null}
    </Section>
  );
}
