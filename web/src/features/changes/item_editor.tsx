import { type Change, fieldWord, type Item } from "../../shared/change/names";
import { Upload } from "../../shared/ui/upload";
import type { Editing, Part } from "./editing";
import { PartField } from "./part_field";
import { say } from "./words";

interface Props {
  change: Change;
  item: Item;
  editing: Editing;
}

type Sort = "lines" | "text" | "date" | "number";

/** The fields of a document in the order in which they are written; of another kind, the texts that its content has. */
const OF_A_DOCUMENT: [string, Sort][] = [
  ["summary", "lines"],
  ["review_interval_months", "number"],
  ["no_retraining_reason", "lines"],
];

/** What the record will say: its title, its text fields and its file. */
export function ItemEditor({ change, item, editing }: Props) {
  const present = (from: Change) => from.items.find((each) => each.record_id === item.record_id);
  const contentOf = (from: Change) => (present(from)?.content ?? {}) as Record<string, unknown>;
  const title: Part = {
    name: `${item.record_id} title`,
    form: item.record_id,
    label: fieldWord("title"),
    read: (from) => present(from)?.title ?? "",
    body: (value) => ({ items: [{ record_id: item.record_id, title: value }] }),
  };
  const part = (name: string, sort: Sort): Part => ({
    name: `${item.record_id} ${name}`,
    form: item.record_id,
    label: fieldWord(name),
    read: (from) => String(contentOf(from)[name] ?? ""),
    body: (value) => {
      const written = sort === "number" && value ? Number(value) : value || null;
      return { items: [{ record_id: item.record_id, content: { [name]: written } }] };
    },
  });
  const filename = (id: string) => change.files.find((each) => each.id === id)?.filename;
  const file = { ...part("file_id", "text"), inWords: (id: string) => filename(id) ?? say("newFile") };
  const fields = item.kind === "document" ? OF_A_DOCUMENT : texts(item.content as Record<string, unknown>);
  return (
    <>
      <PartField part={title} change={change} editing={editing} sort="text" />
      {fields.map(([name, sort]) => (
        <PartField key={name} part={part(name, sort)} change={change} editing={editing} sort={sort} />
      ))}
      {item.kind === "document" ? (
        <div className="field">
          <p>
            <b>{file.label}</b> {filename(file.read(change))}
          </p>
          <Upload label={say("newFile")} onDone={({ id }) => editing.save(file, id)} />
        </div>
      ) : null}
    </>
  );
}

function texts(content: Record<string, unknown>): [string, Sort][] {
  const found = Object.entries(content).filter(([name, value]) => typeof value === "string" && !name.endsWith("_id"));
  return found.map(([name, value]) => [name, /^\d{4}-\d\d-\d\d$/.test(String(value)) ? "date" : "lines"]);
}
