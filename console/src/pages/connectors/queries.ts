import { queryOptions } from "@tanstack/react-query";

import { answer, answerTagged, client } from "../../api/client";
import { queries } from "../../api/queries";
import type { components } from "../../api/schema.gen";

export type Connection = components["schemas"]["Connection"];
export type ConnectionType = components["schemas"]["ConnectionType"];
export type ConnectionTested = components["schemas"]["ConnectionTested"];
export type Written = Pick<components["schemas"]["NewConnection"], "type" | "description" | "settings" | "secrets">;

export const connections = queryOptions({
  queryKey: ["connections"],
  queryFn: () => answer(client.GET("/connections", { params: { query: { limit: 200 } } })),
});

export const connectionTypes = queryOptions({
  queryKey: ["connection-types"],
  queryFn: async () => (await answer(client.GET("/connection-types"))).types,
  staleTime: Infinity,
});

export const connection = (name: string) =>
  queryOptions({
    queryKey: ["connections", name],
    queryFn: () => answerTagged(client.GET("/connections/{connection}", { params: { path: { connection: name } } })),
  });

/** Make a connection, or change the one that has this tag. */
export async function saveConnection(name: string, etag: string | undefined, written: Written): Promise<void> {
  if (etag === undefined) {
    await answer(client.POST("/connections", { body: { ...written, name } }));
  } else {
    const params = { path: { connection: name }, header: { "If-Match": etag } };
    await answer(client.PUT("/connections/{connection}", { params, body: written }));
  }
  await queries.invalidateQueries({ queryKey: connections.queryKey });
}

export async function removeConnection(name: string, etag: string): Promise<void> {
  const params = { path: { connection: name }, header: { "If-Match": etag } };
  await answer(client.DELETE("/connections/{connection}", { params }));
  queries.removeQueries({ queryKey: connection(name).queryKey });
  await queries.invalidateQueries({ queryKey: connections.queryKey });
}

export function testConnection(name: string): Promise<ConnectionTested> {
  return answer(client.POST("/connections/{connection}/test", { params: { path: { connection: name } } }));
}
