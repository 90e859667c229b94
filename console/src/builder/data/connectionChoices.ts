import { type QueryClient, queryOptions } from "@tanstack/react-query";

import { API, send } from "../../api/client";
import type { NamedChoice } from "../panel/connections";

/** What is known of a connection, without its secrets. */
export interface ConnectionHead {
  name: string;
  type: string;
  abilities: string[];
  health: string;
}

interface Entry {
  name?: unknown;
  type?: unknown;
  abilities?: unknown;
  health?: unknown;
  state?: unknown;
}

/** The connections that there are. Somebody who may not see them gets an empty list, and types names instead. */
export const connections = queryOptions({
  queryKey: ["connections", "heads"],
  staleTime: 30_000,
  queryFn: async (): Promise<ConnectionHead[]> => {
    const response = await send(new Request(`${location.origin}${API}/connections?limit=200`, { headers: { "X-IDP-Console": "1" } }));
    if (!response.ok) return [];
    const body = (await response.json()) as { items?: Entry[] };
    return (body.items ?? []).map(readHead);
  },
});

export function connectionChoices(queries: QueryClient, ability: string): NamedChoice[] {
  const known = queries.getQueryData(connections.queryKey) ?? [];
  return known
    .filter((one) => ability === "" || one.type === ability || one.abilities.includes(ability) || one.abilities.length === 0)
    .map((one) => ({ value: one.name, title: `${one.name} (${one.type})` }));
}

function readHead(entry: Entry): ConnectionHead {
  const health = entry.health ?? entry.state;
  const word = typeof health === "object" && health !== null ? (health as { state?: unknown }).state : health;
  return {
    name: text(entry.name),
    type: text(entry.type),
    abilities: Array.isArray(entry.abilities) ? entry.abilities.map(text) : [],
    health: text(word),
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
