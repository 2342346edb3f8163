import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "../../shared/ui/button";
import { fromToday } from "../../shared/words/dates";
import { kindWord, stepWord } from "../../shared/words/vocabulary";
import { type Meaning, WORDS } from "./deciding";
import { type Asked, inApproval } from "./queries";
import type { Chosen } from "./use_chosen";
import { say } from "./words";

const MOST = 50; // that one sign-in signs

interface Props {
  items: readonly Asked[];
  selected: string | undefined;
  chosen: Chosen;
  /** Signs all that are chosen, with this meaning. */
  onTake: (meaning: Meaning) => void;
}

/** What waits for the person's signature, by nearest expiry: one is opened, several can be chosen. */
export function Queue({ items, selected, chosen, onTake }: Props) {
  const changes = useQuery(inApproval());
  const kindsOf = (change: string) => {
    const records = changes.data?.items.find((each) => each.id === change)?.records ?? [];
    return [...new Set(records.map((each) => kindWord(each.kind)))].join(", ");
  };
  return (
    <nav className="queue" aria-label={say("queue")}>
      {items.length > 1 ? <Choosing items={items} chosen={chosen} onTake={onTake} /> : null}
      <ul>
        {items.map((each) => (
          <li key={each.id}>
            {items.length > 1 ? (
              <label className="pick">
                <span className="hidden">{say("choose", { title: each.title })}</span>
                <input
                  type="checkbox"
                  checked={chosen.has(each.id)}
                  onChange={(event) =>
                    chosen.turn(each.id, event.nativeEvent instanceof MouseEvent && event.nativeEvent.shiftKey)
                  }
                />
              </label>
            ) : null}
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

function Choosing({ items, chosen, onTake }: Omit<Props, "selected">) {
  const count = chosen.ids.length;
  const why = count > MOST ? say("most", { count: MOST }) : null;
  return (
    <div className="choosing">
      <label>
        <input
          type="checkbox"
          checked={count === items.length}
          ref={(box) => {
            if (box) box.indeterminate = count > 0 && count < items.length;
          }}
          onChange={chosen.turnAll}
        />
        {say("chooseAll")}
      </label>
      {count > 0 ? (
        <div className="actions">
          <Button kind="main" why={why} onClick={() => onTake("approved")}>
            {say("several", { step: stepWord(WORDS.approved), count })}
          </Button>
          <Button kind="danger" why={why} onClick={() => onTake("rejected")}>
            {say("several", { step: stepWord(WORDS.rejected), count })}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
