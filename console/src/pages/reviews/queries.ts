import { queryOptions } from "@tanstack/react-query";

import { answer, client } from "../../api/client";
import { queries } from "../../api/queries";
import type { components } from "../../api/schema.gen";

export type Review = components["schemas"]["Review"];
export type ReviewSummary = components["schemas"]["ReviewSummary"];
export type Decided = components["schemas"]["ReviewDecided"];
export type State = ReviewSummary["state"] | "all";

export function readReviews(state: State, cursor: string | undefined) {
  return answer(client.GET("/reviews", { params: { query: { state, ...(cursor !== undefined && { cursor }) } } }));
}

export const review = (id: string) =>
  queryOptions({
    queryKey: ["reviews", "one", id],
    queryFn: () => answer(client.GET("/reviews/{review}", { params: { path: { review: id } } })),
  });

export async function decide(id: string, decision: "approve" | "reject", reason: string): Promise<Decided> {
  const params = { path: { review: id } };
  const decided = await answer(client.POST("/reviews/{review}/decision", { params, body: { decision, reason } }));
  await queries.invalidateQueries({ queryKey: ["reviews"] });
  return decided;
}
