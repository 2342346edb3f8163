// The signed-in person and their membership of the organisation in which they work.
import { useQuery } from "@tanstack/react-query";
import { call } from "../api/client";
import type { Read, Shape } from "../api/names";
import type { Refusal } from "../api/problem";
import { chooseOrganisation } from "./membership";
import { useSession } from "./session";

export type Me = Read<"get_me">;
export type Membership = Shape<"Membership">;

export const ME = ["organisations", "get_me"];

export function useMe() {
  const { state } = useSession();
  return useQuery<Me, Refusal>({
    queryKey: ME,
    enabled: state !== "out",
    queryFn: async ({ signal }) => {
      const me = await call<Me>("get_me", { method: "GET", signal });
      const organisations = me.memberships.map((each) => each.organisation.id);
      chooseOrganisation(me.id, organisations);
      return me;
    },
  });
}

export function useMembership(): Membership | undefined {
  const { data } = useMe();
  const chosen = data
    ? chooseOrganisation(
        data.id,
        data.memberships.map((each) => each.organisation.id),
      )
    : "";
  return data?.memberships.find((each) => each.organisation.id === chosen);
}

/** Whether the person may call a function; the server says which. */
export function useMay(): (name: string) => boolean {
  const may = useMembership()?.may;
  return (name) => may?.includes(name) ?? false;
}
