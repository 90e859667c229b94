import { queryOptions } from "@tanstack/react-query";

import { answer, answerTagged, client } from "../../api/client";
import { queries } from "../../api/queries";
import type { components } from "../../api/schema.gen";

export type User = components["schemas"]["User"];
export type UserSummary = components["schemas"]["UserSummary"];
export type Operator = components["schemas"]["Operator"];
export type Role = User["roles"][number];

export const ROLES: Readonly<Record<Role, string>> = {
  owner: "Everything, and who else may operate",
  editor: "Flows, connectors, clients, levels and themes",
  reviewer: "Decides reviews, and sees nothing else",
  auditor: "Reads everything, changes nothing",
  support: "People, their sessions and runs",
};

export function readUsers(q: string, cursor: string | undefined) {
  return answer(client.GET("/users", { params: { query: { q, ...(cursor !== undefined && { cursor }) } } }));
}

export function readOperators(cursor: string | undefined) {
  return answer(client.GET("/operators", { params: { query: cursor === undefined ? {} : { cursor } } }));
}

export const user = (id: string) =>
  queryOptions({
    queryKey: ["users", "one", id],
    queryFn: () => answerTagged(client.GET("/users/{user_id}", { params: { path: { user_id: id } } })),
  });

function changed() {
  return Promise.all([
    queries.invalidateQueries({ queryKey: ["users"] }),
    queries.invalidateQueries({ queryKey: ["operators"] }),
    queries.invalidateQueries({ queryKey: ["sessions"] }),
  ]);
}

/** Things that an operator does to an account as it was seen, with their reason. */
export type Act = "block" | "unblock" | "erase" | "recovery-link" | "sign-out";

export async function act(kind: Act, id: string, etag: string, reason: string): Promise<void> {
  const params = { path: { user_id: id }, header: { "If-Match": etag } };
  const body = { reason };
  if (kind === "block") await answer(client.POST("/users/{user_id}/block", { params, body }));
  else if (kind === "unblock") await answer(client.POST("/users/{user_id}/unblock", { params, body }));
  else if (kind === "erase") await answer(client.POST("/users/{user_id}/erase", { params, body }));
  else if (kind === "sign-out") await answer(client.POST("/users/{user_id}/sign-out", { params: { path: params.path }, body }));
  else await answer(client.POST("/users/{user_id}/recovery-link", { params: { path: params.path }, body }));
  await changed();
}

export async function setRole(id: string, role: Role, held: boolean): Promise<void> {
  const params = { path: { user_id: id, role } };
  if (held) await answer(client.PUT("/users/{user_id}/roles/{role}", { params }));
  else await answer(client.DELETE("/users/{user_id}/roles/{role}", { params }));
  await changed();
}
