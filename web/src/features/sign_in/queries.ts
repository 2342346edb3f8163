import { queryOptions } from "@tanstack/react-query";
import { call } from "../../shared/api/client";
import type { Read } from "../../shared/api/names";
import type { Refusal } from "../../shared/api/problem";
import { read } from "../../shared/api/reads";
import { type Configuration, configuration } from "../../shared/identity/configuration";

export const settings = queryOptions<Configuration>({
  queryKey: ["configuration"],
  queryFn: configuration,
  staleTime: Infinity,
});

type Preview = Read<"get_invitation_preview">;

export const invitation = (token: string) =>
  queryOptions<Preview, Refusal>({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) => call<Preview>("get_invitation_preview", { method: "GET", query: { token }, signal }),
    staleTime: Infinity,
  });

export const organisation = () => read("organisations", "get_organisation");
