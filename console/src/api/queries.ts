/** How the console keeps what it has read. */
import { QueryClient, queryOptions } from "@tanstack/react-query";

import { answer, client } from "./client";
import { Problem } from "./problems";
import type { components } from "./schema.gen";

export type Me = components["schemas"]["Me"];

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal is an answer; only a server that did not answer is asked again.
      retry: (count, error) => error instanceof Problem && (error.status === 0 || error.status >= 500) && count < 2,
    },
  },
});

export const me = queryOptions({
  queryKey: ["me"],
  queryFn: () => answer(client.GET("/me")),
  staleTime: 60_000,
});

/** Read anew what the page shows: somebody else changed a part of it. Who sits here did not change. */
export function readAgain(): void {
  void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "me" });
}
