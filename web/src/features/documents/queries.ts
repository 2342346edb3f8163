import type { Parameters, Read } from "../../shared/api/names";
import { pages } from "../../shared/api/reads";

export type Document = Read<"list_documents">["items"][number];
type Filter = Omit<Parameters<"list_documents">, "cursor" | "limit">;

export const documents = (filter: Filter) => pages("documents", "list_documents", filter);
