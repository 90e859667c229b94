import { queryOptions } from "@tanstack/react-query";

import { answer, answerWithTag, client } from "../../api/client";
import { queries } from "../../api/queries";
import type { components } from "../../api/schema.gen";

export type Theme = components["schemas"]["Theme"];
export type ThemeSummary = components["schemas"]["ThemeSummary"];
export type ThemeChecked = components["schemas"]["ThemeChecked"];
export type Contrast = Theme["contrasts"][number];

export const themes = queryOptions({
  queryKey: ["themes", "list"],
  queryFn: async () => (await answer(client.GET("/themes", { params: { query: { limit: 200 } } }))).items,
});

export const theme = (id: string) =>
  queryOptions({
    queryKey: ["themes", "one", id],
    queryFn: () => answerWithTag(client.GET("/themes/{theme_id}", { params: { path: { theme_id: id } } })),
  });

export function checkTheme(text: string): Promise<ThemeChecked> {
  return answer(client.POST("/theme-checks", { body: { text } }));
}

/** Save a theme that had this tag, or a new one. A logo that is there stays. */
export async function saveTheme(theme_id: string, etag: string | undefined, text: string, message: string): Promise<void> {
  const header = etag === undefined ? { "If-None-Match": "*" as const } : { "If-Match": etag };
  await answer(client.PUT("/themes/{theme_id}", { params: { path: { theme_id }, header }, body: { text, message, logo: null } }));
  await queries.invalidateQueries({ queryKey: ["themes"] });
}
