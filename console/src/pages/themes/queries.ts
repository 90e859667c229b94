import { queryOptions } from "@tanstack/react-query";

import { answer, answerTagged, client } from "../../api/client";
import { queries } from "../../api/queries";
import type { components } from "../../api/schema.gen";

export type Theme = components["schemas"]["Theme"];
export type ThemeSummary = components["schemas"]["ThemeSummary"];
export type Contrast = Theme["contrasts"][number];
export type Previewed = components["schemas"]["ThemePreviewed"];
export type PreviewOrder = components["schemas"]["ThemePreview"];

export const themes = queryOptions({
  queryKey: ["themes", "list"],
  queryFn: async () => (await answer(client.GET("/themes", { params: { query: { limit: 200 } } }))).items,
});

export const theme = (id: string) =>
  queryOptions({
    queryKey: ["themes", "one", id],
    queryFn: () => answerTagged(client.GET("/themes/{theme_id}", { params: { path: { theme_id: id } } })),
  });

export function checkTheme(text: string) {
  return answer(client.POST("/theme-checks", { body: { text } }));
}

/** A page in a theme that need not be saved, or what is wrong with the theme. */
export function previewTheme(order: PreviewOrder, signal: AbortSignal): Promise<Previewed> {
  return answer(client.POST("/theme-previews", { body: order, signal }));
}

const changed = () => queries.invalidateQueries({ queryKey: ["themes"] });

/** Save a theme that had this tag, or a new one. Without another image, the one that is there stays. */
export async function saveTheme(theme_id: string, etag: string | undefined, text: string, message: string, logo: string | null): Promise<void> {
  const header = etag === undefined ? { "If-None-Match": "*" as const } : { "If-Match": etag };
  await answer(client.PUT("/themes/{theme_id}", { params: { path: { theme_id }, header }, body: { text, message, logo } }));
  await changed();
}

export async function rollBackTheme(theme_id: string, etag: string, version: number, message: string): Promise<void> {
  const params = { path: { theme_id }, header: { "If-Match": etag } };
  await answer(client.POST("/themes/{theme_id}/roll-back", { params, body: { version, message } }));
  await changed();
}

export async function removeTheme(theme_id: string, etag: string): Promise<void> {
  await answer(client.DELETE("/themes/{theme_id}", { params: { path: { theme_id }, header: { "If-Match": etag } } }));
  queries.removeQueries({ queryKey: theme(theme_id).queryKey });
  await changed();
}

export function listThemeVersions(theme_id: string, cursor: string | undefined) {
  return answer(client.GET("/themes/{theme_id}/versions", { params: { path: { theme_id }, query: cursor === undefined ? {} : { cursor } } }));
}

export function readThemeVersion(theme_id: string, version: number) {
  return answer(client.GET("/themes/{theme_id}/versions/{version}", { params: { path: { theme_id, version } } }));
}
