// The words of what the server names: kinds, statuses, roles, steps. One that is missing is shown as the server writes it.
import { wordOr } from "./say";

const written = (name: string) => name.replaceAll("_", " ");
const word = (sort: string, name: string) => wordOr("words", `${sort}_${name}`, written(name));

export const kindWord = (kind: string) => word("kind", kind);
export const statusWord = (status: string) => word("status", status);
export const roleWord = (role: string | null) => word("role", role ?? "none");
export const stepWord = (step: string) => word("step", step);
/** The verb of something that waits (`what` of the work list). */
export const waitWord = (what: string) => word("wait", what);
/** What a signature means. */
export const meaningWord = (meaning: string) => word("meaning", meaning.replaceAll(" ", "_"));
export const typeWord = (type: string) => word("type", type);
export const severityWord = (severity: string) => word("severity", severity);
