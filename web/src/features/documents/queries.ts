import type { Parameters, Read } from "../../shared/api/names";
import { pages, read } from "../../shared/api/reads";

export type Document = Read<"list_documents">["items"][number];
export type Reading = Read<"get_document">;
export const TYPES = ["policy", "sop", "work_instruction", "form", "specification", "external"];
type Filter = Omit<Parameters<"list_documents">, "cursor" | "limit">;

export const documents = (filter: Filter) => pages("documents", "list_documents", filter);

/** Nothing of another document stays on the screen while this one is asked for. */
export const reading = (id: string, version?: number) => ({
  ...read("documents", "get_document", version ? { id, version } : { id }),
  placeholderData: undefined,
});

/** What the person is yet to learn themselves. */
export const toLearn = () => read("trainings", "list_assignments", { mine: true, state: "assigned", limit: 100 });

/** Where a file's bytes are. It is audited, so it is asked for once a visit and not again when the window gets the focus. */
export const download = (file_id: string) => ({
  ...read("files", "download_file", { file_id }),
  placeholderData: undefined,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0, // the address is good for five minutes: another visit asks for another one
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
});

export const teams = () => read("organisations", "list_teams", { limit: 100 });
export const members = () => read("organisations", "list_members", { limit: 100 });
