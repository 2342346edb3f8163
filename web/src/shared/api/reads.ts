// Reads: what a screen shows, kept by area, function and parameters.
import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  QueryClient,
  type QueryKey,
  queryOptions,
} from "@tanstack/react-query";
import { organisationId } from "../identity/membership";
import { call } from "./client";
import type { Area, ListName, Parameters, Read, ReadName } from "./names";
import { Refusal } from "./problem";

const FRESH = 30_000; // milliseconds for which nobody asks again
const TRIES = 2;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH,
      networkMode: "always", // offline, the screen says so itself
      retry: (failures, error) => failures < TRIES && error instanceof Refusal && error.mayPass,
      placeholderData: keepPreviousData,
      throwOnError: false,
    },
    mutations: { networkMode: "always", retry: 0 },
  },
});

/** A read for `useQuery`, e.g. `read("documents", "list_documents", { q })`. */
export function read<Name extends ReadName>(area: Area, name: Name, parameters?: Parameters<Name>) {
  return queryOptions<Read<Name>, Refusal>({
    queryKey: [area, name, parameters ?? {}, organisationId()],
    queryFn: ({ signal }) =>
      call<Read<Name>>(name, { method: "GET", query: (parameters ?? {}) as Record<string, unknown>, signal }),
  });
}

/** A list that goes on: `useInfiniteQuery(pages("documents", "list_documents", { q }))`. */
export function pages<Name extends ListName>(area: Area, name: Name, filter: Omit<Parameters<Name>, "cursor">) {
  type Answer = Read<Name> & { next_cursor: string | null };
  return infiniteQueryOptions<Answer, Refusal, InfiniteData<Answer>, QueryKey, string | null>({
    queryKey: [area, name, filter, organisationId(), "pages"],
    queryFn: ({ signal, pageParam }) =>
      call<Answer>(name, {
        method: "GET",
        query: { ...(filter as Record<string, unknown>), cursor: pageParam },
        signal,
      }),
    initialPageParam: null,
    getNextPageParam: (page: { next_cursor: string | null }) => page.next_cursor,
  });
}
