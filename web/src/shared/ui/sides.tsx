import { Button } from "./button";
import { say } from "./words";

interface Props {
  theirs: string;
  mine: string;
  onDecide: (keepsMine: boolean) => void;
}

/** Two wrote in the same field: what the other one wrote beside what one wrote oneself. */
export function Sides({ theirs, mine, onDecide }: Props) {
  return (
    <div className="sides">
      <section>
        <h3>{say("theirs")}</h3>
        <blockquote>{theirs || <span className="soft">{say("empty")}</span>}</blockquote>
        <Button onClick={() => onDecide(false)}>{say("takeTheirs")}</Button>
      </section>
      <section>
        <h3>{say("mine")}</h3>
        <blockquote>{mine || <span className="soft">{say("empty")}</span>}</blockquote>
        <Button onClick={() => onDecide(true)}>{say("keepMine")}</Button>
      </section>
    </div>
  );
}
