import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Button } from "../../shared/ui/button";
import { Choice } from "../../shared/ui/choice";
import { Loaded } from "../../shared/ui/loaded";
import { Empty, Page } from "../../shared/ui/page";
import { pathOf } from "../../shared/ui/paths";
import { RecordTabs } from "../../shared/ui/record_tabs";
import { OneDifference } from "./one_difference";
import { comparison, type Difference, type History, history } from "./queries";
import "./records.css";
import { say } from "./words";

export function Screen() {
  const { id = "" } = useParams({ strict: false });
  return (
    <Loaded page of={useQuery(history(id))}>
      {(found) => <Chosen found={found} />}
    </Loaded>
  );
}

/** Both versions stand in the address, so that a link shows the same comparison. */
function Chosen({ found }: { found: History }) {
  const search: { from?: string; to?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const { record, versions } = found;
  const folder = pathOf(record).replace(`/${record.id}`, "");
  const to = Number(search.to) || versions[0]?.version || 0;
  const from = Number(search.from) || versions.find((each) => each.version < to)?.version || 0;
  const choose = (more: object) =>
    navigate({ to: ".", search: { from: String(from), to: String(to), ...more }, replace: true });
  const options = versions.map(({ version }) => ({ value: String(version), label: say("versionNumber", { version }) }));
  return (
    <Page title={say("compareTitle")} above={`${record.number} · ${record.title}`}>
      <RecordTabs folder={folder} id={record.id} current="/history" />
      {versions.length < 2 ? (
        <Empty>{say("oneVersion")}</Empty>
      ) : (
        <>
          <div className="filters">
            <Choice
              name="from"
              label={say("from")}
              empty={null}
              value={String(from)}
              options={options}
              onChange={(event) => choose({ from: event.currentTarget.value })}
            />
            <Choice
              name="to"
              label={say("to")}
              empty={null}
              value={String(to)}
              options={options}
              onChange={(event) => choose({ to: event.currentTarget.value })}
            />
          </div>
          <Compared id={record.id} from={from} to={to} />
        </>
      )}
    </Page>
  );
}

function Compared({ id, from, to }: { id: string; from: number; to: number }) {
  return (
    <Loaded of={useQuery(comparison(id, from, to))}>
      {({ diff }) =>
        diff.length === 0 ? (
          <Empty>{say("nothingDiffers")}</Empty>
        ) : (
          <Walked diff={diff}>
            {diff.map((each) => (
              <OneDifference key={each.field} of={each} from={from} to={to} />
            ))}
          </Walked>
        )
      }
    </Loaded>
  );
}

/** Goes from one difference to the next, by button or by `n` and `p`. */
function Walked({ diff, children }: { diff: Difference[]; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const go = (by: 1 | -1) => {
    const next = Math.min(diff.length, Math.max(1, at + by));
    setAt(next);
    box.current?.querySelectorAll<HTMLElement>(".one-difference")[next - 1]?.focus();
  };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.key === "n" || event.key === "p")) return;
      if (event.target instanceof Element && event.target.closest("input, textarea, select, dialog")) return;
      go(event.key === "n" ? 1 : -1);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });
  return (
    <div ref={box} className="compared">
      <div className="actions walk">
        <span role="status">{say("difference", { at: Math.max(1, at), count: diff.length })}</span>
        <Button onClick={() => go(-1)}>{say("previous")}</Button>
        <Button onClick={() => go(1)}>{say("next")}</Button>
        <small className="soft mouse">{say("keys")}</small>
      </div>
      {children}
      <p className="soft">{say("unchangedFields")}</p>
    </div>
  );
}
