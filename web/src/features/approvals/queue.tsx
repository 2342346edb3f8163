import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { fromToday } from "../../shared/words/dates";
import { kindWord } from "../../shared/words/vocabulary";
import { type Asked, inApproval } from "./queries";
import { say } from "./words";

/** What waits for the person's signature, by nearest expiry. */
export function Queue({ items, selected }: { items: readonly Asked[]; selected: string | undefined }) {
  const changes = useQuery(inApproval());
  const kindsOf = (change: string) => {
    const records = changes.data?.items.find((each) => each.id === change)?.records ?? [];
    return [...new Set(records.map((each) => kindWord(each.kind)))].join(", ");
  };
  return (
    <nav className="queue" aria-label={say("queue")}>
      <ul>
        {items.map((each) => (
          <li key={each.id}>
            <Link
              to="/approvals/{-$id}"
              params={{ id: each.id }}
              aria-current={each.id === selected ? "true" : undefined}
            >
              {each.title}
              <small className="soft">
                <span className="number">{each.number}</span> {kindsOf(each.change_id)}
                {typeof each.submitted_by === "object" ? ` · ${say("by", { name: each.submitted_by.name })}` : null}
                {` · ${say("asked", { when: fromToday(each.created_at) })}`}
                {` · ${say("expires", { when: fromToday(each.expires_at) })}`}
              </small>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
