import type { Shape } from "../api/names";
import { meaningWord } from "../words/vocabulary";
import "./signing.css";
import { say } from "./words";

/** The signatures of a record in full, as they were signed (21 CFR 11.50). */
export function Signatures({ of }: { of: readonly Shape<"Signature">[] }) {
  if (of.length === 0) return <p className="soft">{say("noSignature")}</p>;
  return (
    <ul className="signatures">
      {of.map((each) => (
        <li key={each.id}>
          <b>{each.printed_name}</b> · {meaningWord(each.meaning)}
          {each.round ? ` · ${say("round", { round: each.round })}` : null}
          <br />
          <span className="soft">
            <time dateTime={each.signed_at}>{each.local_time.slice(0, 19).replace("T", " ")}</time> ({each.time_zone})
          </span>
          {each.reason ? <p>{each.reason}</p> : null}
          {each.on_behalf_of ? <p className="soft">{say("onBehalf")}</p> : null}
          {each.valid ? null : <p className="error">{say("invalid")}</p>}
        </li>
      ))}
    </ul>
  );
}
