import { answer, answerWithTag, client } from "../../api/client";
import type { Tagged } from "./reading";
import type { Draft, DryRun, FlowChecked, Publication } from "./shapes";

/** Asks the server's own checker about a text; nothing is saved. */
export function checkText(text: string, signal: AbortSignal): Promise<FlowChecked> {
  return answer(client.POST("/flow-checks", { body: { text }, signal }));
}

/** Saves a draft. Throws a Problem `precondition-failed` with the draft as it is now if somebody else changed it. */
export function saveDraft(
  flow_id: string,
  draft: string,
  body: { text: string; base_version: number | null },
  etag: string | undefined,
): Promise<Tagged<Draft>> {
  const header = etag === undefined ? ({ "If-None-Match": "*" } as const) : { "If-Match": etag };
  return answerWithTag(
    client.PUT("/flows/{flow_id}/drafts/{draft}", { params: { path: { flow_id, draft }, header }, body }),
  );
}

export async function discardDraft(flow_id: string, draft: string, etag: string): Promise<void> {
  const params = { path: { flow_id, draft }, header: { "If-Match": etag } };
  await answer(client.DELETE("/flows/{flow_id}/drafts/{draft}", { params }));
}

export function publishDraft(
  flow_id: string,
  draft: string,
  etag: string,
  body: { message: string; percent: number },
): Promise<Publication> {
  const header = { "If-Match": etag, "Idempotency-Key": crypto.randomUUID() };
  const params = { path: { flow_id, draft }, header };
  return answer(client.POST("/flows/{flow_id}/drafts/{draft}/publish", { params, body }));
}

export async function rollBack(flow_id: string, etag: string, version: number, message: string): Promise<void> {
  const header = { "If-Match": etag, "Idempotency-Key": crypto.randomUUID() };
  const params = { path: { flow_id }, header };
  await answer(client.POST("/flows/{flow_id}/roll-back", { params, body: { version, message } }));
}

/** Lets a version serve everybody (100), a share of people on trial, or nobody any longer (0). */
export async function rollOut(
  flow_id: string,
  etag: string,
  body: { version: number; percent: number; message: string },
): Promise<void> {
  const params = { path: { flow_id }, header: { "If-Match": etag } };
  await answer(client.PUT("/flows/{flow_id}/rollout", { params, body }));
}

export interface DryRunOrder {
  text: string;
  user?: string;
  client?: string;
  acr_values?: string[];
  locale?: string;
  context?: Record<string, Record<string, unknown>>;
  given?: Record<string, unknown>;
  answers?: Record<string, unknown>;
}

export function runDry(order: DryRunOrder): Promise<DryRun> {
  return answer(client.POST("/dry-runs", { body: order as never }));
}

export interface PreviewOrder {
  screen: string;
  options: Record<string, unknown>;
  outcomes: string[];
  locale: string;
  scheme: "light" | "dark";
}

/** Fetches the page of a screen, as the provider's own template makes it. */
export async function previewScreen(order: PreviewOrder, signal: AbortSignal): Promise<string> {
  const asked = client.POST("/screen-previews", { body: order as never, parseAs: "text", signal });
  return answer<string>(asked);
}
