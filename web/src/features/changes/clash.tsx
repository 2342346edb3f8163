import type { Change } from "../../shared/change/names";
import { Dialog } from "../../shared/ui/dialog";
import { Sides } from "../../shared/ui/sides";
import type { Clash, Editing } from "./editing";
import { say } from "./words";

/** Somebody else wrote in the same field meanwhile: theirs and mine side by side. */
export function ClashDialog({ clash, change, editing }: { clash: Clash; change: Change; editing: Editing }) {
  const inWords = clash.part.inWords ?? ((value: string) => value);
  return (
    <Dialog title={say("clash", { field: clash.part.label })} onClose={() => undefined} steady>
      <p>{say("clashHint")}</p>
      <Sides
        theirs={inWords(clash.part.read(change))}
        mine={inWords(clash.mine)}
        onDecide={(keepsMine) => editing.decide(keepsMine)}
      />
    </Dialog>
  );
}
