import { Link } from "@tanstack/react-router";
import { say } from "./words";

const PARTS = [
  ["", "recordPart"],
  ["/history", "historyPart"],
  ["/links", "linksPart"],
] as const;

/** The pages of one record: itself, its history, what it hangs together with. */
export function RecordTabs({
  folder,
  id,
  current,
}: {
  folder: string;
  id: string;
  current: (typeof PARTS)[number][0];
}) {
  return (
    <nav className="tabs" aria-label={say("parts")}>
      {PARTS.map(([path, word]) => (
        <Link
          key={word}
          to={`${folder}/${id}${path}` as string}
          activeOptions={{ exact: true, includeSearch: false }}
          aria-current={path === current ? "page" : undefined}
        >
          {say(word)}
        </Link>
      ))}
    </nav>
  );
}
