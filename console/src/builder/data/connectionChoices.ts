import { type QueryClient, queryOptions } from "@tanstack/react-query";

import { answer, client } from "../../api/client";
import { Problem } from "../../api/problems";
import type { NamedChoice } from "../panel/connections";
import type { Connection } from "./shapes";

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

/** The connections for an option that names one: those that can do what is asked, and all where nothing is. */
export function connectionChoices(queries: QueryClient, ability: string): NamedChoice[] {
  const known = queries.getQueryData(connections.queryKey) ?? [];
  return known
    .filter((one) => ability === "" || one.abilities.includes(ability))
    .map((one) => ({ value: one.name, title: `${one.name} (${one.type})` }));
}
