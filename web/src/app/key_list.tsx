import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Dialog } from "../shared/ui/dialog";
import { keysInUse, useLetters } from "../shared/ui/keys";
import { say } from "./words";

/** The keys of this page: what works everywhere, and what this screen has. */
export function KeyList({ onClose }: { onClose: () => void }) {
  const [keys] = useState(keysInUse);
  const areOn = useLetters();
  return (
    <Dialog title={say("keys")} onClose={onClose}>
      <p className="soft">
        {areOn ? say("lettersOn") : say("lettersOff")}{" "}
        <Link to="/me" hash="keys" onClick={onClose}>
          {say("lettersWhere")}
        </Link>
      </p>
      <dl className="key-list">
        <div>
          <dt>
            <kbd>Ctrl</kbd> <kbd>K</kbd>
          </dt>
          <dd>{say("find")}</dd>
        </div>
        {areOn
          ? keys.map(([key, word]) => (
              <div key={key}>
                <dt>
                  {key.split(" ").map((each) => (
                    <kbd key={each}>{each}</kbd>
                  ))}
                </dt>
                <dd>{word}</dd>
              </div>
            ))
          : null}
      </dl>
    </Dialog>
  );
}
