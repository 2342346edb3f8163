import { turnLetters, useLetters } from "../../shared/ui/keys";
import { Section } from "../../shared/ui/page";
import { say } from "./words";

/** Who dictates, or touches a key by chance, works without letters as keys; what is chosen is kept on this device at once. */
export function Letters() {
  const areOn = useLetters();
  return (
    <div id="keys">
      <Section title={say("keys")}>
        <p className="soft">{say("keysHint")}</p>
        <label className="row">
          <input type="checkbox" checked={areOn} onChange={(event) => turnLetters(event.currentTarget.checked)} />
          {say("letters")}
        </label>
      </Section>
    </div>
  );
}
