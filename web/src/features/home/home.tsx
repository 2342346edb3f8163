import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useRef } from "react";
import { useMay } from "../../shared/identity/me";
import { Button } from "../../shared/ui/button";
import { Field } from "../../shared/ui/field";
import { Form, text } from "../../shared/ui/form";
import { useKeys } from "../../shared/ui/keys";
import { Loaded } from "../../shared/ui/loaded";
import { Empty, Page } from "../../shared/ui/page";
import { pathOf } from "../../shared/ui/paths";
import { Tabs } from "../../shared/ui/tabs";
import { fromToday } from "../../shared/words/dates";
import { kindWord, waitWord } from "../../shared/words/vocabulary";
import "./home.css";
import { type Scope, type WorkItem, worklist } from "./queries";
import { byUrgency } from "./urgency";
import { say } from "./words";

const SEES_ALL = "verify_audit_trail"; // the server lets the same people see everybody's work
const LISTS = ["mine", "team", "all"] as const;

export function Screen() {
  const search: { scope?: string } = useSearch({ strict: false });
  const scope: Scope = LISTS.find((each) => each === search.scope) ?? "mine";
  const seesAll = useMay()(SEES_ALL);
  const list = useQuery(worklist(scope));
  const tabs = [
    { name: "mine", label: say("mine") },
    { name: "team", label: say("team") },
    { name: "all", label: say("everybody") },
  ];
  return (
    <Page title={say("title")}>
      <SearchField />
      {seesAll ? <Tabs label={say("whose")} tabs={tabs} current={scope} parameter="scope" /> : null}
      <Loaded of={list} lines={8}>
        {({ items }) =>
          items.length > 0 ? (
            <Work items={items} own={scope === "mine"} />
          ) : (
            <Empty>{say(scope === "mine" ? "nothing" : "nothingOfOthers")}</Empty>
          )
        }
      </Loaded>
    </Page>
  );
}

function SearchField() {
  const navigate = useNavigate();
  const go = async (data: FormData) => navigate({ to: "/documents", search: { q: text(data, "q") ?? "" } });
  return (
    <Form onSend={go} className="filters">
      <div className="search">
        <Field name="q" type="search" label={say("searchDocuments")} />
      </div>
      <Button type="submit">{say("search")}</Button>
    </Form>
  );
}

function Work({ items, own }: { items: readonly WorkItem[]; own: boolean }) {
  const list = useRef<HTMLDivElement>(null);
  const move = (by: number) => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>("a") ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    links[Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
  };
  useKeys({
    j: { word: say("nextTask"), act: () => move(1) },
    k: { word: say("formerTask"), act: () => move(-1) },
  });
  return (
    <div ref={list} className="work">
      {byUrgency(items).map(([urgency, found]) => (
        <section key={urgency}>
          <h2 className={urgency}>
            {say(urgency)} <span className="soft">{found.length}</span>
          </h2>
          <ul>
            {found.map((item) => (
              <li key={`${item.what}${item.subject.id}`}>
                <Item item={item} own={own} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Item({ item, own }: { item: WorkItem; own: boolean }) {
  const { subject, waits_for, due_on } = item;
  const names = waits_for.map((person) => person.name).join(", ");
  return (
    <Link to={pathOf(subject)} className="task">
      <span className="what">
        <b>{waitWord(item.what)}</b> {subject.title}
      </span>
      <small className="soft">
        <span className="number">{subject.number}</span> · {kindWord(subject.kind)}
        {due_on ? ` · ${say("due", { when: fromToday(due_on) })}` : null}
        {own || !names ? null : ` · ${say("waitsFor", { names })}`}
      </small>
    </Link>
  );
}
