import { useState } from "react";
import { Combobox } from "../shared/ui/combobox";
import { Dialog } from "../shared/ui/dialog";
import "./palette.css";
import { useFound } from "./found";
import { say } from "./words";

interface Props {
  onClose: () => void;
  onKeys: () => void;
}

/** Pages, steps of what is open, records and people, by what one types. */
export function Palette({ onClose, onKeys }: Props) {
  const [typed, setTyped] = useState("");
  const { groups, isAsking } = useFound(typed.trim(), onKeys);
  const count = groups.reduce((sum, group) => sum + group.options.length, 0);
  return (
    <Dialog title={say("find")} onClose={onClose} className="palette">
      <Combobox
        label={say("findHint")}
        placeholder={say("findHint")}
        value={typed}
        onType={setTyped}
        groups={groups}
        onChosen={({ act }) => {
          onClose();
          act();
        }}
        found={isAsking && count === 0 ? say("finding") : say("found", { count })}
      />
    </Dialog>
  );
}
