import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { read } from "../shared/api/reads";
import { useStep } from "../shared/api/steps";
import { Menu } from "../shared/ui/menu";
import { moment } from "../shared/words/dates";
import { say } from "./words";

const AGAIN = 60_000; // milliseconds between two looks, while the page is seen
const SHOWN = 10;

/** What the person was told in this organisation, and how much of it they haven't read. */
export function Bell() {
  const { data } = useQuery({ ...read("organisations", "get_my_notices", { limit: SHOWN }), refetchInterval: AGAIN });
  const mark = useStep("mark_notices_read", { refreshes: ["organisations"] });
  const count = data?.unread ?? 0;
  const label = (
    <span className="bell">
      <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
        <path
          d="M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15zM10 21h4"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.8"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      </svg>
      {count > 0 ? <b aria-hidden="true">{count > 99 ? "99+" : count}</b> : null}
    </span>
  );
  return (
    <Menu label={label} name={say("noticesUnread", { count })}>
      {data?.items.length ? null : <p className="soft">{say("noNotices")}</p>}
      {data?.items.map((notice) => (
        <Link key={notice.id} to={notice.path} className={notice.read_at ? "notice" : "notice unread"}>
          <span>
            {notice.title}
            <small className="soft">{moment(notice.at)}</small>
          </span>
        </Link>
      ))}
      {count > 0 ? (
        <button type="button" className="button quiet" onClick={() => mark.take({})}>
          {say("markRead")}
        </button>
      ) : null}
    </Menu>
  );
}
