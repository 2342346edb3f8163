import type { Parameters, Read } from "../../shared/api/names";
import { pages, read } from "../../shared/api/reads";

export type Entry = Read<"list_audit_trail">["items"][number];
export type Verdict = Read<"verify_audit_trail">;

export const trail = (filter: Omit<Parameters<"list_audit_trail">, "cursor">) =>
  pages("audit_trail", "list_audit_trail", filter);

/** Every hash is computed anew, so it is asked for by a button alone. */
export const verdict = () => ({ ...read("audit_trail", "verify_audit_trail"), enabled: false });
export const members = () => read("organisations", "list_members", { limit: 100 });
