import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Differing } from "../../shared/change/differing";
import { type Change, type Item, useNames } from "../../shared/change/names";
import { Alert } from "../../shared/ui/alert";
import { Button } from "../../shared/ui/button";
import { statusWord } from "../../shared/words/vocabulary";
import type { Editing, Part } from "./editing";
import { aboutRecord, between, newest } from "./queries";
import { say } from "./words";

interface Props {
  change: Change;
  item: Item;
  editing: Editing;
}

const OPEN = ["draft", "in_approval"];

/** What else moves the record: a version that came meanwhile, and other changes about it. */
export function Base({ change, item, editing }: Props) {
  const history = useQuery({ ...newest(item.record_id), enabled: item.base_version > 0 });
  const about = useQuery(aboutRecord(item.record_id));
  const version = history.data?.versions[0]?.version ?? item.base_version;
  const others = (about.data?.items ?? []).filter((each) => each.id !== change.id && OPEN.includes(each.status));
  return (
    <>
      {others.map((each) => (
        <Alert key={each.id} tone="info">
          <p>
            {say("other")}{" "}
            <Link to="/changes/$id" params={{ id: each.id }}>
              {each.number} {each.title}
            </Link>{" "}
            ({[each.owner?.name, statusWord(each.status)].filter(Boolean).join(", ")})
          </p>
        </Alert>
      ))}
      {version > item.base_version ? <Moved change={change} item={item} editing={editing} version={version} /> : null}
    </>
  );
}

function Moved({ change, item, editing, version }: Props & { version: number }) {
  const moved = useQuery(between(item.record_id, item.base_version, version));
  const nameOf = useNames(change.files);
  const rebase: Part = {
    name: `${item.record_id} base`,
    form: item.record_id,
    label: item.number,
    read: (from) => String(from.items.find((each) => each.record_id === item.record_id)?.base_version ?? ""),
    body: () => ({ items: [{ record_id: item.record_id }] }),
  };
  return (
    <Alert tone="warning" title={say("moved", { version, base: item.base_version })}>
      {moved.data?.diff.map((each) => (
        <Differing key={each.field} difference={each} nameOf={nameOf} about={`${item.number} ${version}`} />
      ))}
      <p>
        <Button busy={editing.isSaving} onClick={() => editing.save(rebase, String(version))}>
          {say("rebase", { version })}
        </Button>
      </p>
    </Alert>
  );
}
