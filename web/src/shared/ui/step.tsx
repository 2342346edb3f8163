import type { Shape } from "../api/names";
import { stepWord } from "../words/vocabulary";
import { Button } from "./button";
import { Menu } from "./menu";
import { useOffers } from "./offered";
import { say } from "./words";

export type OpenStep = Shape<"OpenStep">;

interface Props {
  steps: readonly OpenStep[];
  onTake: (step: OpenStep) => void;
  busy?: boolean;
  /** The word of a step, where the area has a better one than the vocabulary. */
  word?: (step: OpenStep) => string;
}

/** The steps of a record: the first open one as its main action, the others in a menu; those of other roles aren't drawn. */
export function Steps({ steps, onTake, busy = false, word = (step) => stepWord(step.step) }: Props) {
  const mine = steps.filter((step) => step.open || step.closed_by !== "role");
  const first = mine.find((step) => step.open) ?? mine[0];
  const others = mine.filter((step) => step !== first);
  useOffers(mine.filter((step) => step.open && !busy).map((step) => ({ word: word(step), act: () => onTake(step) })));
  if (!first) return null;
  return (
    <div className="steps">
      <Button kind="main" busy={busy} why={first.why_not} onClick={() => onTake(first)}>
        {word(first)}
      </Button>
      {others.length > 0 ? (
        <Menu kind="plain" label={say("moreSteps")}>
          {others.map((step) => (
            <Button key={step.step} kind="quiet" why={step.why_not} onClick={() => onTake(step)}>
              {word(step)}
            </Button>
          ))}
        </Menu>
      ) : null}
    </div>
  );
}
