import type { Parameters, Read } from "../../shared/api/names";
import { pages } from "../../shared/api/reads";

export type Member = Read<"list_members">["items"][number];
export type Invitation = Read<"list_invitations">["items"][number];

export const members = (filter: Omit<Parameters<"list_members">, "cursor">) =>
  pages("organisations", "list_members", filter);
export const invitations = () => pages("organisations", "list_invitations", {});
