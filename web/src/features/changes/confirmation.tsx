import type { Change } from "../../shared/change/names";
import { RefusalAlert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { Dialog } from "../../shared/ui/dialog";
import type { OpenStep } from "../../shared/ui/step";
import { stepWord } from "../../shared/words/vocabulary";
import { useDiscard, useWithdraw } from "./steps";
import { say } from "./words";

/** Withdrawing and discarding say what follows before they are taken. */
export function Confirmation({ change, step, onClose }: { change: Change; step: OpenStep; onClose: () => void }) {
  const [withdraw, discard] = [useWithdraw(), useDiscard()];
  const isWithdrawal = step.step === "withdraw";
  const taken = isWithdrawal ? withdraw : discard;
  const take = async () => {
    if (await taken.take({ change_id: change.id }, change.etag)) onClose();
  };
  return (
    <Dialog title={stepWord(step.step)} onClose={onClose}>
      <p>{isWithdrawal ? say("withdrawHint") : say("discardHint")}</p>
      <RefusalAlert refusal={taken.refusal} />
      <div className="actions">
        <Button kind={isWithdrawal ? "main" : "danger"} busy={taken.isTaking} onClick={take}>
          {stepWord(step.step)}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          {say("notNow")}
        </Button>
      </div>
    </Dialog>
  );
}
