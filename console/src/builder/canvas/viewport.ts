import type { Viewport } from "@xyflow/react";

/** How a flow is looked at is kept in this browser: it is nobody else's business, and makes no difference to the flow. */
export function recallViewport(flowId: string): { defaultViewport: Viewport } | { fitView: true; fitViewOptions: object } {
  const text = localStorage.getItem(keyOf(flowId));
  try {
    const found = JSON.parse(text ?? "null") as Viewport | null;
    if (found && [found.x, found.y, found.zoom].every((value) => Number.isFinite(value))) return { defaultViewport: found };
  } catch {
    // What cannot be read is as good as nothing.
  }
  return { fitView: true, fitViewOptions: { padding: 0.12, maxZoom: 1 } };
}

export function rememberViewport(flowId: string, viewport: Viewport): void {
  try {
    localStorage.setItem(keyOf(flowId), JSON.stringify(viewport));
  } catch {
    // A full store loses a view, and nothing else.
  }
}

function keyOf(flowId: string): string {
  return `idp.builder.view.${flowId}`;
}
