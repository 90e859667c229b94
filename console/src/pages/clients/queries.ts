import { queryOptions } from "@tanstack/react-query";

import { answer, answerTagged, client } from "../../api/client";
import { queries } from "../../api/queries";
import type { components } from "../../api/schema.gen";

export type Client = components["schemas"]["Client"];
export type ClientWithSecret = components["schemas"]["ClientWithSecret"];
export type Metadata = Readonly<Record<string, unknown>>;

export function readClients(cursor: string | undefined) {
  return answer(client.GET("/clients", { params: { query: cursor === undefined ? {} : { cursor } } }));
}

export const oneClient = (id: string) =>
  queryOptions({
    queryKey: ["clients", "one", id],
    queryFn: () => answerTagged(client.GET("/clients/{client_id}", { params: { path: { client_id: id } } })),
  });

const changed = () => queries.invalidateQueries({ queryKey: ["clients"] });

export async function register(client_id: string, metadata: Metadata): Promise<ClientWithSecret> {
  const body = { client_id: client_id === "" ? null : client_id, metadata };
  const made = await answer(client.POST("/clients", { body }));
  await changed();
  return made;
}

export async function saveClient(client_id: string, etag: string, metadata: Metadata): Promise<void> {
  const params = { path: { client_id }, header: { "If-Match": etag } };
  await answer(client.PUT("/clients/{client_id}", { params, body: { metadata } }));
  await changed();
}

export async function rotateSecret(client_id: string, etag: string, keep_previous: boolean): Promise<ClientWithSecret> {
  const params = { path: { client_id }, header: { "If-Match": etag } };
  const made = await answer(client.POST("/clients/{client_id}/rotate-secret", { params, body: { keep_previous } }));
  await changed();
  return made;
}

export async function removeClient(client_id: string, etag: string): Promise<void> {
  const params = { path: { client_id }, header: { "If-Match": etag } };
  await answer(client.DELETE("/clients/{client_id}", { params }));
  queries.removeQueries({ queryKey: oneClient(client_id).queryKey });
  await changed();
}
