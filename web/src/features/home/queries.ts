import type { Parameters, Read } from "../../shared/api/names";
import { read } from "../../shared/api/reads";

export type Scope = NonNullable<Parameters<"get_worklist">["scope"]>;
export type WorkItem = Read<"get_worklist">["items"][number];

const MOST = 100;
const AGAIN = 60_000; // milliseconds between two looks, while the page is seen

export const worklist = (scope: Scope) => ({
  ...read("organisations", "get_worklist", { scope, limit: MOST }),
  refetchInterval: AGAIN,
});
