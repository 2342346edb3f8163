import type { Entry } from "./queries";
import "./audit_trail.css";
import { say } from "./words";

const INTERNAL = new Set(["revision", "updated_at", "organisation_id"]); // of the database's own

interface Props {
  entry: Entry;
  names: Record<string, string>;
}

/** The step in words, and folded below it what each field was and is. */
export function Altered({ entry, names }: Props) {
  const { old, new: now } = entry;
  const fields = [...new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})])].filter(
    (each) => !INTERNAL.has(each) && written(old?.[each], names) !== written(now?.[each], names),
  );
  if (fields.length === 0) return entry.in_words;
  return (
    <details className="altered">
      <summary>{entry.in_words}</summary>
      <dl>
        {fields.map((each) => (
          <div key={each}>
            <dt>{each.replace(/_id$/, "").replaceAll("_", " ")}</dt>
            <dd>
              {old ? <del>{written(old[each], names) || say("empty")}</del> : null}
              {old && now ? <span aria-hidden="true"> → </span> : null}
              {now ? <ins>{written(now[each], names) || say("empty")}</ins> : null}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** A value as it is kept; ids by what they are called. */
function written(value: unknown, names: Record<string, string>): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map((each) => written(each, names)).join(", ");
  if (typeof value === "object") return JSON.stringify(value, null, 1);
  return names[String(value)] ?? String(value);
}
