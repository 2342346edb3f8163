import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Section } from "../ui/page";
import { pathOf } from "../ui/paths";
import { Status } from "../ui/status";
import { kindWord, stepWord } from "../words/vocabulary";
import "./change.css";
import { Comments } from "./comments";
import { Differing } from "./differing";
import { type Change, type Item, useNames } from "./names";
import { say } from "./words";

interface Props {
  change: Change;
  /** What an editor shows of an item, before its differences. */
  editor?: (item: Item) => ReactNode;
}

/** What a change does to each of its records: old beside new, with the comments on each field. */
export function Items({ change, editor }: Props) {
  const nameOf = useNames(change.files);
  return change.items.map((item) => (
    <div key={item.record_id} id={`item-${item.record_id}`} tabIndex={-1}>
      <Section
        title={`${item.number} ${item.title}`}
        beside={
          <span className="soft">
            {kindWord(item.kind)} · {stepWord(item.step)} {item.record ? <Status of={item.record.status} /> : null}
          </span>
        }
      >
        {item.record ? (
          <p>
            <Link to={pathOf(item.record)}>{say("record")}</Link>{" "}
            <span className="soft">
              {item.base_version ? say("basedOn", { version: item.base_version }) : say("isNew")}
            </span>
          </p>
        ) : null}
        {editor?.(item)}
        {item.diff.length === 0 ? <p className="soft">{say("noDifference")}</p> : null}
        {item.diff.map((each) => (
          <Differing key={each.field} difference={each} nameOf={nameOf} record={item.record_id} about={item.number}>
            <Comments change={change} record={item.record_id} field={each.field} />
          </Differing>
        ))}
        <Comments change={change} record={item.record_id} fields={item.diff.map((each) => each.field)} />
      </Section>
    </div>
  ));
}
