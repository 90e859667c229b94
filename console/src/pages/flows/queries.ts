import { queryOptions } from "@tanstack/react-query";

import { answer, answerWithTag, client } from "../../api/client";
import { queries } from "../../api/queries";
import type { components } from "../../api/schema.gen";

export type FlowSummary = components["schemas"]["FlowSummary"];
export type FlowTemplate = components["schemas"]["FlowTemplate"];

/** The draft that the builder opens. */
export const MAIN_DRAFT = "main";

export const flows = queryOptions({
  queryKey: ["flows"],
  queryFn: () => answer(client.GET("/flows", { params: { query: { limit: 200 } } })),
});

export const templates = queryOptions({
  queryKey: ["flow-templates"],
  queryFn: async () => (await answer(client.GET("/flow-templates"))).templates,
  staleTime: Infinity,
});

/** Save a text as the first draft of a flow that is not there yet. */
export async function createDraft(flow_id: string, text: string): Promise<void> {
  const path = { flow_id, draft: MAIN_DRAFT };
  await answerWithTag(
    client.PUT("/flows/{flow_id}/drafts/{draft}", {
      params: { path, header: { "If-None-Match": "*" } },
      body: { text, base_version: null },
    }),
  );
  await queries.invalidateQueries({ queryKey: flows.queryKey });
}
