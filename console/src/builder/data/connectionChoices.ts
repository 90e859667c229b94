import { type QueryClient, queryOptions } from "@tanstack/react-query";

import { answer, client } from "../../api/client";
import { Problem } from "../../api/problems";
import type { NamedChoice } from "../panel/connections";
import type { Connection } from "./shapes";

/** What types of connection can do what an action asks of them. What is not listed may be able to do anything. */
const TYPES_WITH: Readonly<Record<string, readonly string[]>> = {
  lists_breaches: ["breached_passwords"],
  sends_mail: ["smtp"],
};

/** The connections that there are. Somebody who may not see them gets an empty list, and types names instead. */
export const connections = queryOptions({
  queryKey: ["connections", "heads"],
  staleTime: 30_000,
  queryFn: async (): Promise<readonly Connection[]> => {
    try {
      return (await answer(client.GET("/connections", { params: { query: { limit: 200 } } }))).items;
    } catch (error) {
      if (error instanceof Problem && error.status === 403) return [];
      throw error;
    }
  },
});

/** The connections for an option that names one, those first that can surely do what is asked. */
export function connectionChoices(queries: QueryClient, ability: string): NamedChoice[] {
  const known = queries.getQueryData(connections.queryKey) ?? [];
  const types = TYPES_WITH[ability];
  return known
    .filter((one) => types === undefined || types.includes(one.type))
    .map((one) => ({ value: one.name, title: `${one.name} (${one.type})` }));
}
