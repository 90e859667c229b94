import { type QueryClient, queryOptions } from "@tanstack/react-query";

import { answer, answerWithTag, client } from "../../api/client";
import { Problem } from "../../api/problems";
import type { Draft, Flow } from "./shapes";

/** A representation and its ETag, which a later change must name. */
export interface Tagged<T> {
  body: T;
  etag: string | undefined;
}

export const stepTypes = queryOptions({
  queryKey: ["step-types"],
  queryFn: () => answer(client.GET("/step-types")),
  staleTime: 60_000,
});

export const variables = queryOptions({
  queryKey: ["expression-variables"],
  queryFn: () => answer(client.GET("/expression-variables")),
  staleTime: 60_000,
});

export const templates = queryOptions({
  queryKey: ["flow-templates"],
  queryFn: () => answer(client.GET("/flow-templates")),
  staleTime: 300_000,
});

export const flows = queryOptions({
  queryKey: ["flows", "all"],
  queryFn: () => answer(client.GET("/flows", { params: { query: { limit: 200 } } })),
});

export function flow(flow_id: string) {
  return queryOptions({
    queryKey: ["flows", flow_id],
    queryFn: () => orNothing<Flow>(answerWithTag(client.GET("/flows/{flow_id}", { params: { path: { flow_id } } }))),
  });
}

export function versions(flow_id: string) {
  return queryOptions({
    queryKey: ["flows", flow_id, "versions"],
    queryFn: () => answer(client.GET("/flows/{flow_id}/versions", { params: { path: { flow_id }, query: { limit: 100 } } })),
  });
}

export function version(flow_id: string, number: number) {
  return queryOptions({
    queryKey: ["flows", flow_id, "versions", number],
    queryFn: () =>
      answer(client.GET("/flows/{flow_id}/versions/{version}", { params: { path: { flow_id, version: number } } })),
    staleTime: Infinity,
  });
}

/** How two texts differ; each is the number of a version, or `draft:` and a name. */
export function difference(flow_id: string, from: string, to: string) {
  return queryOptions({
    queryKey: ["flows", flow_id, "diff", from, to],
    queryFn: () => answer(client.GET("/flows/{flow_id}/diff", { params: { path: { flow_id }, query: { from, to } } })),
    staleTime: 0,
  });
}

export function whereUsed(flow_id: string) {
  return queryOptions({
    queryKey: ["flows", flow_id, "where-used"],
    queryFn: () => answer(client.GET("/flows/{flow_id}/where-used", { params: { path: { flow_id } } })),
  });
}

export function stats(flow_id: string, days: number) {
  return queryOptions({
    queryKey: ["flows", flow_id, "stats", days],
    queryFn: () => answer(client.GET("/flows/{flow_id}/stats", { params: { path: { flow_id }, query: { days } } })),
  });
}

export async function readDraft(flow_id: string, draft: string): Promise<Tagged<Draft> | null> {
  const asked = client.GET("/flows/{flow_id}/drafts/{draft}", { params: { path: { flow_id, draft } } });
  return orNothing<Draft>(answerWithTag(asked));
}

/** Reads the version of a flow that an embedding flow gets when it is published: the one for everybody. Null if none is. */
export async function readLive(
  queries: QueryClient,
  flow_id: string,
): Promise<{ flow: string; number: number; text: string } | null> {
  const found = await queries.query(flow(flow_id));
  const live = found?.body.live.toSorted((one, two) => two.percent - one.percent)[0];
  if (!live) return null;
  const { text } = await queries.query(version(flow_id, live.version));
  return { flow: flow_id, number: live.version, text };
}

/** Gives null where there is no such thing, for that is an answer as well. */
async function orNothing<T>(asked: Promise<Tagged<T>>): Promise<Tagged<T> | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}
