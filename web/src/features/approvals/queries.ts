import type { Read } from "../../shared/api/names";
import { read } from "../../shared/api/reads";

export type Asked = Read<"list_approval_requests">["items"][number];
export type Request = Read<"get_approval_request">;

const MOST = 100;
const AGAIN = 60_000; // milliseconds between two looks, while the page is seen

/** What the person can sign now. */
export const queue = () => ({
  ...read("approvals", "list_approval_requests", { state: "open", mine: true, limit: MOST }),
  refetchInterval: AGAIN,
});
export const request = (id: string) => read("approvals", "get_approval_request", { id });
/** The changes in approval, for the kinds of their records. */
export const inApproval = () => read("changes", "list_changes", { status: "in_approval", limit: MOST });
