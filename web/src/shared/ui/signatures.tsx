import type { Shape } from "../api/names";
import { meaningWord } from "../words/vocabulary";
import { say } from "./words";

/** Signatures in full, on the screen as on paper: who, with which meaning, when at their place, why, and over what. */
export function SignatureList({ signatures }: { signatures: readonly Shape<"Signature">[] }) {
  if (signatures.length === 0) return <p className="soft">{say("notSigned")}</p>;
  return (
    <ul className="signatures">
      {signatures.map((each) => (
        <li key={each.id}>
          <strong>{each.printed_name}</strong> · {meaningWord(each.meaning)}
          <small className="soft">
            <time dateTime={each.signed_at}>{each.local_time.slice(0, 16).replace("T", " ")}</time> ({each.time_zone})
            {each.version ? ` · ${say("signedVersion", { version: each.version })}` : null}
            {each.round ? ` · ${say("signedRound", { round: each.round })}` : null}
          </small>
          {each.reason ? <q>{each.reason}</q> : null}
          <small className="soft paper">SHA-256 {each.content_sha256}</small>
          {each.valid ? null : <strong className="error">{say("signatureBroken")}</strong>}
        </li>
      ))}
    </ul>
  );
}
