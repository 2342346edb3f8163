import type { Change } from "../../shared/change/names";
import { Button } from "../../shared/ui/button";
import { Dialog } from "../../shared/ui/dialog";
import type { Clash, Editing } from "./editing";
import { say } from "./words";

/** Somebody else wrote in the same field meanwhile: theirs and mine side by side. */
export function ClashDialog({ clash, change, editing }: { clash: Clash; change: Change; editing: Editing }) {
  return (
    <Dialog title={say("clash", { field: clash.part.label })} onClose={() => undefined} steady>
      <p>{say("clashHint")}</p>
      <div className="sides">
        <section>
          <h3>{say("theirs")}</h3>
          <blockquote>{clash.part.read(change)}</blockquote>
          <Button onClick={() => editing.decide(false)}>{say("takeTheirs")}</Button>
        </section>
        <section>
          <h3>{say("mine")}</h3>
          <blockquote>{clash.mine}</blockquote>
          <Button onClick={() => editing.decide(true)}>{say("keepMine")}</Button>
        </section>
      </div>
    </Dialog>
  );
}
