import { queryOptions } from "@tanstack/react-query";

import { answer, answerTagged, client } from "../../api/client";
import { queries } from "../../api/queries";
import type { components } from "../../api/schema.gen";

export type LevelsInForce = components["schemas"]["LevelsInForce"];

/** The levels in force, with the tag that a change of them takes. */
export const levelsInForce = queryOptions({
  queryKey: ["levels", "in force"],
  queryFn: () => answerTagged(client.GET("/levels")),
  staleTime: 60_000,
});

export const levels = queryOptions({
  queryKey: ["levels", "list"],
  queryFn: () => answer(client.GET("/levels")),
  staleTime: 60_000,
});

export function checkLevels(text: string) {
  return answer(client.POST("/level-checks", { body: { text } }));
}

export async function saveLevels(etag: string, text: string, message: string): Promise<void> {
  await answer(client.PUT("/levels", { params: { header: { "If-Match": etag } }, body: { text, message } }));
  await queries.invalidateQueries({ queryKey: ["levels"] });
}

export function listLevelsVersions(cursor: string | undefined) {
  return answer(client.GET("/levels/versions", { params: { query: cursor === undefined ? {} : { cursor } } }));
}

export function readLevelsVersion(version: number) {
  return answer(client.GET("/levels/versions/{version}", { params: { path: { version } } }));
}
